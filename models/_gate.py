"""One process-wide gate around network work, first come, first served, with a stopwatch.

Many visitors share one machine. Eight sessions that each use every core are slower than the same
eight in a row, so whoever runs a network takes a turn:

    with turn():
        logits = network(batch)

A caller that wants to say where it stands in the queue installs ``listening(report)``; one that
wants to show how long networks ran installs ``measuring()``; one whose visitor may leave meanwhile
installs ``heeding(check)``. They travel in context variables, so functions in between need no extra
arguments. Only ``turn`` is needed by model modules.
"""

import contextlib
import contextvars
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["Stopwatch", "heeding", "listening", "measuring", "queue_length", "turn"]

POLL_SECONDS = 0.25


@dataclass
class Stopwatch:
    """How long networks ran inside ``measuring()``."""

    milliseconds: float = 0.0
    turns: int = 0


_report: contextvars.ContextVar[Callable[[int], None] | None] = contextvars.ContextVar(
    "report", default=None
)
_stopwatch: contextvars.ContextVar[Stopwatch | None] = contextvars.ContextVar(
    "stopwatch", default=None
)
_check: contextvars.ContextVar[Callable[[], None] | None] = contextvars.ContextVar(
    "check", default=None
)
_inside: contextvars.ContextVar[bool] = contextvars.ContextVar("inside", default=False)
_condition = threading.Condition()
_queue: deque[object] = deque()


def queue_length() -> int:
    """How many callers run or wait at this moment."""
    return len(_queue)


@contextlib.contextmanager
def listening(report: Callable[[int], None]) -> Iterator[None]:
    """Have ``report(place)`` called while waiting; place 1 is next, 0 is now running."""
    token = _report.set(report)
    try:
        yield
    finally:
        _report.reset(token)


@contextlib.contextmanager
def heeding(check: Callable[[], None]) -> Iterator[None]:
    """Have ``check()`` called before each turn and while waiting; what it raises ends the work."""
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)


@contextlib.contextmanager
def measuring() -> Iterator[Stopwatch]:
    """Collect the time that networks run within this block."""
    watch = Stopwatch()
    token = _stopwatch.set(watch)
    try:
        yield watch
    finally:
        _stopwatch.reset(token)


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """Wait for the turn, hold the machine, and pass it on; turns within a turn are free."""
    if _inside.get():
        yield
        return
    ticket = object()
    with _condition:
        _queue.append(ticket)
    try:
        _wait_for(ticket)
        token = _inside.set(True)
        start = time.perf_counter()
        try:
            yield
        finally:
            _note(time.perf_counter() - start)
            _inside.reset(token)
    finally:
        with _condition:
            _queue.remove(ticket)
            _condition.notify_all()


def _wait_for(ticket: object) -> None:
    report, check = _report.get(), _check.get()
    told = 0
    while True:
        if check:
            check()
        with _condition:
            place = _queue.index(ticket)
            if place == 0:
                break
            _condition.wait(POLL_SECONDS)
        if report and place != told:  # outside the lock: a report may be slow or may raise
            report(place)
            told = place
    if report and told:
        report(0)


def _note(seconds: float) -> None:
    watch = _stopwatch.get()
    if watch is not None:
        watch.milliseconds += seconds * 1000
        watch.turns += 1
