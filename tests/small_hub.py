"""A small hub on loopback, honest or not: it serves files as the Hugging Face hub does."""

import contextlib
import hashlib
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

REVISION = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "gallery/small"


@dataclass
class SmallHub:
    """Files by name, and how the hub misbehaves."""

    files: dict[str, bytes] = field(default_factory=dict)
    mood: str = "good"  # good, corrupt, cut, slow, stalled, trickle, broken
    pace: float = 0.0  # seconds between two pieces of a good answer
    revision: str = REVISION
    url: str = ""
    requests: list[str] = field(default_factory=list)  # "GET model.safetensors", ...

    def etag(self, name: str) -> str:
        content = self.files[name]
        if name.endswith(".safetensors"):
            return hashlib.sha256(content).hexdigest()
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()

    def asked(self, verb: str) -> int:
        return sum(request.startswith(verb) for request in self.requests)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def log_message(self, *_: Any) -> None:
        pass

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # the client gave up: that is what is tested
            super().handle()

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        hub: SmallHub = self.server.hub
        name = self.path.rsplit("/", 1)[1]
        hub.requests.append(f"{self.command} {name}")
        if hub.mood == "slow" and self.server.closing.wait(20):
            self.close_connection = True
            return
        if hub.mood == "broken":
            self.wfile.write(b"\x00\x01 this is no HTTP\r\n\r\n")
            self.close_connection = True
            return
        if name not in hub.files:
            self._refuse(hub)
            return
        content = hub.files[name]
        self.send_response(200)
        self.send_header("ETag", f'"{hub.etag(name)}"')
        self.send_header("X-Repo-Commit", hub.revision)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self._send(hub, content)

    def _refuse(self, hub: SmallHub) -> None:
        self.send_response(404)
        self.send_header("X-Error-Code", "EntryNotFound")
        self.send_header("X-Repo-Commit", hub.revision)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, hub: SmallHub, content: bytes) -> None:
        if hub.mood == "corrupt":
            content = content[:-1] + bytes([content[-1] ^ 1])
        step = 1 if hub.mood == "trickle" else max(1000, len(content) // 8)
        for start in range(0, len(content), step):
            if start >= len(content) // 2 and hub.mood in {"cut", "stalled"}:
                if hub.mood == "stalled":
                    self.server.closing.wait(20)
                self.close_connection = True
                return
            self.wfile.write(content[start : start + step])
            self.wfile.flush()
            if self.server.closing.wait(0.2 if hub.mood == "trickle" else hub.pace):
                return


@contextmanager
def serving(hub: SmallHub) -> Iterator[SmallHub]:
    """Serve until the block ends."""
    server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.hub, server.closing = hub, threading.Event()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()


def closed_port() -> str:
    """An address on loopback where nobody listens."""
    server = http.server.HTTPServer(("127.0.0.1", 0), _Handler)
    server.server_close()
    return f"http://127.0.0.1:{server.server_address[1]}"
