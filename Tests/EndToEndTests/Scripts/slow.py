"""Subscribers of records from Kafka of which some are slow: the others get all at full speed."""

import random
import socket
import subprocess
import threading
import time

from packets import Wire, acknowledge, connect, number, subscribe
from peer import main


def open_subscriber(o, name, filter, qos, clean=True, small=False):
    # Session Expiry Interval: an hour.
    properties = b"" if clean else b"\x11" + (3600).to_bytes(4, "big")
    wire = Wire(o.port)
    if small:
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    wire.send(connect(name, clean=clean, keep_alive=0, properties=properties))
    first, body = wire.packet()
    assert first == 0x20 and body[1] == 0, body
    wire.send(subscribe(filter, qos))
    return wire


class Subscriber(threading.Thread):
    """Acknowledges all, or one message in so many seconds, or nothing; keeps what came."""

    def __init__(self, o, name, filter="s/#", qos=1, pause=0.0, reads=True, clean=True, reconnects=False):
        super().__init__(daemon=True)
        self.o, self.name_, self.filter, self.qos, self.pause, self.clean = o, name, filter, qos, pause, clean
        self.reads, self.reconnects = reads, reconnects
        self.got, self.done, self.error = [], 0, None
        self.subscribed = threading.Event()
        self.start()
        assert self.subscribed.wait(30), self.error

    def run(self):
        while True:
            try:
                self.wire = open_subscriber(self.o, self.name_, self.filter, self.qos, self.clean, not self.reads)
                self.serve()
            except Exception as error:
                self.error = error
                if not self.reconnects:
                    return

    def serve(self):
        wire, until = self.wire, time.monotonic() + 2 if self.reconnects else None
        while True:
            if until and time.monotonic() > until:
                wire.close()
                return
            first, body = wire.packet()
            if first == 0x90:
                self.subscribed.set()
                if not self.reads:
                    threading.Event().wait()
            if first >> 4 == 3:
                length = int.from_bytes(body[:2], "big")
                id, rest = body[2 + length:4 + length], body[4 + length:]
                self.got.append(int(rest[1:].split()[0]))
                if self.pause is None:
                    continue
                time.sleep(self.pause)
                wire.send(bytes([0x40 if self.qos == 1 else 0x50, 2]) + id)
                self.done += self.qos == 1
            elif first == 0x62:
                wire.send(bytes([0x70, 2]) + body[:2])
                self.done += 1


def produce(o, first, last, keys=100, key=lambda i: f"k{i % 100}"):
    lines = "".join(f"{key(i)}:{i} {'x' * 80}\n" for i in range(first, last))
    subprocess.run(
        ["kcat", "-b", o.kafka, "-P", "-t", "slow", "-K", ":"], input=lines.encode(), check=True, timeout=60)


def until(what, condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what()}"
        time.sleep(0.02)


def all_come(fast, count, seconds, since):
    wanted = set(range(count))
    until(lambda: f"{fast.name_} has {len(set(fast.got))} of {count}", lambda: len(set(fast.got)) >= count, seconds)
    assert set(fast.got) == wanted and len(fast.got) == count, "some came twice"
    print(f"{fast.name_}: {count} after {time.monotonic() - since:.2f} s", flush=True)


def check(o, slow, qos, count=14_000, seconds=45):
    """Two that are fast get all that is produced at once, and then as much again."""
    fast = [Subscriber(o, f"fast-{n}", qos=qos) for n in range(2)]
    start = time.monotonic()
    produce(o, 0, count)
    for one in fast:
        all_come(one, count, seconds, start)
    start = time.monotonic()
    produce(o, count, 2 * count)
    for one in fast:
        all_come(one, 2 * count, seconds, start)
    for one in slow:
        assert one.reconnects or one.error is None, one.error


def one_acknowledges_seldom(o):
    check(o, [Subscriber(o, "slow", qos=o.count, pause=5.0)], o.count)


def several_are_slow(o):
    slow = [
        Subscriber(o, f"slow-{n}", qos=1 + n % 2, pause=[5.0, None, 1.0][n % 3], reads=n % 4 != 3) for n in range(8)
    ]
    check(o, slow, o.count)


def one_comes_back(o):
    check(o, [Subscriber(o, "slow", qos=o.count, pause=1.0, clean=False, reconnects=True)], o.count)


def own_topics(o):
    """The slow one has a topic of its own among those of the same partitions."""
    slow = Subscriber(o, "slow", "s/a", o.count, pause=5.0)
    fast = Subscriber(o, "fast", "s/b", o.count)
    start = time.monotonic()
    produce(o, 0, 40_000, key=lambda i: "ab"[i % 2])
    until(lambda: f"{len(fast.got)} came", lambda: len(fast.got) >= 20_000, 45)
    print(f"fast: 20000 after {time.monotonic() - start:.2f} s", flush=True)
    assert fast.got == list(range(1, 40_000, 2))


def share_group(o):
    """The slow member's turns go to the others, and what it was not sent yet."""
    # As many as may be in flight.
    slow = Subscriber(o, "slow", "$share/g/s/#", o.count, pause=None)
    fast = [Subscriber(o, f"fast-{n}", "$share/g/s/#", o.count) for n in range(2)]
    start = time.monotonic()
    produce(o, 0, 30_000)
    until(
        lambda: f"{[len(one.got) for one in fast]} came",
        lambda: sum(len(one.got) for one in fast) + len(slow.got) >= 30_000, 45)
    assert len(slow.got) <= 1000, len(slow.got)
    print(f"both: {sum(len(one.got) for one in fast)} after {time.monotonic() - start:.2f} s", flush=True)


def alone(o):
    """One that is alone and takes 1,000 a second loses nothing."""
    slow = Subscriber(o, "alone", qos=o.count, pause=0.0005)
    start = time.monotonic()
    produce(o, 0, 30_000)
    all_come(slow, 30_000, 120, start)


if __name__ == "__main__":
    main(__name__)
