"""Records of any bytes for Kafka, which no command-line client can write: a Produce request made by hand."""

import socket

from packets import DEADLINE_SECONDS

TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    TABLE.append(byte)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def varint(value):
    value = value << 1 if value >= 0 else (-value << 1) - 1
    out = b""
    while True:
        digit, value = value & 127, value >> 7
        out += bytes([digit | (128 if value else 0)])
        if not value:
            return out


def field(value):
    return varint(-1) if value is None else varint(len(value)) + value


def record(offset, key, value, headers):
    body = b"\x00" + varint(0) + varint(offset) + field(key) + field(value) + varint(len(headers))
    body += b"".join(field(name) + field(value) for name, value in headers)
    return varint(len(body)) + body


def big(value, width):
    return value.to_bytes(width, "big", signed=True)


def batch(records):
    """A record batch (version 2) of `(key, value, headers)`."""
    body = b"".join(record(i, *parts) for i, parts in enumerate(records))
    checked = big(0, 2) + big(len(records) - 1, 4) + big(0, 8) * 2 + big(-1, 8) + big(-1, 2) + big(-1, 4)
    checked += big(len(records), 4) + body
    return big(0, 8) + big(len(checked) + 9, 4) + big(-1, 4) + b"\x02" + crc32c(checked).to_bytes(4, "big") + checked


class Producer:
    """Writes to partition 0 of topics that this broker leads."""

    def __init__(self, address):
        host, _, port = address.partition(":")
        self.socket = socket.create_connection((host, int(port)), DEADLINE_SECONDS)

    def produce(self, topic, records):
        name, data = topic.encode(), batch(records)
        body = big(-1, 2) + big(-1, 2) + big(30_000, 4) + big(1, 4) + big(len(name), 2) + name
        body += big(1, 4) + big(0, 4) + big(len(data), 4) + data
        # Produce, version 3, correlation 1, no client id.
        request = big(0, 2) + big(3, 2) + big(1, 4) + big(-1, 2) + body
        self.socket.sendall(big(len(request), 4) + request)
        answer = self.read(int.from_bytes(self.read(4), "big"))
        error = int.from_bytes(answer[4 + 4 + 2 + len(name) + 4 + 4:][:2], "big", signed=True)
        assert error == 0, f"Kafka says {error}"

    def read(self, count):
        out = b""
        while len(out) < count:
            got = self.socket.recv(count - len(out))
            assert got, "Kafka closed the connection"
            out += got
        return out
