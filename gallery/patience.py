"""Answers that take long are watched as they come; the others are kept like any other."""

from collections.abc import Callable, Generator
from typing import Any, TypeVar

from gallery import show
from gallery.answers import answer, bare
from models._readers import Effort

__all__ = ["Long", "follow"]

R = TypeVar("R")
Long = tuple[Callable[..., R], Callable[..., Generator[R]], Callable[..., Effort]]
AT_ONCE = 1.0  # seconds that nobody has to be entertained for


def follow(
    work: Long[R], stage: str, draw: Callable[[R], None], *args: Any, **kwargs: Any
) -> R | None:
    """Answer, and where that takes long, show how far it is, with a button that stops it.

    Args:
        work: The function; the same, giving what is known so far; and what that takes.
        stage: What it is called.
        draw: Draws what is known so far while it runs.
        *args: What all three are called with, as ``answer`` takes it.
        **kwargs: The same by name.

    Returns:
        The answer; of what was stopped what was known by then, or nothing.
    """
    function, so_far, effort = work
    given = [bare(each) for each in args]
    named = {name: bare(value) for name, value in kwargs.items()}
    takes = effort(*given, **named)
    if takes.seconds <= AT_ONCE:
        return answer(function, *args, **kwargs)
    found = show.watch(
        function.__name__,
        (given, named),
        stage,
        lambda: so_far(*given, **named),
        takes.runs,
        lambda known: draw(known[-1]),
        preview=True,
        at_once=takes.seconds,
    )
    return found[-1] if found else None
