"""WebSocket over TLS in pieces, behind a PROXY header; and the bound of a message."""

import os
import socket

from packets import DISCONNECT, PING, connect, publish, subscribe
from peer import main
from tls import Pieces

HEADER = (
    b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + bytes([192, 0, 2, 7, 192, 0, 2, 1])
    + (50123).to_bytes(2, "big") + (443).to_bytes(2, "big"))
REQUEST = (
    b"GET /mqtt HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: mqtt\r\n\r\n")


def frame(payload, opcode=2):
    count = len(payload)
    length = bytes([128 | count]) if count < 126 else \
        b"\xfe" + count.to_bytes(2, "big") if count < 65536 else b"\xff" + count.to_bytes(8, "big")
    mask = os.urandom(4)
    return bytes([128 | opcode]) + length + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def read_frame(client):
    first, length = client.read(2)
    assert first & 0xF0 == 0x80 and length < 128, "a server's frame is whole and not masked"
    if length >= 126:
        length = int.from_bytes(client.read(2 if length == 126 else 8), "big")
    return first & 15, client.read(length)


def pieces(o):
    """Each size of a piece, header and TLS and frames alike: what is sent comes back, and the end has its code."""
    for size in (1, 2, 3, 7, 100, 1000, 0):
        client = Pieces(o, size)
        for at in range(0, len(HEADER), size or len(HEADER)):
            client.socket.sendall(HEADER[at:at + (size or len(HEADER))])
        client.handshake()
        client.write(REQUEST)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.read(1)
        assert head.startswith(b"HTTP/1.1 101 ") and b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head, head
        mqtt = connect("pieces", 4) + subscribe("pieces", version=4)
        client.write(frame(mqtt[:7]) + frame(b"?", 9) + frame(mqtt[7:]))
        got, pongs = b"", []
        while len(got) < 9:
            opcode, payload = read_frame(client)
            got, pongs = (got + payload, pongs) if opcode == 2 else (got, pongs + [(opcode, payload)])
        assert got == b"\x20\x02\x00\x00\x90\x03\x00\x01\x00" and pongs == [(10, b"?")], (got, pongs)
        for length in (1, 130, 3000) + ((70000, 200000) if size in (1000, 0) else ()):
            data = publish("pieces", os.urandom(length), version=4)
            client.write(frame(data))
            got = b""
            while len(got) < len(data):
                opcode, payload = read_frame(client)
                assert opcode == 2
                got += payload
            assert got == data, (size, length)
        client.write(frame(DISCONNECT))
        assert read_frame(client) == (8, b"\x03\xe8")
        client.socket.close()


def message_too_large(o):
    """A message of 1 KiB is taken; of one byte more, the header is enough for the end."""
    with socket.create_connection(("127.0.0.1", o.port), 60) as client:
        client.sendall(REQUEST)
        stream = client.makefile("rb")
        assert stream.readline().startswith(b"HTTP/1.1 101 ")
        while stream.readline() != b"\r\n":
            pass
        packets = connect("limited", 4)
        client.sendall(frame(packets + PING * ((1024 - len(packets)) // 2) + (b"\xc0" if len(packets) % 2 else b"")))
        assert read_frame(stream) == (2, b"\x20\x02\x00\x00")
        for _ in range((1024 - len(packets)) // 2):
            assert read_frame(stream) == (2, b"\xd0\x00")
        client.sendall(b"\x82\xfe\x04\x01")
        assert read_frame(stream) == (8, (1009).to_bytes(2, "big"))
        assert stream.read() == b""


if __name__ == "__main__":
    main(__name__)
