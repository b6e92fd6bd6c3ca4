"""MQTT packets made by hand, and a socket whose every wait has a deadline."""

import socket
import ssl

DEADLINE_SECONDS = 60


def number(value):
    """A variable byte integer."""
    out = b""
    while True:
        digit, value = value & 127, value >> 7
        out += bytes([digit | (128 if value else 0)])
        if not value:
            return out


def text(value):
    value = value if isinstance(value, bytes) else value.encode()
    return len(value).to_bytes(2, "big") + value


def packet(first, body):
    return bytes([first]) + number(len(body)) + body


def connect(name, version=5, clean=True, keep_alive=60, properties=b"", flags=0, rest=b""):
    level = b"\x06MQIsdp" if version == 3 else b"\x04MQTT"
    head = b"\x00" + level + bytes([version, flags | (2 if clean else 0)]) + keep_alive.to_bytes(2, "big")
    return packet(0x10, head + (number(len(properties)) + properties if version == 5 else b"") + text(name) + rest)


def publish(topic, payload=b"", qos=0, id=1, version=5, flags=0, properties=b""):
    body = text(topic) + (id.to_bytes(2, "big") if qos else b"")
    body += number(len(properties)) + properties if version == 5 else b""
    return packet(0x30 | qos << 1 | flags, body + payload)


def subscribe(filter, qos=0, id=1, version=5):
    return packet(0x82, id.to_bytes(2, "big") + (b"\x00" if version == 5 else b"") + text(filter) + bytes([qos]))


def unsubscribe(filter, id=1, version=5):
    return packet(0xA2, id.to_bytes(2, "big") + (b"\x00" if version == 5 else b"") + text(filter))


def acknowledge(kind, id):
    """PUBACK, PUBREC, PUBREL or PUBCOMP."""
    return packet({"puback": 0x40, "pubrec": 0x50, "pubrel": 0x62, "pubcomp": 0x70}[kind], id.to_bytes(2, "big"))


PING = b"\xc0\x00"
DISCONNECT = b"\xe0\x00"


class Wire:
    def __init__(self, port, context=None):
        self.socket = socket.create_connection(("127.0.0.1", port), DEADLINE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context:
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.bytes = b""

    def send(self, data):
        self.socket.sendall(data)
        return self

    def read(self, count):
        while len(self.bytes) < count:
            got = self.socket.recv(65536)
            if not got:
                raise EOFError(f"closed, {len(self.bytes)} of {count} bytes came")
            self.bytes += got
        taken, self.bytes = self.bytes[:count], self.bytes[count:]
        return taken

    def packet(self):
        """The next packet: its first byte and its body."""
        first = self.read(1)[0]
        length = shift = 0
        while True:
            digit = self.read(1)[0]
            length |= (digit & 127) << shift
            shift += 7
            if not digit & 128:
                return first, self.read(length)

    def expect(self, first):
        got, body = self.packet()
        assert got == first, f"{got:#x} {body.hex()} in place of {first:#x}"
        return body

    def connected(self, name, **more):
        """CONNECT and a CONNACK of success; returns itself."""
        body = self.send(connect(name, **more)).expect(0x20)
        assert body[1] == 0, f"CONNACK says {body[1]:#x}"
        self.is_present = body[0] == 1
        return self

    def closed(self):
        """All that comes until the broker closes, which it must within the deadline."""
        try:
            while True:
                got = self.socket.recv(65536)
                if not got:
                    break
                self.bytes += got
        except (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError):
            pass
        except TimeoutError:
            raise AssertionError(f"not closed; came: {self.bytes[:50].hex()}") from None
        self.socket.close()
        return self.bytes

    def close(self):
        self.socket.close()


def alive(port, context=None):
    """A new client is served."""
    client = Wire(port, context).connected("alive and well")
    client.send(subscribe("alive", 1)).expect(0x90)
    client.send(publish("alive", b"yes", 1, 7))
    kinds = {client.packet()[0] for _ in range(2)}
    assert kinds == {0x32, 0x40}, kinds
    client.send(acknowledge("puback", 1) + DISCONNECT)
    client.close()


def resident_bytes(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmRSS"))
