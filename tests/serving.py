"""A door of the gallery as a process of its own, and a session that talks to it as a browser does.

    with serve(STREAMLIT) as server, Session(server.url, "Edge_Filters") as session:
        session.rerun()

Used by the browser tests, the memory test and the benchmarks.
"""

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

__all__ = ["API", "ASGI", "ROOT", "STREAMLIT", "Server", "Session", "serve", "start"]

ROOT = Path(__file__).resolve().parents[1]
STREAMLIT = ("-m", "streamlit", "run", "Home.py", "--server.headless=true", "--server.port={port}")
ASGI = ("-m", "uvicorn", "app:app", "--port={port}", "--log-level=warning")
API = ("api.py",)  # takes its port from the environment
HEALTH = "/_stcore/health"
START_LIMIT = 120  # seconds, on a busy machine
NOWHERE = "http://127.0.0.1:9"  # a port that refuses: what would leave the machine fails at once


@dataclass(frozen=True)
class Server:
    """A running process and where it answers."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    seconds: float  # from start to healthy

    def memory(self) -> float:
        """The resident memory of the process, in megabytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) / 1024


@contextlib.contextmanager
def serve(command: Sequence[str], folder: Path = ROOT, health: str = HEALTH) -> Iterator[Server]:
    """Run ``python <command>`` on a free port of loopback, from healthy until done with."""
    with tempfile.NamedTemporaryFile(suffix=".log") as out:
        server = start(command, Path(out.name), folder, health)
        try:
            yield server
        finally:
            end(server.process)


def start(command: Sequence[str], log: Path, folder: Path = ROOT, health: str = HEALTH) -> Server:
    """Run ``python <command>`` on a free port of loopback and wait until it is healthy."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    proxies = {"HTTP_PROXY": NOWHERE, "HTTPS_PROXY": NOWHERE, "NO_PROXY": "127.0.0.1,localhost"}
    environment = os.environ | proxies | {"GRADIO_SERVER_PORT": str(port)}
    arguments = [sys.executable, *(part.format(port=port) for part in command)]
    began = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(arguments, cwd=folder, env=environment, stdout=out, stderr=out)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_healthy(url + health, process, log)
    except BaseException:
        end(process)
        raise
    return Server(url, process, log, time.monotonic() - began)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and make it."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    process.kill()
    process.wait()


def wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Ask a server at an address until it answers that it is well."""
    limit = time.monotonic() + START_LIMIT
    while process.poll() is None and time.monotonic() < limit:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"no healthy server at {url}:\n{log.read_text('utf-8')[-2000:]}")


class Session:
    """One visitor without a browser: asks for runs of a page and waits until they are done."""

    def __init__(self, url: str, page: str = "") -> None:
        """Prepare to visit a page by its path; the empty path is Home."""
        self._url = url.replace("http", "ws", 1) + "/_stcore/stream"
        self._page = page
        self._hash = ""
        self._socket: ClientConnection
        self.heard: list[ForwardMsg] = []  # what came of the last rerun

    def __enter__(self) -> Self:
        """Connect; nothing runs yet."""
        self._connection = connect(
            self._url, subprotocols=[Subprotocol("streamlit")], max_size=None
        )
        self._socket = self._connection.__enter__()
        return self

    def __exit__(self, *what: object) -> None:
        """Leave, as a visitor who closes the tab."""
        self._connection.__exit__(None, None, None)

    def rerun(self, query: str = "") -> float:
        """Run the page from top to bottom; return the seconds until it was done."""
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_script_hash = self._hash
        message.rerun_script.page_name = "" if self._hash else self._page
        self.heard.clear()
        began = time.perf_counter()
        self._socket.send(message.SerializeToString())
        while not self._is_done():
            pass
        return time.perf_counter() - began

    def _is_done(self) -> bool:
        answer = ForwardMsg.FromString(self._socket.recv(timeout=START_LIMIT, decode=False))
        self.heard.append(answer)
        if answer.WhichOneof("type") == "new_session":
            self._hash = answer.new_session.page_script_hash
        if answer.WhichOneof("type") != "script_finished":
            return False
        return bool(answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY)
