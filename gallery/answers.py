"""Answers kept, so that a slider never computes again what it does not change.

What a visitor brought is kept in the visitor's own session and goes with it. Answers about the
gallery's samples are the same for everyone and are kept, and computed, once for all. Who leaves
while an answer is made leaves the machine, at the next turn of a network.
"""

import dataclasses
import hashlib
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import numpy as np
import streamlit as st
from cachetools import LRUCache
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gallery.passage import Passage
from gallery.photo import Photo
from models._gate import heeding

__all__ = ["answer", "bare"]

R = TypeVar("R")
SESSION_BYTES = 96 * 2**20
SHARED_BYTES = 256 * 2**20
CODE = re.compile(r"[\w.:/+*,-]{0,64}", re.ASCII)  # what a name in the code looks like


def answer(function: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    """Call a public function of ``models``, or hand out what it answered before.

    Args:
        function: Deterministic, of values that ``_feed`` understands.
        *args: Its arguments; a ``Photo`` is handed on as its pixels, a ``Passage`` as its text.
            What a visitor wrote comes as a ``Passage``; a bare text is a code of the gallery.
        **kwargs: The same by name.

    Returns:
        What the function answers. Do not change it: others may hold the same object.
    """
    key = _digest(f"{function.__module__}.{function.__qualname__}", args, kwargs)
    is_shared = all(map(_is_ours, [*args, *kwargs.values()]))
    shelf = _shared_shelf() if is_shared else _session_shelf()
    with heeding(_let_go):
        return cast(
            "R",
            shelf.take(
                key, lambda: function(*map(bare, args), **{k: bare(v) for k, v in kwargs.items()})
            ),
        )


def _let_go() -> None:
    """Stop here where the visitor has left or moved on: Streamlit looks when its state is read."""
    if get_script_run_ctx(suppress_warning=True) is not None:
        st.session_state.get("_answers")


class Shelf:
    """Answers by key up to a number of bytes; the least recently used goes first."""

    def __init__(self, limit: int) -> None:
        """Start empty."""
        self._kept: LRUCache[bytes, Any] = LRUCache(limit, getsizeof=_weigh)
        self._lock = threading.Lock()
        self._making: dict[bytes, threading.Lock] = {}

    def take(self, key: bytes, make: Callable[[], Any]) -> Any:
        """The answer under that key, made by one caller while others wait for it."""
        with self._lock:
            if key in self._kept:
                return self._kept[key]
            making = self._making.setdefault(key, threading.Lock())
        try:
            with making:
                with self._lock:
                    if key in self._kept:
                        return self._kept[key]
                made = make()
                with self._lock:
                    if _weigh(made) <= self._kept.maxsize:
                        self._kept[key] = made
                return made
        finally:
            with self._lock:
                self._making.pop(key, None)


@st.cache_resource
def _shared_shelf() -> Shelf:
    return Shelf(SHARED_BYTES)


def _session_shelf() -> Shelf:
    if "_answers" not in st.session_state:
        st.session_state["_answers"] = Shelf(SESSION_BYTES)
    return cast("Shelf", st.session_state["_answers"])


def _is_ours(value: Any) -> bool:
    """Whether it is a sample, a number or a code, and nothing that somebody may have brought."""
    if isinstance(value, Photo | Passage):
        return value.sample is not None
    if isinstance(value, str):
        return CODE.fullmatch(value) is not None
    if type(value) in {list, tuple}:  # of words, it may be what a visitor listed
        return all(not isinstance(each, str) and _is_ours(each) for each in value)
    return isinstance(value, int | float | bool | type(None))


def bare(value: Any) -> Any:
    """What a function of ``models`` takes: pixels of a photo, characters of a text."""
    if isinstance(value, Photo):
        return value.pixels
    if isinstance(value, Passage):
        return value.text
    return type(value)(map(bare, value)) if type(value) in {list, tuple} else value


def _digest(*values: Any) -> bytes:
    state = hashlib.blake2b(digest_size=20)
    for value in values:
        _feed(state, value)
    return state.digest()


def _feed(state: "hashlib.blake2b", value: Any) -> None:
    """Feed a value into a digest, so that different values feed different bytes."""
    state.update(f"<{type(value).__name__}".encode())
    if isinstance(value, Photo):
        state.update(value.digest)
    elif isinstance(value, np.ndarray):
        state.update(f"{value.dtype}{value.shape}".encode())
        state.update(np.ascontiguousarray(value).view(np.uint8).data)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            _feed(state, getattr(value, field.name))
    elif isinstance(value, Mapping):
        for key, below in value.items():
            _feed(state, key)
            _feed(state, below)
    elif isinstance(value, list | tuple):
        for below in value:
            _feed(state, below)
    else:
        state.update(_plain_bytes(value))
    state.update(b">")


def _plain_bytes(value: Any) -> bytes:
    if not isinstance(value, str | int | float | bool | bytes | type(None)):
        raise TypeError(f"an answer cannot be kept under a {type(value).__name__}")
    return repr(value).encode()


def _weigh(value: Any) -> int:
    """Bytes of the arrays in an answer, and a little for the rest."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes) + 128
    if dataclasses.is_dataclass(value):
        return sum(_weigh(getattr(value, field.name)) for field in dataclasses.fields(value)) + 64
    if isinstance(value, Mapping):
        return sum(map(_weigh, value.values())) + 64
    if isinstance(value, list | tuple):
        return sum(map(_weigh, value)) + 64
    return 64
