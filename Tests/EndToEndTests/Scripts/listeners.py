"""What differs by listener, and what an operator may choose of MQTT."""

from packets import Wire, connect, publish, subscribe, text
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


if __name__ == "__main__":
    main(__name__)
