"""What differs by listener, and what an operator may choose of MQTT."""

from packets import Wire, acknowledge, connect, packet, publish, subscribe, text, unsubscribe
from peer import main, until


def limits_of_its_own(o):
    """The other listener takes packets of 2 KiB and 2 publishes at once; the first has the broker's limits."""
    told = Wire(o.other_port).send(connect("narrow", properties=b"")).expect(0x20)
    assert b"\x21\x00\x02" in told and b"\x27\x00\x00\x08\x00" in told, told.hex()
    told = Wire(o.port).send(connect("wide")).expect(0x20)
    assert b"\x21\x03\xe8" in told and b"\x27\x00\x10\x00\x00" in told, told.hex()
    large = publish("t", b"x" * 3000, 1)
    assert Wire(o.port).connected("wide").send(large).expect(0x40)[:2] == b"\x00\x01"
    answer = Wire(o.other_port).connected("narrow").send(large).closed()
    assert answer[0] == 0xE0 and answer[2] == 0x95, answer.hex()
    ids = b"".join(publish("t", b"", 2, id) for id in (1, 2, 3))
    answer = Wire(o.other_port).connected("narrow").send(ids).closed()
    assert b"\xe0" in answer and b"\x93" in answer, answer.hex()
    wide = Wire(o.port).connected("wide").send(ids)
    for _ in range(3):
        wide.expect(0x50)


def connections_of_an_address(o):
    """The other listener takes 3 of an address, the first any number."""
    def held():
        return [Wire(o.other_port).connected(f"held {i}") for i in range(3)]

    # Those of scenes before may still be on their way out.
    def all_three():
        try:
            return held()
        except (EOFError, ConnectionError):
            return None

    wires = until("three connections", all_three)
    assert Wire(o.other_port).closed() == b""
    for i in range(10):
        wires.append(Wire(o.port).connected(f"any {i}"))


def payload_is_text(o):
    watcher = Wire(o.port).connected("watcher")
    watcher.send(subscribe("text", 1)).expect(0x90)
    writer = Wire(o.port).connected("writer")
    answer = writer.send(publish("text", b"\xc3\x28", 1, 5, properties=b"\x01\x01")).expect(0x40)
    assert answer[:3] == b"\x00\x05\x99", answer.hex()
    writer.send(publish("text", "tëxt".encode(), 1, 6, properties=b"\x01\x01")).expect(0x40)
    assert watcher.expect(0x32).endswith("tëxt".encode())


def response_information(o):
    def told(name, properties=b"\x19\x01", **more):
        return Wire(o.port).send(connect(name, properties=properties, **more)).expect(0x20)

    assert b"\x1a" + text("replies/asks/to") in told("asks"), told("asks").hex()
    for body in (told("asks", b""), told("asks", b"\x19\x00"), told("a/b"), told("#"), told("asks", version=4)):
        assert b"replies" not in body, body.hex()


def refusals_are_not_revealed(o):
    client = Wire(o.port).connected("client")
    assert client.send(subscribe("no/#", 1)).expect(0x90)[-1] == 0x80
    assert client.send(subscribe("yes", 1)).expect(0x90)[-1] == 1
    assert client.send(publish("no/x", b"", 1, 9)).expect(0x40)[:3] == b"\x00\x09\x80"
    # A packet with wrong flags: the reason code, and no words.
    assert client.send(b"\xc1\x00").closed() == b"\xe0\x02\x81\x00"


def features_of_its_own(o):
    """The other listener offers QoS 1 and no RETAIN, which its clients are told and held to; the first offers all."""
    told = Wire(o.other_port).send(connect("less")).expect(0x20)
    assert b"\x24\x01" in told and b"\x25\x00" in told, told.hex()
    told = Wire(o.port).send(connect("all")).expect(0x20)
    assert b"\x24" not in told[2:] and b"\x25" not in told[2:], told.hex()
    for version, bad, reason in ((5, dict(qos=2), 0x9B), (5, dict(flags=1), 0x9A), (4, dict(qos=2), None)):
        client = Wire(o.other_port).connected("less", version=version)
        client.send(publish("t", b"no", version=version, **bad))
        answer = client.closed()
        assert answer[2] == reason if reason else answer == b"", answer.hex()
    for flags, reason in ((0x14, 0x9B), (0x24, 0x9A)):
        will = b"\x00" + text("will") + text("gone")
        answer = Wire(o.other_port).send(connect("less", flags=flags, rest=will)).expect(0x20)
        assert answer[1] == reason, answer.hex()
    client = Wire(o.other_port).connected("less").send(subscribe("offered", 2))
    assert client.expect(0x90)[-1] == 1
    assert Wire(o.port).connected("all").send(publish("offered", b"yes", 2, flags=1)).expect(0x50)
    assert client.expect(0x32).endswith(b"yes")


def bytes_that_are_refused(o):
    """Control characters in names, acknowledgements of the wrong kind, filters that are none."""
    for name in ("a\x01", "a\x1f", "a\x7f", "a\x80", "a\x9f", "\n"):
        for bad in (publish(name, b"", 1), subscribe(name), unsubscribe(name)):
            answer = Wire(o.port).connected("bad").send(bad).closed()
            assert answer[0] == 0xE0 and answer[2] == 0x81, (bad, answer.hex())
        assert Wire(o.port).send(connect(name)).expect(0x20)[1] == 0x85
        assert Wire(o.port).send(connect("bad", flags=0x80, rest=text(name))).expect(0x20)[1] == 0x86
        assert Wire(o.port).send(connect(name, version=4)).expect(0x20) == b"\x00\x02"
    for qos, kind in ((1, "pubrec"), (1, "pubcomp"), (2, "puback"), (2, "pubcomp")):
        client = Wire(o.port).connected("bad")
        client.send(subscribe("t", qos)).expect(0x90)
        Wire(o.port).connected("good").send(publish("t", b"", qos))
        id = int.from_bytes(client.expect(0x30 | qos << 1)[3:5], "big")
        answer = client.send(acknowledge(kind, id)).closed()
        assert answer[0] == 0xE0 and answer[2] == 0x82, answer.hex()
    for filters in (("", "good"), ("good", "a/#/b")):
        body = b"\x00\x01\x00" + b"".join(text(filter) for filter in filters)
        answer = Wire(o.port).connected("bad").send(packet(0xA2, body)).closed()
        assert answer[0] == 0xE0 and answer[2] == 0x8F, answer.hex()
    # A 3.1 client with a long name is let in.
    Wire(o.port).connected("i" * 100, version=3)


if __name__ == "__main__":
    main(__name__)
