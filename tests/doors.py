"""Both doors, started once for all tests that knock at them.

Browser tests visit the same process: a run waits once, not once a worker, until torch is there.
"""

import functools
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from gallery.demos import demos
from tests.serving import ASGI, Server, Session, start
from tests.whole_run import once

__all__ = ["Doors", "both_doors", "fetch", "seen", "send", "wait_for"]

fetch = functools.partial(httpx.get, verify=False, timeout=120)  # reading certificates takes longer
send = functools.partial(httpx.post, verify=False, timeout=120)
STARTED: list[Server] = []  # by this process: one that is let go of while it runs is a warning


@dataclass(frozen=True)
class Doors:
    """A running process, and what its very first visitor, by a deep link, met."""

    url: str
    log: str  # path of what it prints
    process: int
    first_status: int
    first_health: dict[str, Any]
    first_title: str  # of the window
    first_heading: str
    first_entries: list[str]  # of the navigation


@functools.cache
def both_doors() -> Doors:
    """``uvicorn app:app`` on a free port of loopback, until the tests are over."""
    return Doors(**once("doors", _open))


def wait_for(url: str, part: str) -> None:
    """Wait until ``/health`` says that a part (``api``, ``warm``) is there."""
    limit = time.monotonic() + 120
    while not fetch(f"{url}/health").json()[part]:
        assert time.monotonic() < limit
        time.sleep(0.1)


def _open(log: Path) -> dict[str, Any]:
    server = start(ASGI, log)
    STARTED.append(server)
    page = demos()[0].url_path
    status = fetch(f"{server.url}/{page}").status_code
    health = fetch(f"{server.url}/health").json()
    with Session(server.url, page) as session:
        session.rerun()
    return asdict(Doors(server.url, str(log), server.process.pid, status, health, *seen(session)))


def seen(session: Session) -> tuple[str, str, list[str]]:
    """Title of the window, heading and navigation, as the last run of a session left them."""
    title, heading, entries = "", "", []
    for message in session.heard:
        if message.HasField("page_config_changed"):
            title = message.page_config_changed.title
        elif message.HasField("navigation"):
            entries = [page.page_name for page in message.navigation.app_pages]
        elif message.delta.new_element.heading.tag == "h1":
            heading = message.delta.new_element.heading.body
    return title, heading, entries
