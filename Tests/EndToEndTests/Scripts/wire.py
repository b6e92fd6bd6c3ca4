"""What has broken brokers, on a socket. After each scene the broker lives and serves a new client."""

import random
import struct
import threading
import time

from packets import (DISCONNECT, PING, Wire, acknowledge, alive, connect, number, packet, publish, resident_bytes,
                     subscribe, text, unsubscribe)
from peer import main

# What memory may grow by for other reasons: buffers, caches, the allocator's arenas.
SLACK_BYTES = 16 << 20


def user_properties(count):
    return b"".join(b"\x26" + text(f"name {i}") + text("value") for i in range(count))


def first_packet_is_not_connect(o):
    """Nothing is answered to who does not begin with CONNECT."""
    for first in (b"\x30\xff\xff\xff\x7f", PING, subscribe("a"), publish("a", b"x"), b"\xf0\x02\x00\x00", b"\x00\x00",
                  b"\x20\x02\x00\x00", DISCONNECT, b"GET / HTTP/1.1\r\n\r\n", b"\x10\x80\x80\x80\x80\x01", b"\x30",
                  b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"):
        answer = Wire(o.port).send(first).closed()
        assert answer == b"", (first.hex(), answer.hex())
    alive(o.port)


def malformed_connect(o):
    """The variants: each is closed, and not with a CONNACK of success."""
    name = text("x")
    for body in (
            b"", b"\x00", b"\x00\x04MQTT", b"\x00\x04MQTT\x04\x02\x00", b"\x00\x04MQTT\x04\x02\x00\x3c",
            b"\x00\x04MQTT\x04\x03\x00\x3c" + name,  # the reserved flag
            b"\x00\x04MQTT\x04\x1a\x00\x3c" + name,  # quality 3 of a will
            b"\x00\x04MQTT\x04\x42\x00\x3c" + name + text("password without user"),
            b"\x00\x04MQTT\x04\x82\x00\x3c" + name,  # a user that is not there
            b"\x00\x04MQTT\x04\x06\x00\x3c" + name,  # a will that is not there
            b"\x00\x04MQTT\x04\x02\x00\x3c" + name + b"more",
            b"\x00\x04MQTT\x04\x02\x00\x3c\xff\xffx", b"\x00\x04mqtt\x04\x02\x00\x3c" + name,
            b"\x00\x04MQTT\x09\x02\x00\x3c" + name, b"\x00\x04MQTT\x04\x02\x00\x3c" + text(b"\xff\xfe"),
            b"\x00\x04MQTT\x04\x02\x00\x3c" + text(b"a\x00b"), b"\x00\x04MQTT\x04\x02\x00\x3c" + text(b"\xed\xa0\x80"),
            b"\x00\x04MQTT\x05\x02\x00\x3c\x7f" + name, b"\x00\x04MQTT\x05\x02\x00\x3c\xff\xff\xff\xff\x01" + name,
            b"\x00\x04MQTT\x05\x02\x00\x3c\x05\x11\x00\x00\x00" + name,
            b"\x00\x04MQTT\x05\x02\x00\x3c\x03\x21\x00\x00" + name,  # Receive Maximum 0
            b"\x00\x04MQTT\x05\x02\x00\x3c\x02\x23\x00" + name):  # a property of PUBLISH
        answer = Wire(o.port).send(packet(0x10, body)).closed()
        assert answer == b"" or answer[0] == 0x20 and answer[3] != 0, (body.hex(), answer.hex())
    alive(o.port)


def malformed_connects_by_thousands(o):
    """CVE-2017-7654, CVE-2021-34431 and CVE-2023-3592: they must leave nothing behind."""
    kinds = [bytes.fromhex("100d00044d5154540406003c000170"),
             bytes.fromhex("101a00044d5154540506003c0000016305110000000300017400016d")]

    def attack(count):
        for i in range(count):
            Wire(o.port).send(kinds[i % 2]).closed()

    # Those that the broker closed last linger until they have read why: their memory is there before and after.
    attack(o.count // 2)
    before = resident_bytes(o.pid)
    attack(o.count)
    grown = resident_bytes(o.pid) - before
    print(f"grew by {grown} bytes in {o.count}")
    # Had each left its connection behind, that would be more than a KiB for each.
    assert grown < max(2 << 20, o.count * 300), grown
    alive(o.port)


def oversized_and_dripping(o):
    """A declared length costs nothing, and a CONNECT has a deadline, which a byte now and then does not move."""
    before = resident_bytes(o.pid)
    Wire(o.port).send(b"\x10\xff\xff\xff\x7f").closed()
    drips = [Wire(o.port).send(b"\x10\xe0\xd4\x03\x00\x04MQTT") for _ in range(50)]
    started = time.monotonic()
    while drips:
        for drip in list(drips):
            try:
                drip.socket.send(b"x")
            except OSError:
                drips.remove(drip)
        assert time.monotonic() - started < 15, f"{len(drips)} drip still"
        time.sleep(0.1)
    assert resident_bytes(o.pid) - before < SLACK_BYTES
    alive(o.port)


def silence(o):
    """Sockets that say nothing, or half a CONNECT, are closed; others are served meanwhile."""
    silent = [Wire(o.port) for _ in range(100)] + [Wire(o.port).send(connect("half")[:9]) for _ in range(100)]
    alive(o.port)
    for wire in silent:
        assert wire.closed() == b""
    alive(o.port)


def after_connect(o):
    """Malformed and misplaced packets end the connection; MQTT 5.0 says why."""
    cases = [
        (bytes.fromhex("29020001e000"), None), (b"\x20\x02\x00\x00", None), (b"\x90\x03\x00\x01\x00", None),
        (b"\xb0\x02\x00\x01", None), (b"\xd0\x00", None), (b"\x00\x00", None),
        (connect("again"), 0x82),
        (bytes.fromhex("820700010003612f62"), None), (bytes.fromhex("3003000078"), None),
        (b"\x82\x02\x00\x01", None), (b"\xa2\x02\x00\x01", None), (b"\x80\x06\x00\x01\x00\x01a\x00", None),
        (b"\x36\x06\x00\x01a\x00\x01\x00", 0x81), (b"\x32\x06\x00\x01a\x00\x00\x00", None),
        (b"\x30\x80\x80\x80\x80\x01", 0x81), (b"\x30\xff\xff\xff\x7f", 0x95), (b"\xc1\x00", 0x81), (b"\xc0\x01\x00", 0x81),
        (publish(b"a\xff", b"x"), None), (publish(b"a\x00b", b"x"), None), (publish(b"\xed\xa0\x80", b"x"), None),
        (publish(b"\xc0\xaf", b"x"), None), (publish("a/+", b"x"), None), (publish("#", b"x"), None),
        (subscribe("a/#/b"), None), (subscribe("a+"), None), (subscribe(b"\xff"), None), (subscribe(""), None),
        (subscribe("a", 3), None), (publish("/" * 65500, b"x"), None),
        (publish("a", b"x", properties=b"\x26\x00\x01\xff\x00\x01b"), None), (publish("a", properties=b"\x23\x00\x00"), 0x94),
        (publish("", properties=b"\x23\x00\x05"), 0x82), (publish("a", properties=b"\x0b\x01"), None),
        (publish("a", properties=b"\x08" + text("a/+")), None), (b"\xf0\x02\x18\x00", 0x82),
        (b"\x62\x03\x00\x01\xee", None), (packet(0xE0, b"\x04\x02\x03\x00"), None)]
    for bytes_, reason in cases:
        wire = Wire(o.port).connected("after connect")
        answer = wire.send(bytes_).closed()
        assert answer[:1] == b"\xe0" and answer[2] >= 0x80, (bytes_[:20].hex(), answer.hex())
        assert reason is None or answer[2] == reason, (bytes_[:20].hex(), answer.hex())
    for bytes_, reason in cases[:13]:
        wire = Wire(o.port).connected("after connect 4", version=4)
        answer = wire.send(connect("again", 4) if reason == 0x82 else bytes_).closed()
        assert answer == b"", (bytes_.hex(), answer.hex())
    alive(o.port)


def random_bytes(o):
    """Packets with any bits turned over: the broker may answer or close, and lives. The seed is fixed."""
    dice = random.Random(5)
    good = [connect("dice", 5, rest=b""), publish("dice/a", b"payload", 2, 9, properties=b"\x26\x00\x01a\x00\x01b"),
            subscribe("dice/#", 2), unsubscribe("dice/#"), acknowledge("pubrec", 3), PING]
    for _ in range(o.count):
        wire = Wire(o.port)
        if dice.random() < 0.8:
            wire.connected(f"dice {dice.randrange(5)}")
        stream = bytearray(b"".join(dice.choice(good) for _ in range(dice.randrange(1, 6))))
        for _ in range(dice.randrange(1, 6)):
            stream[dice.randrange(len(stream))] ^= 1 << dice.randrange(8)
        try:
            wire.send(bytes(stream))
        except OSError:
            pass
        wire.close()
    alive(o.port)


def split_everywhere(o):
    """Packets come byte for byte, and several in one piece."""
    stream = connect("split") + subscribe("split/#", 1) + publish("split/a", b"x" * 200, 1, 5) + PING
    for size in (1, 2, 3, 7, 50, len(stream)):
        wire = Wire(o.port)
        for at in range(0, len(stream), size):
            wire.send(stream[at:at + size])
        kinds = [wire.packet()[0] for _ in range(5)]
        assert sorted(kinds) == sorted([0x20, 0x90, 0x32, 0x40, 0xD0]), kinds
        wire.send(DISCONNECT).closed()
    # A frame that lies about its length waits for more, and never reads past it.
    wire = Wire(o.port).connected("short")
    wire.send(b"\x30\x02\x00\x40a").closed()
    alive(o.port)


def deep_topics(o):
    """65,500 levels in filter, will and unsubscribe are refused, without recursion."""
    deep = "/" * 65500
    wire = Wire(o.port).connected("deep")
    assert wire.send(subscribe(deep)).expect(0x90)[-1] >= 0x80
    assert wire.send(subscribe("+/" * 30000 + "#")).expect(0x90)[-1] >= 0x80
    wire.send(unsubscribe(deep)).expect(0xB0)
    wire.close()
    will = Wire(o.port).send(connect("deep will", flags=4, rest=b"\x00" + text(deep) + text("x")))
    answer = will.closed()
    assert answer == b"" or answer[3] >= 0x80, answer.hex()
    alive(o.port)


def wills_are_judged(o):
    """A will on a topic of the server's own is refused."""
    for topic in ("$SYS/x", "$test", "a/+", "#", ""):
        answer = Wire(o.port).send(connect("will", flags=4, rest=b"\x00" + text(topic) + text("x"))).closed()
        assert answer == b"" or answer[3] >= 0x80, (topic, answer.hex())
    wire = Wire(o.port).connected("dollar")
    assert wire.send(publish("$test/x", b"x", 1)).expect(0x40)[2] == 0x87
    wire.close()
    alive(o.port)


def thousands_of_properties(o):
    """Work is linear in their number, whether they are taken or refused."""
    for data in (connect("many", properties=user_properties(3000)), publish("many", b"x", 1, 1, properties=user_properties(20000)),
                 packet(0x82, b"\x00\x01" + number(len(user_properties(20000))) + user_properties(20000) + text("a") + b"\x00")):
        started = time.monotonic()
        wire = Wire(o.port)
        if data[0] != 0x10:
            wire.connected("many")
        wire.send(data + PING)
        try:
            while wire.packet()[0] != 0xD0:
                pass
        except (EOFError, OSError):
            pass
        assert time.monotonic() - started < 5
        wire.close()
    alive(o.port)


def thousands_of_filters(o):
    """A SUBSCRIBE with 10,000 filters is refused as a whole; changing them over and over is not."""
    filters = b"".join(text(f"f/{i}") + b"\x00" for i in range(10000))
    answer = Wire(o.port).connected("filters").send(packet(0x82, b"\x00\x01\x00" + filters)).closed()
    assert answer[:1] == b"\xe0" and answer[2] == 0x97, answer[:20].hex()
    wire = Wire(o.port).connected("filters")
    for turn in range(200):
        wire.send(unsubscribe(f"f/{turn}") + subscribe(f"f/{turn}"))
    for _ in range(400):
        wire.packet()
    wire.close()
    alive(o.port)


def exactly_once_without_end(o):
    """QoS 2 with every packet identifier and no PUBREL, also with a kept session: Receive Maximum (100 here) ends it in
    5.0; 3.1.1 has none, and all of them are answered."""
    before = resident_bytes(o.pid)
    for version in (4, 5):
        for _ in range(3):
            wire = Wire(o.port).connected(f"no release {version}", version=version, clean=False,
                                          **(dict(properties=b"\x11\x00\x00\x00\x64") if version == 5 else {}))
            try:
                for id in range(1, 65536):
                    wire.socket.sendall(publish("once", b"x" * 100, 2, id, version))
            except OSError:
                pass
            if version == 4:
                answers = wire.read(65535 * 4)
                assert answers == b"".join(acknowledge("pubrec", id) for id in range(1, 65536)), answers[:20].hex()
                wire.socket.close()
                continue
            answer = wire.closed()
            if b"\xe0" in answer:
                assert b"\xe0" in answer[-120:], answer[-20:].hex()
    assert resident_bytes(o.pid) - before < SLACK_BYTES
    # The same identifier again and again is one message.
    watcher = Wire(o.port).connected("watcher")
    watcher.send(subscribe("same", 0)).expect(0x90)
    wire = Wire(o.port).connected("same")
    for _ in range(50):
        wire.send(publish("same", b"once", 2, 9, flags=8)).expect(0x50)
    wire.send(acknowledge("pubrel", 9)).expect(0x70)
    wire.send(publish("same", b"last", 0))
    assert [watcher.expect(0x30)[-4:] for _ in range(2)] == [b"once", b"last"]
    alive(o.port)


def reconnect_storm(o):
    """Many connections fight for one client identifier, and publish and unsubscribe meanwhile."""
    failures = []

    def fight(seed):
        dice = random.Random(seed)
        for turn in range(o.count // 8):
            try:
                wire = Wire(o.port)
                wire.send(connect("storm", clean=dice.random() < 0.2, properties=b"\x11\x00\x00\x00\x64"))
                for _ in range(dice.randrange(4)):
                    wire.send(dice.choice([subscribe("storm/#", 2), unsubscribe("storm/#"),
                                           publish("storm/a", b"x" * 50, dice.randrange(3), dice.randrange(1, 100))]))
                if dice.random() < 0.3:
                    wire.packet()
                if dice.random() < 0.3:
                    wire.socket.setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER: ends with RST
                wire.close()
            except (EOFError, ConnectionError):
                pass
            except Exception as failure:  # noqa: BLE001 - told below
                failures.append(repr(failure))

    threads = [threading.Thread(target=fight, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[:3]
    Wire(o.port).connected("storm").send(DISCONNECT).closed()
    alive(o.port)


def takeover_is_explained(o):
    """The one who had the session is told why it ends."""
    first = Wire(o.port).connected("taken")
    Wire(o.port).connected("taken")
    assert first.closed()[:3] == b"\xe0\x02\x8e"


def retained_wills(o):
    """Each connection leaves another retained will: no more are kept than retained_messages_max (200 here)."""
    for i in range(400):
        Wire(o.port).connected(f"leaves {i}", flags=0x24, rest=b"\x00" + text(f"left/{i}") + text("x")).close()
    wire = Wire(o.port).connected("finds")
    wire.send(subscribe("left/#")).expect(0x90)
    wire.send(PING)
    count = 0
    while wire.packet()[0] != 0xD0:
        count += 1
    assert count <= 200, count
    alive(o.port)


def connections_are_counted(o):
    """connections_max is 20 and sessions_max 30 here."""
    held = [Wire(o.port).connected(f"held {i}", clean=False, properties=b"\x11\xff\xff\xff\xff") for i in range(20)]
    assert Wire(o.port).closed() == b""
    for wire in held:
        wire.send(DISCONNECT).closed()
    refused = 0
    for i in range(40):
        answer = Wire(o.port).send(connect(f"more {i}", properties=b"\x11\xff\xff\xff\xff"))
        reason = answer.expect(0x20)[1]
        assert reason in (0, 0x97), hex(reason)
        refused += reason == 0x97
        answer.close()
    assert refused == 30, refused
    assert Wire(o.port).connected("held 3", clean=False).is_present


def slow_reader(o):
    """A subscriber that doesn't read costs a bounded amount; others get their messages meanwhile."""
    slow, quick = Wire(o.port).connected("slow"), Wire(o.port).connected("quick")
    for wire in (slow, quick):
        wire.send(subscribe("flood", 0)).expect(0x90)
    publisher = Wire(o.port).connected("floods")
    before = resident_bytes(o.pid)
    for i in range(600):
        publisher.send(publish("flood", i.to_bytes(4, "big") + b"x" * 100000))
        assert quick.expect(0x30)[8:12] == i.to_bytes(4, "big")
    assert resident_bytes(o.pid) - before < SLACK_BYTES
    # What it was sent is whole and in order.
    slow.send(PING)
    last = -1
    while True:
        first, body = slow.packet()
        if first == 0xD0:
            break
        at = int.from_bytes(body[8:12], "big")
        assert at > last and len(body) == 8 + 4 + 100000
        last = at
    alive(o.port)


def keep_alive(o):
    """A client that falls silent is closed after one and a half times its keep alive; one that pings is not."""
    silent, pings = Wire(o.port).connected("silent", keep_alive=2), Wire(o.port).connected("pings", keep_alive=2)
    started = time.monotonic()
    silent.socket.settimeout(0.5)
    while True:
        pings.send(PING).expect(0xD0)
        try:
            if silent.socket.recv(1000) == b"":
                break
        except TimeoutError:
            pass
        assert time.monotonic() - started < 15
    assert time.monotonic() - started > 2.9
    pings.send(PING).expect(0xD0)


def shutdown(o):
    """Waits for the broker's end: MQTT 5.0 clients are told 0x8B."""
    five, four = Wire(o.port).connected("five"), Wire(o.port).connected("four", version=4)
    print("ready", flush=True)
    answer = five.closed()
    assert answer[:3] == b"\xe0\x02\x8b", answer.hex()
    assert four.closed() == b""


def refused_for_good(o):
    """A message that Kafka can never have, sent again on each connection with what is behind it."""
    qos, name = o.count, f"refused-{o.count}"
    acknowledged = 0x40 if qos == 1 else 0x50

    def attempt(topic, id):
        wire = Wire(o.port).connected(name, version=4)
        wire.send(publish(topic, b"bad", qos, id, 4))
        return wire

    for id in (1, 2, 3):
        assert attempt("made/no topic", id).closed() == b"", "it was answered"
    wire = attempt("made/no topic", 4)
    assert wire.expect(acknowledged)[:2] == b"\x00\x04"
    wire.send(publish("made/good", b"good", qos, 5, 4))
    assert wire.expect(acknowledged)[:2] == b"\x00\x05"
    # Another mapping doesn't disconnect at all.
    wire = attempt("untold/no topic", 6)
    assert wire.expect(acknowledged)[:2] == b"\x00\x06"
    # MQTT 5.0 has a refusal.
    new = Wire(o.port).connected(f"{name}-new")
    new.send(publish("made/no topic", b"bad", qos, 1))
    assert new.expect(acknowledged)[:3] == b"\x00\x01\x83"


if __name__ == "__main__":
    main(__name__)
