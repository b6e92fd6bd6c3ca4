"""TLS in pieces of any size, cut, corrupted and slow. After each scene the broker lives and serves a new client."""

import os
import random
import socket
import ssl
import struct
import time

from packets import DISCONNECT, Wire, alive, connect, publish, resident_bytes, subscribe
from peer import main

SLACK_BYTES = 16 << 20


def context(o, version=None, device="device-1"):
    made = ssl.create_default_context(cafile=f"{o.folder}/ca.crt")
    if device:
        made.load_cert_chain(f"{o.folder}/{device}.crt", f"{o.folder}/{device}.key")
    if version:
        made.minimum_version = made.maximum_version = version
    return made


class Pieces:
    """A client that says how its ciphertext is put on the wire."""

    def __init__(self, o, size, version=None):
        self.socket = socket.create_connection(("127.0.0.1", o.port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.size = size
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context(o, version).wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")

    def handshake(self):
        while True:
            try:
                self.tls.do_handshake()
                return self.push()
            except ssl.SSLWantReadError:
                self.push()
                self.pull()

    def push(self):
        data = self.outgoing.read()
        for at in range(0, len(data), self.size or max(1, len(data))):
            self.socket.sendall(data[at:at + (self.size or len(data))])
        return self

    def pull(self):
        data = self.socket.recv(65536)
        if data:
            self.incoming.write(data)
        else:
            self.incoming.write_eof()

    def write(self, data):
        # Several records in one push.
        for at in range(0, len(data), 7000):
            self.tls.write(data[at:at + 7000])
        return self.push()

    def ended(self):
        """Waits for the socket's end. True if a close_notify came before it."""
        while data := self.socket.recv(65536):
            self.incoming.write(data)
        # Python takes the end of a MemoryBIO for a close_notify, so it is not told of one.
        try:
            return self.tls.read(1) == b""
        except ssl.SSLZeroReturnError:
            return True
        except ssl.SSLWantReadError:
            return False

    def read(self, count):
        data = b""
        while len(data) < count:
            try:
                got = self.tls.read(count - len(data))
                if not got:
                    raise EOFError(f"closed, {len(data)} of {count} bytes came")
                data += got
            except ssl.SSLWantReadError:
                self.pull()
        return data


def fragments(o):
    """Each size of a piece, both versions: what is sent comes back, and the end is a close_notify."""
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        for size in (1, 2, 3, 5, 17, 100, 1000, 0):
            client = Pieces(o, size, version)
            client.handshake()
            client.write(connect("device-1", 4))
            assert client.read(4) == b"\x20\x02\x00\x00"
            client.write(subscribe("free/pieces", version=4))
            assert client.read(5) == b"\x90\x03\x00\x01\x00"
            for length in (1, 100, 3000) + ((20000, 200000) if size in (1000, 0) else ()):
                data = publish("free/pieces", os.urandom(length), version=4)
                client.write(data)
                assert client.read(len(data)) == data, (version, size, length)
            client.write(DISCONNECT)
            assert client.ended(), (version, size)
            client.socket.close()
    alive_over_tls(o)


def alive_over_tls(o):
    wire = Wire(o.port, context(o)).connected("device-2 and well", version=4)
    wire.send(DISCONNECT)
    wire.close()


def finished_with_data(o):
    """CONNECT and more in the same segment as the end of the handshake."""
    client = Pieces(o, 0)
    try:
        client.tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    client.push()
    while True:
        client.pull()
        try:
            client.tls.do_handshake()
            break
        except ssl.SSLWantReadError:
            pass
    message = publish("free/first", b"hello", version=4)
    client.write(connect("device-1", 4) + subscribe("free/first", version=4) + message)
    assert client.read(4 + 5 + len(message)).endswith(b"hello")
    alive_over_tls(o)


def slow_reader(o):
    """A subscriber that does not read while 10 MB are published: what it gets then is whole."""
    slow = Wire(o.port, context(o)).connected("slow", version=4)
    slow.send(subscribe("free/slow", 1, version=4)).expect(0x90)
    publisher = Wire(o.port, context(o)).connected("publisher", version=4)
    payload = os.urandom(100000)
    for id in range(1, 101):
        publisher.send(publish("free/slow", payload, 1, id, 4)).expect(0x40)
    for _ in range(100):
        first, body = slow.packet()
        assert first == 0x32 and body.endswith(payload)
        slow.send(b"\x40\x02" + body[11:13])
    alive_over_tls(o)


def garbage(o):
    """Plain bytes, noise, cut and corrupted ClientHellos, ends with and without RST."""
    dice = random.Random(1)
    before = resident_bytes(o.pid)
    for turn in range(300):
        sock = socket.create_connection(("127.0.0.1", o.port), 60)
        kind = turn % 6
        if kind == 0:
            sock.sendall(dice.randbytes(dice.randrange(1, 3000)))
        elif kind == 1:
            sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
        elif kind == 2:
            sock.sendall(b"\x16\x03\x01\x40\x00" + dice.randbytes(200))
        elif kind == 3:
            sock.sendall(connect("plain"))
        elif kind == 4:
            hello = bytearray(hello_of(o))
            hello[dice.randrange(len(hello))] ^= dice.randrange(1, 256)
            sock.sendall(hello)
        if turn % 2:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
    for turn in range(100):
        client = Pieces(o, 0)
        client.handshake()
        client.tls.write(connect("device-1", 4))
        data = bytearray(client.outgoing.read())
        data[dice.randrange(5, len(data))] ^= 1
        client.socket.sendall(data)
        try:
            while client.socket.recv(1000):
                pass
        except ConnectionError:
            pass
        client.socket.close()
    assert resident_bytes(o.pid) - before < SLACK_BYTES
    alive_over_tls(o)


def hello_of(o):
    client = Pieces(o, 0)
    try:
        client.tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    client.socket.close()
    return client.outgoing.read()


def half_open(o):
    """Handshakes that stop anywhere are closed after handshake_timeout_seconds; others are served meanwhile."""
    hello = hello_of(o)
    waiting = []
    for turn in range(100):
        sock = socket.create_connection(("127.0.0.1", o.port), 60)
        sock.sendall(hello[:turn * len(hello) // 100])
        waiting.append(sock)
    silent = Pieces(o, 0)
    silent.handshake()
    alive_over_tls(o)
    started = time.monotonic()
    for sock in waiting + [silent.socket]:
        try:
            while sock.recv(65536):
                pass
        except ConnectionError:
            pass
        sock.close()
    assert time.monotonic() - started < 10
    alive_over_tls(o)


def ends(o):
    """The client's end, with close_notify or without, gets what is owed and a close_notify (RFC 8446, section 6.1)."""
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        for greets in (False, True):
            for notifies in (False, True):
                client = Pieces(o, 0, version)
                client.handshake()
                if greets:
                    client.write(connect("device-1", 4))
                    assert client.read(4) == b"\x20\x02\x00\x00"
                    client.write(publish("free/last", b"words", 1, 7, 4))
                if notifies:
                    try:
                        client.tls.unwrap()
                    except ssl.SSLWantReadError:
                        client.push()
                client.socket.shutdown(socket.SHUT_WR)
                if greets:
                    assert client.read(4) == b"\x40\x02\x00\x07"
                assert client.ended(), (version, greets, notifies)
                client.socket.close()
    alive_over_tls(o)


def versions(o):
    """TLS 1.1 is refused, 1.2 and 1.3 are taken."""
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        wire = Wire(o.port, context(o, version)).connected("version", version=4)
        assert wire.socket.version() == {0x303: "TLSv1.2", 0x304: "TLSv1.3"}[int(version)]
        wire.close()
    old = context(o, ssl.TLSVersion.TLSv1_1)
    old.set_ciphers("ALL:@SECLEVEL=0")
    try:
        Wire(o.port, old)
    except ssl.SSLError:
        pass
    else:
        raise AssertionError("TLS 1.1 was taken")
    alive_over_tls(o)


def abandoned(o):
    """Thousands of connections that end in the handshake or right after leave nothing behind."""
    made, hello = context(o), hello_of(o)

    def attack(count):
        for turn in range(count):
            if turn % 20 == 0:
                Wire(o.port, made).connected("abandoned", version=4).close()
            else:
                sock = socket.create_connection(("127.0.0.1", o.port), 60)
                sock.sendall(hello)
                sock.close()

    attack(o.count // 4)
    before = resident_bytes(o.pid)
    attack(o.count)
    grown = resident_bytes(o.pid) - before
    print(f"grew by {grown} bytes in {o.count}")
    # A session of OpenSSL is some 20 KB.
    assert grown < max(4 << 20, o.count * 1000), grown
    alive_over_tls(o)


if __name__ == "__main__":
    main(__name__)
