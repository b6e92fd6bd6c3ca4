"""Scenes with Eclipse Paho's client (Debian's python3-paho-mqtt), for MQTT 3.1.1 and 5.0."""

import time

from peer import Peer, main, properties, until


def every_quality(o):
    publisher, subscriber = Peer(o, "publisher").connect(), Peer(o, "subscriber").connect()
    for granted in (0, 1, 2):
        assert subscriber.subscribe(f"q/{granted}", granted) == [granted]
    for sent in (0, 1, 2):
        for granted in (0, 1, 2):
            publisher.publish(f"q/{granted}", f"{sent}", sent)
    got = sorted((m.topic, int(m.payload), m.qos) for m in subscriber.take(9))
    assert got == sorted((f"q/{g}", s, min(s, g)) for s in (0, 1, 2) for g in (0, 1, 2)), got


def order_is_kept(o):
    publisher, subscriber = Peer(o, "publisher").connect(), Peer(o, "subscriber").connect()
    subscriber.subscribe("order", 2)
    for qos in (1, 2):
        publisher.client.max_inflight_messages_set(20)
        for i in range(300):
            publisher.send("order", f"{i}", qos)
        assert [int(m.payload) for m in subscriber.take(300)] == list(range(300))


def wildcards(o):
    publisher, subscriber = Peer(o, "publisher").connect(), Peer(o, "subscriber").connect()
    subscriber.subscribe("w/+/x", 1)
    subscriber.subscribe("t/#", 1)
    for topic in ("w/x", "w/1/x", "w/1/y", "w/1/x/z", "t", "t/1/2/3", "s/t", "/w/1/x", "w//x"):
        publisher.publish(topic, b"", 1)
    assert [m.topic for m in subscriber.take(4)] == ["w/1/x", "t", "t/1/2/3", "w//x"]


def retained(o):
    publisher = Peer(o, "publisher").connect()
    for i in (1, 2, 3):
        publisher.publish(f"r{o.version}/{i}", f"old {i}", 1, retain=True)
    publisher.publish(f"r{o.version}/1", "new 1", 1, retain=True)
    publisher.publish(f"r{o.version}/2", b"", 1, retain=True)
    subscriber = Peer(o, "subscriber").connect()
    subscriber.subscribe(f"r{o.version}/#", 1)
    got = {m.topic: (m.payload, m.retain) for m in subscriber.take(2)}
    assert got == {f"r{o.version}/1": (b"new 1", 1), f"r{o.version}/3": (b"old 3", 1)}, got
    # To who is subscribed already it is no retained message.
    publisher.publish(f"r{o.version}/4", "live", 1, retain=True)
    message, = subscriber.take()
    assert (message.topic, message.retain) == (f"r{o.version}/4", 0)


def will(o):
    watcher = Peer(o, "watcher").connect()
    watcher.subscribe(f"wills{o.version}/#", 1)
    said = dict(topic=f"wills{o.version}/a", payload=b"gone", qos=1, retain=True)
    Peer(o, "a", will=said).connect().drop()
    message, = watcher.take()
    assert (message.topic, message.payload, message.qos) == (f"wills{o.version}/a", b"gone", 1)
    Peer(o, "b", will=dict(topic=f"wills{o.version}/b", payload=b"never")).connect().stop()
    watcher.nothing_until(f"wills{o.version}/last")
    late = Peer(o, "late").connect()
    late.subscribe(f"wills{o.version}/a", 1)
    message, = late.take()
    assert message.retain == 1


def persistent_session(o):
    first = Peer(o, "durable", clean=False, expiry=100).connect()
    assert not first.is_present
    first.subscribe("d/#", 2)
    first.stop()
    publisher = Peer(o, "publisher").connect()
    # A client hands QoS 2 on when it is released, so order is one of messages of the same quality.
    for i in range(50):
        publisher.publish(f"d/{i % 3}", f"{i}", 1 + i // 25)
    second = Peer(o, "durable", clean=False, expiry=100).connect()
    assert second.is_present
    assert [int(m.payload) for m in second.take(50)] == list(range(50))
    second.stop()
    third = Peer(o, "durable", clean=True).connect()
    assert not third.is_present
    third.subscribe("other", 1)
    publisher.publish("d/0", "to nobody", 1)
    third.nothing_until("other")


def clean_session_ends(o):
    first = Peer(o, "c", clean=True).connect()
    first.subscribe("c/#", 1)
    first.drop()
    second = Peer(o, "c", clean=False, expiry=10).connect()
    assert not second.is_present
    second.subscribe("other", 1)
    Peer(o, "publisher").connect().publish("c/1", "to nobody", 1)
    second.nothing_until("other")


def takeover(o):
    first = Peer(o, "same", clean=False, expiry=100).connect()
    first.subscribe("t/#", 1)
    second = Peer(o, "same", clean=False, expiry=100).connect()
    assert second.is_present
    # Paho 1.6 reads the reason of a DISCONNECT only where properties follow it; wire.py looks at the reason.
    first.event("disconnect")
    Peer(o, "publisher").connect().publish("t/1", "to the second", 1)
    assert second.take()[0].payload == b"to the second"
    assert first.messages.empty()


def unsubscribe(o):
    peer = Peer(o, "u").connect()
    peer.subscribe("u/1", 1)
    peer.subscribe("u/2", 1)
    codes = peer.unsubscribe("u/1")
    assert codes is None or codes == [0]
    codes = peer.unsubscribe("never")
    assert codes is None or codes == [0x11]
    peer.publish("u/1", "to nobody", 1)
    peer.nothing_until("u/2")


def many_subscriptions(o):
    peer, publisher = Peer(o, "many").connect(), Peer(o, "publisher").connect()
    peer.client.subscribe([(f"m/{i}", 1) for i in range(500)])
    codes = [getattr(code, "value", code) for code in peer.event("subscribe")[1]]
    assert codes == [1] * 500
    for i in range(500):
        publisher.send(f"m/{i}", f"{i}", 1)
    assert [int(m.payload) for m in peer.take(500)] == list(range(500))
    # 1,000 are allowed to one client.
    codes = []
    for start in (500, 900):
        peer.client.subscribe([(f"m/{i}", 1) for i in range(start, start + 400)])
        codes += [getattr(code, "value", code) for code in peer.event("subscribe")[1]]
    assert codes == [1] * 500 + [0x97 if o.version == 5 else 0x80] * 300


def large_payloads(o):
    """The broker's packet_bytes_max is 1 MiB."""
    peer = Peer(o, "large").connect()
    peer.subscribe("large", 1)
    # Topic and its length, packet identifier, and in 5.0 the length of no properties, come before the payload; the
    # fixed header has three bytes of length here.
    largest = (1 << 20) - (2 + len("large") + 2 + (1 if o.version == 5 else 0)) - 4
    for size in (0, 1, 127, 128, 16383, 16384, 65535, 65536, 300000, largest):
        payload = bytes(i * 7 % 251 for i in range(256)) * (size // 256 + 1)
        peer.publish("large", payload[:size], 1)
        assert peer.take()[0].payload == payload[:size], size
    one_more = Peer(o, "one more").connect()
    one_more.send("large", b"x" * (largest + 1), 1)
    _, reason, _ = one_more.event("disconnect")
    if o.version == 5:
        assert getattr(reason, "value", reason) == 0x95, reason
    peer.nothing_until("large")


def properties_end_to_end(o):
    publisher, subscriber = Peer(o, "publisher").connect(), Peer(o, "subscriber").connect()
    subscriber.subscribe("p/#", 1, SubscriptionIdentifier=7)
    user = [("a", "1"), ("b", "2"), ("a", "3"), ("", "empty"), ("ü", "€")]
    publisher.publish(
        "p/1", "text", 1, UserProperty=user, ContentType="text/plain", ResponseTopic="answers/1",
        CorrelationData=b"\x00\xff\x01", PayloadFormatIndicator=1, MessageExpiryInterval=100)
    message, = subscriber.take()
    got = message.properties
    assert got.UserProperty == user, got.UserProperty
    assert got.ContentType == "text/plain" and got.ResponseTopic == "answers/1"
    assert got.CorrelationData == b"\x00\xff\x01" and got.PayloadFormatIndicator == 1
    assert 98 <= got.MessageExpiryInterval <= 100
    assert got.SubscriptionIdentifier == [7], got.SubscriptionIdentifier


def message_expiry(o):
    first = Peer(o, "away", clean=False, expiry=100).connect()
    first.subscribe("e/#", 1)
    first.stop()
    publisher = Peer(o, "publisher").connect()
    publisher.publish("e/short", "expires", 1, MessageExpiryInterval=1)
    publisher.publish("e/long", "stays", 1, MessageExpiryInterval=1000)
    publisher.publish("e/kept", "expires", 1, retain=True, MessageExpiryInterval=1)
    # That time passes is what this is about; another client sees when it has.
    watch = Peer(o, "watch").connect()

    def has_expired():
        probe = Peer(o, "probe").connect()
        probe.subscribe("e/kept", 1)
        probe.publish("probe/none", b"", 1)
        probe.subscribe("probe/sync", 1)
        probe.publish("probe/sync", b"", 1)
        topics = [probe.take()[0].topic]
        while topics[-1] != "probe/sync":
            topics.append(probe.take()[0].topic)
        probe.stop()
        return topics == ["probe/sync"]

    until("the retained message expires", has_expired)
    watch.stop()
    second = Peer(o, "away", clean=False, expiry=100).connect()
    message, = second.take()
    assert message.topic == "e/long", message.topic
    assert 900 < message.properties.MessageExpiryInterval < 1000


def session_expiry(o):
    Peer(o, "short", clean=False, expiry=1).connect().stop()

    def has_expired():
        peer = Peer(o, "short", clean=False, expiry=1).connect()
        present = peer.is_present
        peer.stop()
        if present:
            time.sleep(2.2)
        return not present

    # The session's time starts anew with each end of its connection.
    time.sleep(2.2)
    until("the session expires", has_expired)
    # A DISCONNECT can shorten it to nothing.
    Peer(o, "cut", clean=False, expiry=1000).connect().stop(SessionExpiryInterval=0)
    assert not Peer(o, "cut", clean=False, expiry=10).connect().is_present


def will_delay(o):
    watcher = Peer(o, "watcher").connect()
    watcher.subscribe("wd/#", 1)
    said = dict(topic="wd/a", payload=b"gone", qos=1, properties=properties("WILLMESSAGE", WillDelayInterval=2))
    Peer(o, "wa", clean=False, expiry=100, will=said).connect().drop()
    back = Peer(o, "wa", clean=False, expiry=100, will=said).connect()
    started = time.monotonic()
    back.drop()
    message, = watcher.take()
    assert message.topic == "wd/a"
    assert time.monotonic() - started > 1.5, "the delay was not kept"
    watcher.nothing_until("wd/last")


def topic_alias(o):
    publisher, subscriber = Peer(o, "publisher").connect(), Peer(o, "subscriber").connect()
    subscriber.subscribe("alias/#", 1)
    publisher.publish("alias/long/name", "1", 1, TopicAlias=3)
    # Paho does not send an empty topic, so the second name goes in its place: what an alias stands for can change.
    publisher.publish("alias/other", "2", 1, TopicAlias=3)
    assert [m.topic for m in subscriber.take(2)] == ["alias/long/name", "alias/other"]
    publisher.send("alias/x", "3", 1, TopicAlias=33)
    _, reason, _ = publisher.event("disconnect")
    assert getattr(reason, "value", reason) == 0x94, reason


def receive_maximum(o):
    """The subscriber takes two at a time, and gets all of them in order."""
    subscriber = Peer(o, "two at a time", ReceiveMaximum=2).connect()
    subscriber.subscribe("rm", 2)
    publisher = Peer(o, "publisher").connect()
    for i in range(200):
        publisher.send("rm", f"{i}", 1 + i // 100)
    assert [int(m.payload) for m in subscriber.take(200)] == list(range(200))


def subscription_options(o):
    peer, other = Peer(o, "options").connect(), Peer(o, "other").connect()
    other.publish("so/kept", "kept", 1, retain=True)
    peer.subscribe("so/#", 1, noLocal=True, retainAsPublished=True, retainHandling=2)
    peer.publish("so/own", "own", 1)
    other.publish("so/flagged", "flagged", 1, retain=True)
    message, = peer.take()
    assert (message.topic, message.retain) == ("so/flagged", 1), message.topic


def assigned_identifier(o):
    names = set()
    for _ in range(3):
        peer = Peer(o, "").connect()
        peer.subscribe("id", 1)
        peer.publish("id", "x", 1)
        peer.take()
        names.add(peer)
    assert len(names) == 3


def maximum_packet_size(o):
    """What is larger than the client takes is not sent to it, and what follows is."""
    small = Peer(o, "small", MaximumPacketSize=200).connect()
    small.subscribe("mps", 1)
    publisher = Peer(o, "publisher").connect()
    publisher.publish("mps", b"x" * 1000, 1)
    publisher.publish("mps", b"fits", 1)
    assert small.take()[0].payload == b"fits"


def deny_below_an_allowed_filter(o):
    """Allowed: all/#; denied: all/secret/#. The subscription is granted, and what is denied is not delivered."""
    reader = Peer(o, "reader", user="reader", password="reader's words").connect()
    writer = Peer(o, "writer", user="writer", password="writer's words").connect()
    writer.publish("all/secret/kept", "denied", 1, retain=True)
    writer.publish("all/open/kept", "allowed", 1, retain=True)
    assert reader.subscribe("all/#", 1) == [1]
    assert reader.take()[0].topic == "all/open/kept"
    refused = 0x87 if o.version == 5 else 0x80
    assert reader.subscribe("all/secret/#", 1) == [refused]
    assert reader.subscribe("#", 1) == [refused]
    assert reader.subscribe("+/+", 1) == [refused]
    assert reader.subscribe("none/x", 1) == [refused]
    for topic in ("all/secret", "all/secret/1", "all/secret/1/2", "all/secrets"):
        writer.publish(topic, "x", 1)
    assert reader.take()[0].topic == "all/secrets"
    # What waits for a session is judged like the rest.
    durable = Peer(o, "durable", clean=False, expiry=100, user="reader", password="reader's words").connect()
    durable.subscribe("all/#", 1)
    assert durable.take()[0].topic == "all/open/kept"
    durable.stop()
    writer.publish("all/secret/1", "x", 1)
    writer.publish("all/open/1", "x", 1)
    again = Peer(o, "durable", clean=False, expiry=100, user="reader", password="reader's words").connect()
    assert again.take()[0].topic == "all/open/1"


def placeholders(o):
    """One's own user name and client identifier, taken literally."""
    watcher = Peer(o, "watcher", user="watcher", password="watcher's words").connect()
    watcher.subscribe("by/#", 1)
    peer = Peer(o, "one", user="writer", password="writer's words").connect()
    own = f"one {o.version}"
    for topic in ("by/client/another/x", f"by/client/{own}/x", "by/user/reader/x", "by/user/writer/x", "by/none/x"):
        if o.version == 5:
            peer.send(topic, "x", 0)
        else:
            peer.publish(topic, "x", 1)
    assert [m.topic for m in watcher.take(2)] == [f"by/client/{own}/x", "by/user/writer/x"]
    for name in ("#", "+", "a/b", "../x"):
        strange = Peer(o, name, user="writer", password="writer's words")
        strange.client._client_id = name.encode()
        strange.connect()
        strange.send(f"by/client/{name}/x", "x", 0) if name not in "#+" else strange.send("by/client/another/x", "x", 0)
        strange.stop()
    peer.send("by/user/writer/last", "x", 0)
    assert watcher.take()[0].topic == "by/user/writer/last"


def forbidden_will(o):
    said = dict(topic="by/user/reader/will", payload=b"x")
    reason, _ = Peer(o, "w", user="writer", password="writer's words", will=said).start()
    assert reason == (0x87 if o.version == 5 else 5), reason
    said = dict(topic="by/user/writer/will", payload=b"x")
    Peer(o, "w", user="writer", password="writer's words", will=said).connect().stop()


def stolen_identifier(o):
    """Another user's client identifier is not to be had; its session stays whole."""
    first = Peer(o, "mine", clean=False, expiry=100, user="reader", password="reader's words").connect()
    first.subscribe("all/open/#", 0)
    reason, _ = Peer(o, "mine", clean=False, expiry=100, user="writer", password="writer's words").start()
    assert reason == (0x87 if o.version == 5 else 5), reason
    Peer(o, "writer", user="writer", password="writer's words").connect().publish("all/open/mine", "x", 1)
    until("the message", lambda: first.take()[0].topic == "all/open/mine")


if __name__ == "__main__":
    main(__name__)
