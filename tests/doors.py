"""Both doors, started once for all tests that knock at them."""

import atexit
import functools
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx

from gallery.demos import demos
from tests.serving import ASGI, Server, Session, serve

__all__ = ["Doors", "both_doors", "fetch", "send", "wait_for"]

fetch = functools.partial(httpx.get, verify=False, timeout=60)  # reading certificates takes longer
send = functools.partial(httpx.post, verify=False, timeout=60)


@dataclass(frozen=True)
class Doors:
    """A running process, and what its very first visitor met."""

    server: Server
    first_page: int  # status of a deep link
    first_health: dict[str, Any]

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.server.url


@functools.cache
def both_doors() -> Doors:
    """``uvicorn app:app`` on a free port of loopback, until the tests are over."""
    stack = ExitStack()
    atexit.register(stack.close)
    server = stack.enter_context(serve(ASGI))
    page = demos()[0].url_path
    status = fetch(f"{server.url}/{page}").status_code
    health = fetch(f"{server.url}/health").json()
    with Session(server.url, page) as session:
        session.rerun()
    return Doors(server, status, health)


def wait_for(url: str, part: str) -> None:
    """Wait until ``/health`` says that a part (``api``, ``warm``) is there."""
    limit = time.monotonic() + 120
    while not fetch(f"{url}/health").json()[part]:
        assert time.monotonic() < limit
        time.sleep(0.1)
