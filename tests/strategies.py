"""Hypothesis strategies read from the signatures: no limit is typed twice.

@given(photos(), arguments(edge_filters.respond, kernel=kernels()))
def test_...(photo, keywords):
    edge_filters.respond(photo, **keywords)
"""

import inspect
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from models._ranges import Choices, Range, limits

__all__ = ["arguments", "ends", "outside", "photos", "values"]


def values(limit: Range | Choices) -> st.SearchStrategy[Any]:
    """Any value inside a limit, an integer where the annotated type is one."""
    if isinstance(limit, Choices):
        return st.sampled_from(limit.values)
    if limit.whole:
        return st.integers(int(np.ceil(limit.low)), int(np.floor(limit.high)))
    return st.floats(limit.low, limit.high, allow_nan=False, allow_subnormal=False)


def arguments(
    function: Callable[..., Any], **others: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    """Keyword arguments for the limited parameters of a public function.

    Args:
        function: A function whose parameters carry ``Range`` or ``Literal``.
        others: Strategies for parameters without a limit (the subject), or in place of one.

    Returns:
        Dictionaries with every limited parameter; ``None`` is tried where it is the default.
    """
    limited = {name: _of_parameter(function, name, limit) for name, limit in _limited(function)}
    return st.fixed_dictionaries({**limited, **others})


def ends(function: Callable[..., Any]) -> list[tuple[str, Any]]:
    """Every limited parameter with each end of its range, or each of its choices."""
    return [
        (name, value)
        for name, limit in _limited(function)
        for value in (
            limit.values
            if isinstance(limit, Choices)
            else [int(end) if limit.whole else float(end) for end in (limit.low, limit.high)]
        )
    ]


def outside(function: Callable[..., Any]) -> list[tuple[str, Any]]:
    """Every limited parameter with values that must be refused."""
    refused = []
    for name, limit in _limited(function):
        if isinstance(limit, Range):
            bad = [limit.low - 1, limit.high + 1, float("nan"), float("inf"), "many"]
        else:
            bad = ["no such choice", -123456]
        refused.extend(itertools.product([name], bad))
    return refused


@st.composite
def photos(
    draw: st.DrawFn, smallest: int = 1, largest: int = 24, grey: bool | None = None
) -> np.ndarray:
    """Small uint8 pictures, (height, width) or (height, width, 3), noise and plain areas alike."""
    height, width = (draw(st.integers(smallest, largest)) for _ in range(2))
    is_grey = draw(st.booleans()) if grey is None else grey
    shape = (height, width) if is_grey else (height, width, 3)
    if draw(st.booleans()):  # hypothesis shrinks arrays well but draws few distinct values
        return np.random.default_rng(draw(st.integers(0, 2**16))).integers(
            0, 256, shape, dtype=np.uint8
        )
    return draw(arrays.arrays(np.uint8, shape))


def _limited(function: Callable[..., Any]) -> list[tuple[str, Range | Choices]]:
    return list(limits(function).items())


def _of_parameter(
    function: Callable[..., Any], name: str, limit: Range | Choices
) -> st.SearchStrategy[Any]:
    inside = values(limit)
    default = inspect.signature(function).parameters[name].default
    return st.none() | inside if default is None else inside
