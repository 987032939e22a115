"""A shelf of large things that many callers share: made once, kept while there is room.

Whoever asks first makes the thing while the others who want the same one wait; those who want
another one do not. When the shelf is full, what was not used for longest goes.
"""

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import cachetools

from models._errors import GalleryError

__all__ = ["Progress", "Shelf"]

POLL_SECONDS = 0.25

Progress = Callable[[int, int], None]  # bytes so far, bytes in all (0: not known)
Thing = TypeVar("Thing")


@dataclass
class _Place:
    """What the callers that want one thing share."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    progress: tuple[int, int] = (0, 0)
    failure: GalleryError | None = None
    failed_at: float = 0.0

    @contextmanager
    def held(self, progress: Progress | None) -> Iterator[None]:
        """Wait for the one who is making the thing, and pass on how far that is."""
        while not self.lock.acquire(timeout=POLL_SECONDS):
            if progress and self.progress[0]:
                progress(*self.progress)
        try:
            yield
        finally:
            self.progress = (0, 0)
            self.lock.release()


class Shelf(Generic[Thing]):
    """Things by key, up to a number of bytes; safe for any number of threads."""

    def __init__(self, budget: int, bytes_of: Callable[[Thing], int]) -> None:
        self._bytes_of = bytes_of
        self._guard = threading.Lock()  # held for moments only: around the two dictionaries
        self._places: dict[Hashable, _Place] = {}
        self._things: cachetools.LRUCache[Hashable, Thing] = cachetools.LRUCache(budget, bytes_of)

    def take(
        self, key: Hashable, make: Callable[[Progress], Thing], progress: Progress | None = None
    ) -> Thing:
        """Hand out what is kept under a key; make it first if need be.

        Args:
            key: Its name.
            make: Makes it; called with what it should report its progress to.
            progress: Called in this thread while it is being made, whoever makes it.

        Raises:
            GalleryError: What ``make`` raised. Callers that were waiting for it get the same.
        """
        asked = time.monotonic()
        thing = self._find(key)
        if thing is not None:
            return thing
        with self._guard:
            place = self._places.setdefault(key, _Place())
        with place.held(progress):
            thing = self._find(key)  # it may have been made meanwhile
            if thing is None:
                thing = self._make(place, make, progress, asked)
                self._keep(key, thing)
        return thing

    def clear(self) -> None:
        """Let go of everything; who still holds a thing may go on using it."""
        with self._guard:
            self._things.clear()

    def __len__(self) -> int:
        """How many things are kept."""
        return len(self._things)

    def _find(self, key: Hashable) -> Thing | None:
        with self._guard:
            found: Thing | None = self._things.get(key)
        return found

    def _keep(self, key: Hashable, thing: Thing) -> None:
        with self._guard:
            if self._bytes_of(thing) <= self._things.maxsize:
                self._things[key] = thing

    def _make(
        self,
        place: _Place,
        make: Callable[[Progress], Thing],
        progress: Progress | None,
        asked: float,
    ) -> Thing:
        if place.failure and place.failed_at >= asked:
            # Who waited while it failed need not see it fail again, one caller after the other.
            raise type(place.failure)(place.failure.code, **place.failure.values)

        def report(done: int, total: int) -> None:
            place.progress = (done, total)
            if progress:
                progress(done, total)

        try:
            return make(report)
        except GalleryError as error:
            place.failure, place.failed_at = error, time.monotonic()
            raise
