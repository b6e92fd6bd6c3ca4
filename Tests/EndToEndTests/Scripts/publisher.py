"""Devices that publish without end, through every loss of the broker, and note what was acknowledged.

The broker's port is read from FOLDER/port before each connection. It ends when FOLDER/stop is there, and then FOLDER/acknowledged
holds the payload of each acknowledged publish, one a line.
"""

import os
import random
import threading
import time

from packets import Wire, acknowledge, connect, publish
from peer import main

DEVICES = 4
WINDOW = 40


class Device:
    def __init__(self, o, number):
        self.o, self.number = o, number
        self.open, self.done = {}, []
        self.serial = self.last_id = self.connections = self.taken = 0

    def is_over(self):
        return os.path.exists(f"{self.o.folder}/stop")

    def run(self):
        while not self.is_over():
            try:
                with open(f"{self.o.folder}/port") as file:
                    port = int(file.read())
                wire = Wire(port)
                wire.socket.settimeout(5)
                wire.connected(f"flood-{self.number}", version=4)
                self.connections += 1
                self.flood(wire)
                wire.close()
            except (OSError, EOFError, ValueError, AssertionError):
                time.sleep(0.05)

    def flood(self, wire):
        # What wasn't acknowledged before is sent again, in order.
        unfinished, self.open = list(self.open.values()), {}
        for payload in unfinished:
            self.send(wire, payload)
        while True:
            over = self.is_over()
            if over and not self.open:
                return
            while len(self.open) < WINDOW and not over:
                self.serial += 1
                self.send(wire, f"{self.number}-{self.serial}")
            # Some thousand a second are enough to be in the middle of many whenever something is killed.
            self.taken += 1
            if self.taken % WINDOW == 0:
                time.sleep(0.03)
            first, body = wire.packet()
            id = int.from_bytes(body[:2], "big")
            if first == 0x40:
                self.done.append(self.open.pop(id))
            elif first == 0x50:
                # With PUBREC the promise is given.
                self.done.append(self.open.pop(id))
                wire.send(acknowledge("pubrel", id))

    def send(self, wire, payload):
        while True:
            self.last_id = self.last_id % 65535 + 1
            if self.last_id not in self.open:
                break
        self.open[self.last_id] = payload
        wire.send(publish(f"flood/{self.number}", payload.encode(), 1 + self.number % 2, self.last_id, 4))


def flood(o):
    devices = [Device(o, number) for number in range(DEVICES)]
    threads = [threading.Thread(target=device.run, daemon=True) for device in devices]
    for thread in threads:
        thread.start()
    told = 0
    while any(thread.is_alive() for thread in threads):
        count = sum(len(device.done) for device in devices)
        if count >= told + 500:
            told = count
            print(f"acknowledged {told}", flush=True)
        time.sleep(0.02)
    with open(f"{o.folder}/acknowledged", "w") as file:
        for device in devices:
            file.writelines(f"{payload}\n" for payload in device.done)
    print(f"connections {sum(device.connections for device in devices)}")


def hold(o):
    """A subscriber of `held` that gets ten messages, acknowledges the first five, and stays."""
    from packets import subscribe
    wire = Wire(o.port).connected("holder", version=4)
    wire.send(subscribe("held/#", 1, version=4)).expect(0x90)
    print("subscribed", flush=True)
    for count in range(10):
        body = wire.expect(0x32)
        length = int.from_bytes(body[:2], "big")
        if count < 5:
            wire.send(acknowledge("puback", int.from_bytes(body[2 + length:4 + length], "big")))
        print(f"got {body[4 + length:].decode()}", flush=True)
    print("holds", flush=True)
    wire.closed()


if __name__ == "__main__":
    main(__name__)
