"""Clients behind a proxy, whose certificate must name the address that the PROXY header gives them."""

from packets import connect
from peer import main
from tls import Pieces, context


def bound(o):
    """What the header says, as the client that the certificate of --device is, and the return code of CONNACK."""
    for header, code in (
        ("TCP4 192.0.2.7 192.0.2.1 50123 8883", 0), ("TCP4 192.0.2.8 192.0.2.1 50123 8883", 5),
        ("TCP6 ::ffff:192.0.2.7 ::1 50123 8883", 0), ("TCP6 2001:db8::7 ::1 50123 8883", 0),
        ("TCP6 2001:db8::8 ::1 50123 8883", 5),
        # The proxy speaks for itself, from 127.0.0.1.
        ("UNKNOWN", 5),
    ):
        client = Pieces(o, 0)
        client.tls = context(o, device=o.device).wrap_bio(client.incoming, client.outgoing, server_hostname="localhost")
        client.socket.sendall(f"PROXY {header}\r\n".encode())
        client.handshake()
        client.write(connect("bound", 4))
        answer = client.read(4)
        assert answer == bytes([0x20, 2, 0, code]), (header, answer)
        client.socket.close()


if __name__ == "__main__":
    main(__name__)
