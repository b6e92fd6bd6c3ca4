"""A client on Paho whose every wait has a deadline, and scenes that are run by name."""

import argparse
import inspect
import queue
import sys
import threading
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

DEADLINE_SECONDS = 60


def properties(kind, **values):
    made = Properties(getattr(PacketTypes, kind))
    for name, value in values.items():
        setattr(made, name, value)
    return made


class Peer:
    """One client. It doesn't connect again by itself."""

    def __init__(self, options, name, clean=True, expiry=None, user=None, password=None, will=None, **connect):
        self.options, self.is_v5 = options, options.version == 5
        self.messages, self.events = queue.Queue(), queue.Queue()
        self.thread = None
        # Both versions are tried on one broker, which keeps sessions.
        name = name and f"{name} {options.version}"
        transport = "websockets" if options.websocket else "tcp"
        if self.is_v5:
            self.client = mqtt.Client(client_id=name, protocol=mqtt.MQTTv5, transport=transport)
            self.clean = clean
            if expiry is not None:
                connect["SessionExpiryInterval"] = expiry
        else:
            self.client = mqtt.Client(client_id=name, clean_session=clean, protocol=mqtt.MQTTv311, transport=transport)
        if options.websocket:
            self.client.ws_set_options(path="/mqtt")
            # Its WebSocket can't be written by two threads: with this, only the one that runs the loop writes.
            self.client.on_socket_register_write = lambda *_: None
        if options.device:
            at = f"{options.folder}/{options.device}"
            self.client.tls_set(f"{options.folder}/ca.crt", f"{at}.crt", f"{at}.key")
        self.connect_properties = properties("CONNECT", **connect) if self.is_v5 else None
        if user is not None:
            self.client.username_pw_set(user, password)
        if will is not None:
            self.client.will_set(**will)
        self.client.on_message = lambda _, __, message: self.messages.put(message)
        self.client.on_connect = lambda *all: self.events.put(("connect", all[3], all[2]))
        self.client.on_disconnect = lambda *all: self.events.put(("disconnect", all[2], None))
        self.client.on_publish = lambda _, __, id: self.events.put(("publish", id, None))
        self.client.on_subscribe = lambda *all: self.events.put(("subscribe", all[3], None))
        self.client.on_unsubscribe = lambda *all: self.events.put(("unsubscribe", all[4] if self.is_v5 else None, None))

    def start(self):
        """CONNECT; returns the reason code and the flags of CONNACK."""
        where = dict(host="127.0.0.1", port=self.options.port, keepalive=60)
        if self.is_v5:
            self.client.connect(**where, clean_start=self.clean, properties=self.connect_properties)
        else:
            self.client.connect(**where)

        def run():
            while self.client.loop(1) == mqtt.MQTT_ERR_SUCCESS:
                pass

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        _, reason, flags = self.event("connect")
        return getattr(reason, "value", reason), flags

    def connect(self):
        reason, flags = self.start()
        assert reason == 0, f"CONNACK says {reason}"
        self.is_present = bool(flags["session present"])
        return self

    def event(self, kind):
        end = time.monotonic() + DEADLINE_SECONDS
        while True:
            try:
                found = self.events.get(timeout=max(0.001, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {kind} within {DEADLINE_SECONDS} s") from None
            if found[0] == kind:
                return found
            assert found[0] != "disconnect", f"disconnected ({found[1]}) while waiting for {kind}"

    def subscribe(self, filter, qos=0, **options):
        """Returns the reason codes of SUBACK."""
        if self.is_v5:
            all = {name: options.pop(name) for name in list(options) if name[0].islower()}
            self.client.subscribe(
                filter, options=SubscribeOptions(qos=qos, **all), properties=properties("SUBSCRIBE", **options))
        else:
            self.client.subscribe(filter, qos)
        return [getattr(code, "value", code) for code in self.event("subscribe")[1]]

    def unsubscribe(self, filter):
        self.client.unsubscribe(filter)
        codes = self.event("unsubscribe")[1]
        return [code.value for code in (codes if isinstance(codes, list) else [codes])] if self.is_v5 else None

    def send(self, topic, payload, qos=0, retain=False, **values):
        """PUBLISH, without waiting."""
        made = properties("PUBLISH", **values) if self.is_v5 and values else None
        return self.client.publish(topic, payload, qos, retain, properties=made)

    def publish(self, topic, payload, qos=0, retain=False, **values):
        """PUBLISH, and its acknowledgement where there is one."""
        id = self.send(topic, payload, qos, retain, **values).mid
        while self.event("publish")[1] != id:
            pass

    def take(self, count=1):
        """The next messages, in the order in which they came."""
        end = time.monotonic() + DEADLINE_SECONDS
        got = []
        while len(got) < count:
            try:
                got.append(self.messages.get(timeout=max(0.001, end - time.monotonic())))
            except queue.Empty:
                raise AssertionError(f"{len(got)} of {count} messages within {DEADLINE_SECONDS} s") from None
        return got

    def nothing_until(self, topic):
        """Publishes to a topic that it is subscribed to; nothing else may have come before that."""
        self.publish(topic, b"last", 1)
        message, = self.take()
        assert message.topic == topic, f"{message.topic} came, and shouldn't have"

    def stop(self, **values):
        if self.is_v5:
            self.client.disconnect(properties=properties("DISCONNECT", **values) if values else None)
        else:
            self.client.disconnect()
        self.ended()

    def drop(self):
        """The connection breaks without a DISCONNECT."""
        sock = self.client.socket()
        if sock:
            # Of a WebSocket, what is beneath it.
            getattr(sock, "_socket", sock).shutdown(2)
        self.ended()

    def ended(self):
        self.thread.join(DEADLINE_SECONDS)
        assert not self.thread.is_alive(), "the connection doesn't end"


def until(what, condition):
    end = time.monotonic() + DEADLINE_SECONDS
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"not within {DEADLINE_SECONDS} s: {what}"
        time.sleep(0.01)


def main(module):
    """Runs the scene that the first argument names: a function of the script."""
    parser = argparse.ArgumentParser()
    parser.add_argument("scene")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--other-port", type=int)
    parser.add_argument("--version", type=int, default=5)
    parser.add_argument("--pid", type=int)
    parser.add_argument("--folder")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--kafka")
    parser.add_argument("--websocket", action="store_true")
    parser.add_argument("--device", help="TLS, with the certificate of this device in the folder")
    parser.add_argument("--secure-port", type=int)
    parser.add_argument("--page-port", type=int)
    parser.add_argument("--browser")
    options = parser.parse_args()
    scenes = dict(inspect.getmembers(sys.modules[module], inspect.isfunction))
    scenes[options.scene](options)
    print("done")
