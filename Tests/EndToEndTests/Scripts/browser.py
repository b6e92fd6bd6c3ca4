"""A page in a real browser, without a window, that speaks MQTT with mqtt.js over wss."""

import http.server
import pathlib
import queue
import subprocess
import tempfile
import threading

from peer import Peer, main

SECONDS = 60
FOLDER = pathlib.Path(__file__).parent.parent / "Browser"


class Pages(http.server.ThreadingHTTPServer):
    """Serves the page, and takes what it reports."""

    def __init__(self, port):
        super().__init__(("127.0.0.1", port), Handler)
        self.reports = queue.Queue()
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *all):
        super().__init__(*all, directory=str(FOLDER))

    def do_POST(self):
        self.server.reports.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Browser:
    def __init__(self, o, url):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        # The certificate is of an authority that the browser doesn't know; what a page may do is not asked here.
        self.process = subprocess.Popen(
            [o.browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--ignore-certificate-errors", f"--user-data-dir={self.folder.name}", "--remote-debugging-port=0", url],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()


def publishes_and_subscribes(o):
    """The page's publish comes to a device, the device's answer to the page, which reports it."""
    device = Peer(o, "device").connect()
    device.subscribe("page/hello", 1)
    pages = Pages(o.page_port)
    with Browser(o, f"http://127.0.0.1:{o.page_port}/page.html?{o.secure_port}"):
        message, = device.take()
        assert message.payload == "grüße".encode() * 10_000, len(message.payload)
        device.publish("page/answer", message.payload[::-1], 1)
        report = pages.reports.get(timeout=SECONDS)
        assert report == "answered with 70000 bytes", report


def is_refused(o):
    """A page of another origin is not connected."""
    pages = Pages(o.page_port)
    with Browser(o, f"http://127.0.0.1:{o.page_port}/page.html?{o.secure_port}"):
        report = pages.reports.get(timeout=SECONDS)
        assert report == "not connected", report


if __name__ == "__main__":
    main(__name__)
