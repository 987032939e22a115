"""Both doors, started once for all tests that knock at them."""

import atexit
import functools
from contextlib import ExitStack

from tests.serving import ASGI, Server, serve

__all__ = ["both_doors"]


@functools.cache
def both_doors() -> Server:
    """``uvicorn app:app`` on a free port of loopback, until the tests are over."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(serve(ASGI))
