/// The client of the tests: Python's `ssl` over memory, driven by frames on its standard input and output.
///
/// A request is an operation, a length and that many bytes; the reply is a state (handshaking, open, closed by the
/// server, failed), and three fields behind their lengths: plaintext, ciphertext for the server, and the error or a
/// fact in words.
enum PeerScript {
  static let source = #"""
    import json, ssl, struct, sys

    inp, out = sys.stdin.buffer, sys.stdout.buffer
    peer = None

    class Peer:
        def __init__(self, o):
            c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            versions = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1,
                        "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
            if o.get("version") in ("1.0", "1.1"):
                c.set_ciphers("ALL:@SECLEVEL=0")
            if o.get("ciphers"):
                c.set_ciphers(o["ciphers"])
            if o.get("version"):
                c.minimum_version = c.maximum_version = versions[o["version"]]
            if o.get("authority"):
                c.load_verify_locations(o["authority"])
            else:
                c.check_hostname = False
                c.verify_mode = ssl.CERT_NONE
            if o.get("certificate"):
                c.load_cert_chain(o["certificate"], o["key"])
            if o.get("alpn"):
                c.set_alpn_protocols(o["alpn"])
            self.i, self.o = ssl.MemoryBIO(), ssl.MemoryBIO()
            self.ssl = c.wrap_bio(self.i, self.o, server_hostname=o.get("server_name") or None)
            self.state, self.words, self.plain = 0, "", b""

        def drive(self):
            try:
                if self.state == 0:
                    self.ssl.do_handshake()
                    self.state = 1
                    self.words = "%s %s" % (self.ssl.version(), self.ssl.cipher()[0])
                while self.state == 1:
                    got = self.ssl.read(65536)
                    if not got:
                        self.state = 2
                    self.plain += got
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLZeroReturnError:
                self.state = 2
            except (ssl.SSLError, OSError) as e:
                self.state, self.words = 3, str(e)

        def reply(self):
            fields = [self.plain, self.o.read(), self.words.encode()]
            out.write(struct.pack("B", self.state) + b"".join(struct.pack("<I", len(f)) + f for f in fields))
            out.flush()
            self.plain, self.words = b"", ""

    while True:
        head = inp.read(5)
        if len(head) < 5:
            break
        operation, length = struct.unpack("<BI", head)
        data = inp.read(length)
        if operation == 0:
            peer = Peer(json.loads(data))
            peer.drive()
        elif operation == 1:
            peer.i.write(data)
            peer.drive()
        elif operation == 2:
            # What does not fit one record is sent by several calls.
            at = 0
            while at < len(data):
                at += peer.ssl.write(data[at:at + 16384])
        elif operation == 3:
            try:
                peer.ssl.unwrap()
            except ssl.SSLError:
                pass
        peer.reply()
    """#
}
