"""Both doors, started once for all tests that knock at them."""

import atexit
import functools
import time
from contextlib import ExitStack

import httpx

from tests.serving import ASGI, Server, serve

__all__ = ["both_doors", "wait_for"]


@functools.cache
def both_doors() -> Server:
    """``uvicorn app:app`` on a free port of loopback, until the tests are over."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(serve(ASGI))


def wait_for(url: str, part: str) -> None:
    """Wait until ``/health`` says that a part (``api``, ``warm``) is there."""
    limit = time.monotonic() + 120
    while not httpx.get(f"{url}/health").json()[part]:
        assert time.monotonic() < limit
        time.sleep(0.1)
