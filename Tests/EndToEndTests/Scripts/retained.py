"""Retained messages on their way to subscribers: more of them than any buffer holds."""

from packets import DISCONNECT, PING, Wire, acknowledge, publish, subscribe, unsubscribe
from peer import main

COUNT = 440
SIZE = 100_000


def fill(o, prefix, count=COUNT, size=SIZE):
    """Retained messages of QoS 2, each with its number in front."""
    publisher = Wire(o.port).connected("filler")
    for n in range(count):
        publisher.send(publish(f"{prefix}/{n}", b"%d " % n + bytes(size), 2, n + 1, flags=1)).expect(0x50)
        publisher.send(acknowledge("pubrel", n + 1)).expect(0x70)
    publisher.send(DISCONNECT).close()


class Reader:
    """Takes publishes one after the other, acknowledges each, and remembers what else came."""

    def __init__(self, o, name, receive_maximum=None):
        more = {"properties": b"\x21" + receive_maximum.to_bytes(2, "big")} if receive_maximum else {}
        self.wire = Wire(o.port).connected(name, **more)
        self.others = []

    def take(self):
        """Topic, payload and whether RETAIN is set."""
        while True:
            first, body = self.wire.packet()
            if first == 0x62:
                self.wire.send(acknowledge("pubcomp", int.from_bytes(body[:2], "big")))
            elif first >> 4 != 3:
                self.others.append(first)
            else:
                break
        at = 2 + int.from_bytes(body[:2], "big")
        topic = body[2:at].decode()
        if qos := first >> 1 & 3:
            self.wire.send(acknowledge("puback" if qos == 1 else "pubrec", int.from_bytes(body[at : at + 2], "big")))
            at += 2
        assert body[at] == 0
        return topic, body[at + 1 :], bool(first & 1)


def all_come(o):
    """Over 40 MB by one filter, at each QoS, while the reader rests and others publish and ask."""
    fill(o, "large")
    for qos in (0, 1, 2):
        reader = Reader(o, f"reader {qos}", 3 if qos else None)
        reader.wire.send(subscribe("large/#", qos)).expect(0x90)
        live = Wire(o.port).connected("live")
        # Of the last topics: without RETAIN, and as newer retained ones.
        live.send(publish(f"large/{COUNT - 1}", b"live", 1)).expect(0x40)
        live.send(publish(f"large/{COUNT - 2}", b"newer", 1, flags=1)).expect(0x40)
        got = []
        while len(got) < COUNT + 1:
            if len(got) == 10:
                reader.wire.send(PING)
            got.append(reader.take())
        assert 0xD0 in reader.others, "no PINGRESP came meanwhile"
        kept, last = got[: COUNT - 1], got[COUNT - 1 :]
        expected = [n for n in range(COUNT) if n != COUNT - 2]
        assert [topic for topic, _, _ in kept] == [f"large/{n}" for n in expected]
        assert all(retained for _, _, retained in kept)
        assert all(len(payload) > SIZE and int(payload.split()[0]) == n for (_, payload, _), n in zip(kept, expected))
        assert [payload for _, payload, _ in last] == [b"live", b"newer"], last
        reader.wire.close()
        fill_again = Wire(o.port).connected("again")
        fill_again.send(publish(f"large/{COUNT - 2}", b"%d " % (COUNT - 2) + bytes(SIZE), 1, flags=1)).expect(0x40)
        fill_again.close()
        live.close()


def many_topics(o):
    """100,000 topics by one filter come all, and others are served meanwhile without a wait."""
    publisher = Wire(o.port).connected("filler")
    for at in range(0, o.count, 1000):
        publisher.send(b"".join(publish(f"many/{n}", b"x", 0, flags=1) for n in range(at, at + 1000)))
    publisher.send(PING).expect(0xD0)
    publisher.send(DISCONNECT).close()
    readers = [Reader(o, f"many {n}") for n in range(3)]
    for reader in readers:
        reader.wire.send(subscribe("many/+")).expect(0x90)
    for reader in readers:
        for n in range(o.count):
            assert reader.take()[0] == f"many/{n}"
    # One that is not wanted any more stops. The last message is retained: it may be there before its subscription.
    readers[0].wire.send(subscribe("many/+", id=2) + unsubscribe("many/+", id=3) + subscribe("end", id=4))
    publisher = Wire(o.port).connected("end").send(publish("end", b"end", flags=1))
    count = 0
    while readers[0].take()[0] != "end":
        count += 1
    assert count < o.count / 2, count


if __name__ == "__main__":
    main(__name__)
