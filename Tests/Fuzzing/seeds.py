"""The inputs that each target begins with: small packets, requests and files, and the decisions in front of them.

SEEDS holds them by target. What libFuzzer finds from them lies in var/fuzz/corpus and is not kept here; an input that
broke something becomes a test of the module instead.
"""


def two(number):
    return number.to_bytes(2, "big")


def four(number):
    return number.to_bytes(4, "big")


def text(value):
    value = value.encode() if isinstance(value, str) else value
    return two(len(value)) + value


def varint(number):
    out = b""
    while True:
        number, low = divmod(number, 128)
        out += bytes([low | (0x80 if number else 0)])
        if not number:
            return out


def listed(*properties):
    joined = b"".join(properties)
    return varint(len(joined)) + joined


def packet(first, *body):
    joined = b"".join(body)
    return bytes([first]) + varint(len(joined)) + joined


USER = b"\x26" + text("name") + text("value")
EXPIRY, ALIAS = b"\x02" + four(60), b"\x23" + two(1)
FORWARDED = b"\x01\x01" + b"\x03" + text("text/plain") + b"\x08" + text("answers") + b"\x09" + text(b"\xff\x00") + USER


def connects():
    """A CONNECT of each kind."""
    names = text("user") + text("password")
    will = text("will") + text("gone")
    v31, v311, v5 = text("MQIsdp") + b"\x03", text("MQTT") + b"\x04", text("MQTT") + b"\x05"
    all_of_connect = listed(b"\x11" + four(3600), b"\x21" + two(10), b"\x27" + four(1000), b"\x22" + two(5), b"\x19\x01",
                            b"\x17\x00", USER, b"\x15" + text("method"), b"\x16" + text("data"))
    all_of_will = listed(b"\x18" + four(5), EXPIRY, FORWARDED)
    return [
        packet(0x10, v31, b"\x02", two(60), text("c")),
        packet(0x10, v31, b"\xf6", two(60), text("c"), will, names),
        packet(0x10, v311, b"\x02", two(0), text("")),
        packet(0x10, v311, b"\xee", two(60), text("client"), will, names),
        packet(0x10, v5, b"\x02", two(60), listed(), text("")),
        packet(0x10, v5, b"\xf6", two(60), all_of_connect, text("client"), all_of_will, will, names),
        packet(0x10, text("MQTT") + b"\x84", b"\x02", two(60), text("bridge")),
        packet(0x10, text("MQTT") + b"\x06", b"\x02", two(60), text("later")),
    ]


def stream(is_v5, first=b""):
    """What a connected client may send, after what came first."""
    none = listed() if is_v5 else b""
    packets = [
        packet(0x30, text("a/b"), none, b"payload"),
        packet(0x3B, text("plants/7"), two(1), none, b"x"),
        packet(0x34, text("t"), two(2), none),
        packet(0x40, two(1)), packet(0x50, two(2)), packet(0x62, two(3)), packet(0x70, two(4)),
        packet(0x82, two(5), none, text("a/+"), b"\x01", text("#"), b"\x02"),
        packet(0x82, two(6), none, text("$share/g/a/#"), b"\x00"),
        packet(0xA2, two(7), none, text("a/+"), text("b")),
        packet(0xC0), packet(0xE0),
    ]
    if is_v5:
        packets += [
            packet(0x32, text("a"), two(1), listed(EXPIRY, FORWARDED, ALIAS), b"x"),
            packet(0x30, text(""), listed(ALIAS), b"x"),
            packet(0x40, two(1), b"\x10"), packet(0x50, two(1), b"\x97", listed(b"\x1f" + text("why"), USER)),
            packet(0x62, two(1), b"\x92"), packet(0x70, two(1), b"\x00", listed()),
            packet(0x82, two(1), listed(b"\x0b\x05", USER), text("a"), b"\x2d"),
            packet(0xA2, two(1), listed(USER), text("a")),
            packet(0xE0, b"\x04", listed(b"\x11" + four(0), b"\x1f" + text("bye"))),
            packet(0xF0, b"\x18", listed(b"\x15" + text("method"), b"\x16" + text("data"), b"\x1f" + text("why"))),
        ]
    return [first + one for one in packets] + [first + b"".join(packets)]


def publishes():
    """A PUBLISH behind what is decided about its delivery: versions, QoS, flags, identifiers."""
    plain = packet(0x30, text("a/b"), b"payload")
    full = packet(0x32, text("a/b"), two(9), listed(EXPIRY, FORWARDED, ALIAS), b"payload")
    decisions = [bytes([sender, version, qos, 1, 0]) + two(7) + two(alias) + b"\x01" + expiry + identifiers
                 for sender in (1, 2) for version in (0, 1, 2) for qos in (0, 1, 2) for alias in (0, 3)
                 for expiry in (b"\x00", b"\x01" + four(5))
                 for identifiers in (b"\x00", b"\x02" + four(0) + four(20000))]
    return [decision + (plain if decision[0] == 1 else full) for decision in decisions]


def upgrades():
    def request(*lines, path="/mqtt", method="GET"):
        fields = ["Host: localhost:8083", "Upgrade: websocket", "Connection: keep-alive, Upgrade",
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", *lines]
        return "\r\n".join([f"{method} {path} HTTP/1.1", *fields, "", ""]).encode()

    mqtt = "Sec-WebSocket-Protocol: mqtt"
    return [
        b"\x00" + request(mqtt), b"\x08" + request("Sec-WebSocket-Protocol: chat, mqttv3.1", "User-Agent: x/1"),
        b"\x01" + request(mqtt, "Origin: https://example.com", path="/"),
        b"\x11" + request(mqtt, "Origin: http://[::1]:8080", path="http://localhost/?a=b"),
        b"\x01" + request(mqtt, "Origin: null", path="/"), b"\x00" + request(), b"\x00" + request(mqtt, path="/x"),
        b"\x00" + request(mqtt, method="POST"), b"\x00" + request(mqtt, "Content-Length: 3"),
        b"\x00" + request(mqtt, "Host: twice"), b"\x00GET /mqtt HTTP/1.0\r\n\r\n", b"\x00\x16\x03\x01", b"\x00\x10\x0c",
    ]


def frames():
    def frame(first, payload, mask=b"\x01\x02\x03\x04"):
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + two(size)
        return bytes([first]) + length + mask + bytes(byte ^ mask[i & 3] for i, byte in enumerate(payload))

    rubbish, careful = b"\x00", b"\x01"
    cuts, most = b"\x03\x00\x04\x09", b"\x01\x00"
    whole = frame(0x82, b"\x10\x0c") + frame(0x89, b"ping") + frame(0x02, b"a" * 200) + frame(0x80, b"b")
    return [
        rubbish + cuts + most + whole, rubbish + b"\x00" + most + whole + frame(0x88, b"\x03\xe8bye"),
        rubbish + cuts + b"\x00\x05" + whole, rubbish + cuts + most + frame(0x81, b"text"),
        rubbish + cuts + most + frame(0x88, b"\x03\xe8\xff"), rubbish + cuts + most + frame(0x8A, b""),
        rubbish + cuts + most + b"\x82\xff" + bytes(8), rubbish + cuts + most + b"\x82\x05hello",
        careful + cuts + most + b"".join(
            bytes([kind, 5]) + b"hello" + bytes([final]) + b"mask" for kind in range(6) for final in (0, 1)),
    ]


def proxies():
    signature = b"\r\n\r\n\x00\r\nQUIT\n"
    v4 = bytes([192, 0, 2, 7, 127, 0, 0, 1]) + two(40000) + two(8883)
    v6 = bytes.fromhex("20010db8000000000000000000000001") * 2 + two(40000) + two(8883)
    extension = b"\x04" + two(3) + b"abc"
    return [
        b"PROXY TCP4 192.0.2.7 127.0.0.1 40000 8883\r\nrest", b"PROXY TCP6 2001:db8::1 ::1 40000 8883\r\n",
        b"PROXY UNKNOWN\r\n", b"PROXY UNKNOWN what ever\r\n", b"PROXY TCP4 192.0.2.7 127.0.0.1 40000 08883\r\n",
        signature + b"\x21\x11" + two(len(v4)) + v4 + b"rest", signature + b"\x21\x21" + two(len(v6)) + v6,
        signature + b"\x21\x11" + two(len(v4 + extension)) + v4 + extension, signature + b"\x20\x00" + two(0),
        signature + b"\x21\x00" + two(4) + b"abcd", b"10.0.0.0/8", b"2001:db8::/32", b"192.0.2.7",
    ]


def shard():
    """Decisions of a scene, by the numbers of Support/ShardScene: connect, subscribe, publish, answer, leave. The first
    byte says who is there already, and whether clients acknowledge by themselves."""
    scenes = []
    for version in (0, 1, 2):
        def connect(name, choices=b"\x01", version=version):
            return b"\x00\x00\x00\x01" + bytes([version, name]) + choices

        def subscribe(client, name):
            return bytes([20, client, 0, 5]) + (b"\x01" if version == 2 else b"") + bytes([0, name, 2, 3])

        def publish(client, flags, topic):
            return bytes([20, client, 0, 0, flags, 1, 1, topic]) + b"\x01\x00"

        first = connect(1) + connect(2) + subscribe(0, 1) + publish(1, 2, 1)
        scenes += [
            first, first + b"\x0e\x00" * 2 + b"\x02\x00" + publish(0, 4, 1) * 3 + connect(1) + b"\x0e\x00",
            first + b"\x0a\x00" + publish(1, 0, 1) * 8 + b"\x06\x03" + b"\x0a\x00",
            connect(1, b"\x03\x06\x01\x01") + publish(0, 3, 1) + subscribe(0, 2) + b"\x02\x00" + b"\x06\x03" * 4,
            connect(1) + publish(0, 2, 3) * 3 + b"\x04\x01\x00\x00" * 3 + b"\x03\x00\x01\x01\x00" * 3,
            b"\x00\x00\x00\x00" + b"\x0b" + bytes([len(connects()[2])]) + connects()[2] + publish(0, 0, 1),
        ]
    return [bytes([there]) + scene for there in (0, 7, 0x87, 0x97, 0xA7, 0xB7) for scene in scenes]


def filters():
    topics = ["a/b/c", "a", "$x/y", "/", "a//b", "plants/7/devices"]
    lines = ["#", "+", "a/#", "a/+/c", "+/+/+", "+/#", "/+", "$share/g/a/#", "$x/#", "a//#", "plants/+/devices", "a/b/c"]
    return [f"{topic}\n{one}\n{other}".encode() for topic in topics for one in lines for other in lines[::3]]


MQTT_TEXTS = ["", "abcdefgh", "abcdefghij", "ä€𝄞", "plants/+/x", "a/#", "a\x00b", "\ufffe", "12345678\x00", "é" * 9]

SEEDS = {
    "decode-3.1": connects()[:2] + stream(False),
    "decode-3.1.1": connects()[2:4] + stream(False),
    "decode-5.0": connects()[4:] + stream(True),
    "connect": connects(),
    "encode-publish": publishes(),
    "encode": [bytes([version, kind]) + bytes(range(1, 60)) for version in range(3) for kind in range(6)]
    + [bytes([2, 0, 1, 0, 11]) + b"".join(bytes([field]) + b"\x04text\x00\x00" for field in range(11))],
    "utf8": [bytes([shift]) + one.encode() for one in MQTT_TEXTS for shift in (0, 3)]
    + [b"\x00" + one for one in (b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe0\x80\x80", b"12345678\xff")],
    "filters": filters(),
    "upgrade": upgrades(),
    "frames": frames(),
    "proxy": proxies(),
    "shard": shard(),
    "access": [b"plants/+/{client}/#\ndevice-1\ndevice-*\nplants/7/device-1/x", b"{user}/#\n+\n*+*\n+/x",
               b"{certificate}\n$x\n$*\n$x", b"#\na/b\n*\na/b", b"a/{user}/b\na/b\n*a*b*\na/b"],
    "mappings": [b"plants/{plant}/devices/{device}/telemetry/#\n{device}\nplants/7/devices/x/telemetry/a/b\n"
                 b"plants/{header:plant}/devices/{key}\nkey", b"{a}/{rest...}\n{a}-{{{rest}}}\na/b/c\n{key...}\na/b",
                 b"+/#\n{client}{user}{topic}{qos}\na\n{topic}/{partition}/{offset}\nx", b"a/{b...}\n{b}\na\nx/{key}\n$"],
    "configuration": [
        b'\x00listeners:\n  - {name: a, protocol: mqtts, bind: "0.0.0.0:8883", tls: {certificate: c, key: k}}\n'
        b'limits: {packet_bytes_max: 1 MiB}\nlog: {level: info, format: json}\n',
        b'\x00listeners: [{name: a, protocol: ws, bind: "[::1]:80", websocket: {path: /m, origins: ["http://a"]}}]\n'
        b'authentication: {anonymous: true, client_id: user_name}\nadministration: {bind: "127.0.0.1:9880"}\n',
        b'\x01groups: {g: {members: ["certificate:CN=*", "user:u"]}}\nrules:\n  - group: g\n'
        b'    allow: {publish: ["a/{client}/#"]}\n    deny: {subscribe: [b]}\n',
        b'\x02to_kafka:\n  - {name: t, filter: "a/{b}/#", topic: t, key: "{b}", headers: {h: "{b}"}}\n'
        b'from_kafka:\n  - {name: f, topic: ^x-.*, publish: "a/{key}", qos: 1, retain: false, group: g}\n',
    ],
}
