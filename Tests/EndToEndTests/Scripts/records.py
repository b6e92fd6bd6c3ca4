"""Records of odd bytes from Kafka, and a strict decoder of MQTT 5.0 and 3.1.1 of its own that reads what comes out."""

import random
import time

from kafkawire import Producer
from packets import DISCONNECT, PING, Wire, acknowledge, number, packet, publish, subscribe, text
from peer import main, until

TOPIC = "odd"
LEVELS_MAX = 32
USER_PROPERTIES_MAX = 64
ONCE = {b"mqtt.content-type": 3, b"mqtt.response-topic": 8, b"mqtt.correlation-data": 9, b"mqtt.payload-format": 1}


def is_text(data):
    """A string that no receiver may object to (section 1.5.4)."""
    try:
        string = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(data) <= 65535 and not any(
        c < 0x20 or 0x7F <= c < 0xA0 or 0xFDD0 <= c <= 0xFDEF or c & 0xFFFE == 0xFFFE for c in map(ord, string))


def is_name(data):
    return 0 < len(data) <= 65535 and is_text(data) and not set(data) & set(b"+#")


class Strict:
    """Reads one PUBLISH; whatever the specification forbids is an error."""

    def __init__(self, first, body, version):
        self.body, self.at = body, 0
        assert first >> 4 == 3, f"not a PUBLISH: {first:#x}"
        self.qos, self.retain = first >> 1 & 3, first & 1
        assert self.qos < 3 and (self.qos > 0 or not first & 8)
        self.topic = self.field()
        assert is_name(self.topic), self.topic
        self.id = int.from_bytes(self.take(2), "big") if self.qos else 0
        assert self.qos == 0 or self.id > 0
        self.once, self.users = {}, []
        if version == 5:
            self.properties()
        self.payload = self.take(len(body) - self.at)
        if 1 in self.once:
            assert self.once[1] in (b"\x00", b"\x01")
            if self.once[1] == b"\x01":
                self.payload.decode("utf-8")

    def take(self, count):
        taken = self.body[self.at:self.at + count]
        assert len(taken) == count, "cut off"
        self.at += count
        return taken

    def field(self):
        return self.take(int.from_bytes(self.take(2), "big"))

    def number(self):
        value = shift = 0
        while True:
            digit = self.take(1)[0]
            value |= (digit & 127) << shift
            if not digit & 128:
                assert shift == 0 or digit, "more bytes than the number needs"
                return value
            shift += 7
            assert shift < 28, "more than four bytes"

    def properties(self):
        length = self.number()
        end = self.at + length
        assert end <= len(self.body), "properties beyond the packet"
        while self.at < end:
            id = self.number()
            if id == 0x26:
                self.users.append((self.field(), self.field()))
                assert all(is_text(part) for part in self.users[-1]), self.users[-1]
                continue
            assert id in (1, 2, 3, 8, 9, 11, 35), f"property {id}"
            assert id == 11 or id not in self.once, f"property {id} twice"
            value = (self.take(1) if id == 1 else self.take(4) if id == 2 else self.take(2) if id == 35
                     else number(self.number()) if id == 11 else self.field())
            assert id != 3 or is_text(value), value
            assert id != 8 or is_name(value), value
            self.once[id] = value
        assert self.at == end, "a property beyond the properties"


class Expected:
    """What docs/mappings.md says that one record becomes; `topic` is None for one that is skipped."""

    def __init__(self, key, value, headers):
        self.payload = value or b""
        topic = b"o/" + (key or b"")
        is_good = bool(key) and is_name(topic) and topic.count(b"/") < LEVELS_MAX
        self.topic = topic if is_good else None
        self.once, self.users = {}, []
        said = {}
        for name, value in headers:
            name = name.split(b"\0")[0]
            if name in ONCE:
                said[name] = value
            elif name.startswith(b"mqtt.user-property."):
                self.user(name[len(b"mqtt.user-property."):], value)
            elif not name.startswith((b"mqtt.", b"sluice.")):
                self.user(name, value)
        for name, value in said.items():
            id = ONCE[name]
            if value is None or len(value) > 65535 or id == 3 and not is_text(value):
                continue
            if id == 8 and not is_name(value) or id == 1 and (value != b"1" or not self.is_utf8()):
                continue
            self.once[id] = b"\x01" if id == 1 else value

    def user(self, name, value):
        if value is not None and is_text(name) and is_text(value) and len(self.users) < USER_PROPERTIES_MAX:
            self.users.append((name, value))

    def is_utf8(self):
        try:
            self.payload.decode("utf-8")
            return True
        except UnicodeDecodeError:
            return False


class Maker:
    """Random records."""

    PIECES = [b"", b"a", b"text/plain", b"/", b"+", b"#", b"a/+/b", b"$", b"$SYS/x", b"\x00", b"\x1f", b"\x7f", b"\r\n",
              "é".encode(), "日本".encode(), "\U0001F600".encode(), b"\xc2\x80", b"\xc2\x9f", b"\xc0\xaf", b"\xed\xa0\x80",
              b"\xf4\x90\x80\x80", b"\xe2\x82", b"\xff", "\uffff".encode(), "\ufdd0".encode(), "\U0001FFFE".encode(),
              "\ufeff".encode(), b"0", b"1", b"2", b"01", b"x" * 300, b"a/b/c", b"/" * 40]
    NAMES = list(ONCE) * 3 + [b"a", b"", b"unit", b"mqtt.topic", b"mqtt.unknown", b"mqtt.user-property.", b"sluice.hops",
                              b"mqtt.user-property.mqtt.topic", b"sluice.origin", b"\x00", b"a\x00b", b"\xff", b"\n",
                              "ключ".encode(), b"n" * 300]

    def __init__(self, seed):
        self.dice = random.Random(seed)

    def bytes(self):
        chance = self.dice.random()
        if chance < 0.002:
            return self.dice.choice([b"y" * 65535, b"y" * 65536, b"\xc3\xa9" * 32768])
        if chance < 0.1:
            return self.dice.randbytes(self.dice.randrange(20))
        return b"".join(self.dice.choice(self.PIECES) for _ in range(self.dice.randrange(1, 4)))

    def record(self, i):
        dice = self.dice
        key = b"k%d" % (i % 50) if dice.random() < 0.7 else self.bytes() if dice.random() < 0.9 else None
        value = None if dice.random() < 0.05 else self.bytes()
        count = dice.randrange(100) if dice.random() < 0.03 else dice.randrange(8)
        headers = [(dice.choice(self.NAMES), None if dice.random() < 0.05 else self.bytes()) for _ in range(count)]
        return key, value, headers


def receive(wire, version, last):
    """All publishes, each acknowledged, up to the one with this topic."""
    got = []
    while True:
        one = Strict(*wire.packet(), version)
        if one.qos:
            wire.send(acknowledge("puback", one.id))
        got.append(one)
        if one.topic == last:
            return got


def connected(o, name, version=5, properties=b"", clean=True):
    return Wire(o.port).connected(name, version=version, properties=properties, clean=clean)


def odd_records(o):
    """Every kind of receiver reads all records without an objection, as far as MQTT can carry them."""
    seed = int(time.time())
    print(f"seed {seed}")
    maker = Maker(seed)
    records = [maker.record(i) for i in range(o.count)] + [(b"last", b"end", [])]
    wanted = [e for e in (Expected(*r) for r in records) if e.topic]

    expiry = b"\x11\x00\x00\x0e\x10"
    sleeper = connected(o, "sleeper", properties=expiry, clean=False)
    sleeper.send(subscribe("o/#", 1)).expect(0x90)
    sleeper.send(DISCONNECT).close()
    live = connected(o, "live")
    aliased = connected(o, "aliased", properties=b"\x22\x00\x0a")
    narrow = connected(o, "narrow", properties=b"\x27" + (500).to_bytes(4, "big"))
    for wire in (live, aliased, narrow):
        wire.send(packet(0x82, b"\x00\x01\x02\x0b\x07" + text("o/#") + b"\x01")).expect(0x90)
    old = connected(o, "old", version=4)
    old.send(subscribe("o/#", 1, version=4)).expect(0x90)

    producer = Producer(o.kafka)
    for at in range(0, len(records), 100):
        producer.produce(TOPIC, records[at:at + 100])

    got = receive(live, 5, b"o/last")
    compare(got, wanted, True)
    compare(receive(old, 4, b"o/last"), wanted, False)
    small = receive(narrow, 5, b"o/last")
    names = iter([(g.topic, g.payload) for g in got])
    assert all((s.topic, s.payload) in names for s in small) and 0 < len(small) < len(got)
    assert all(len(number(len(s.body))) + 1 + len(s.body) <= 500 for s in small)
    aliases = receive_aliased(aliased)
    assert [a.payload for a in aliases] == [e.payload for e in wanted]
    sleeper = connected(o, "sleeper", properties=expiry, clean=False)
    assert sleeper.is_present
    compare(receive(sleeper, 5, b"o/last"), wanted, True)
    retained_copies(o, wanted)
    print(f"skipped {len(records) - len(wanted)}")


def compare(got, wanted, has_properties):
    assert [(g.topic, g.payload) for g in got] == [(e.topic, e.payload) for e in wanted]
    for one, expected in zip(got, wanted):
        if has_properties:
            once = {id: value for id, value in one.once.items() if id != 11}
            assert (once, one.users) == (expected.once, expected.users), (one.topic, once, expected.once)


def receive_aliased(wire):
    """As `receive`, for a connection whose publishes name topics by aliases."""
    got, known = [], {}
    while True:
        first, body = wire.packet()
        if body[:2] == b"\x00\x00":
            # The rest is read with a name in place, which the strict reader wants to see.
            one = Strict(first, text("alias") + body[2:], 5)
            one.topic = known[one.once[35]]
        else:
            one = Strict(first, body, 5)
            if 35 in one.once:
                known[one.once[35]] = one.topic
        wire.send(acknowledge("puback", one.id))
        got.append(one)
        if one.topic == b"o/last":
            return got


def retained_copies(o, wanted):
    kept = {e.topic: e for e in wanted}
    kept = {topic: e for topic, e in kept.items() if e.payload}
    new = connected(o, "new")
    new.send(subscribe("o/#", 1)).expect(0x90)
    for _ in range(len(kept)):
        one = Strict(*new.packet(), 5)
        new.send(acknowledge("puback", one.id))
        expected = kept.pop(one.topic)
        assert one.retain and (one.payload, one.once, one.users) == (expected.payload, expected.once, expected.users)
    assert not kept
    # The connection is as good as before.
    new.send(PING).expect(0xD0)


def names_made_up(o):
    """One client names thousands of topics that Kafka doesn't have: it is told so, and others are served meanwhile."""
    maker, other = connected(o, "maker"), connected(o, "other")
    reasons, sent, answered = {}, 0, 0
    while answered < o.count:
        while sent < o.count and sent - answered < 500:
            maker.send(publish(f"made/made-{sent}", b"x", 1, sent % 60000 + 1))
            sent += 1
        body = maker.expect(0x40)
        reason = body[2] if len(body) > 2 else 0
        reasons[reason] = reasons.get(reason, 0) + 1
        answered += 1
        if answered % 500 == 0:
            # The first time it is new to Sluice, and to this client.
            assert succeeds(other, "made/real"), answered
    print(reasons)
    assert set(reasons) == {0x83, 0x97} and reasons[0x83] <= 1100, reasons
    # The client that did it uses what exists, and may name new ones again soon.
    assert succeeds(maker, "made/real")


def name_comes_late(o):
    """A topic that Kafka didn't have, and has now, is asked for again."""
    late = connected(o, "late")
    until("the topic is used", lambda: succeeds(late, "made/made-1"))


def succeeds(wire, topic):
    body = wire.send(publish(topic, b"x", 1, 65000)).expect(0x40)
    assert body[:2] == (65000).to_bytes(2, "big"), body.hex()
    return len(body) == 2 or body[2] == 0


if __name__ == "__main__":
    main(__name__)
