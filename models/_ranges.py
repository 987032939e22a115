"""The limits of a parameter, stated once, in the signature of the function that takes it.

    def blur(photo: Photo, sigma: Annotated[float, Range(0.1, 5.0, 0.1)] = 1.4) -> Blurred: ...

Sliders, Gradio inputs and hypothesis strategies read the annotation; ``checked`` enforces it.
"""

import dataclasses
import functools
import inspect
import math
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, ParamSpec, TypeVar

from models._errors import InputError

__all__ = ["Choices", "Range", "checked", "limits", "parameter_default"]

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Range:
    """A closed interval of numbers, with the step of its slider.

    ``whole`` is not written by hand: ``limits`` sets it where the annotated type is ``int``.
    """

    low: float
    high: float
    step: float | None = None
    unit: str = ""
    whole: bool = False

    def __contains__(self, value: object) -> bool:
        """Whether the value is a finite number between the two ends."""
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            return False
        return self.low <= value <= self.high and math.isfinite(value)


@dataclass(frozen=True)
class Choices:
    """The values a ``Literal`` allows."""

    values: tuple[str | int | float | bool | None, ...]

    def __contains__(self, value: object) -> bool:
        """Whether the value is one of the allowed ones; ``True`` is not 1."""
        return any(type(value) is type(choice) and value == choice for choice in self.values)


@functools.cache
def limits(function: Callable[..., Any]) -> dict[str, Range | Choices]:
    """Read the limits of every limited parameter from a function's signature.

    Args:
        function: Any function; ``Annotated[number, Range(...)]`` and ``Literal`` are understood,
            each also as one side of ``| None``.

    Returns:
        Parameter name -> its ``Range`` or ``Choices``, in the order of the signature.
    """
    hints = typing.get_type_hints(inspect.unwrap(function), include_extras=True)
    found = {name: _limit(hint) for name, hint in hints.items() if name != "return"}
    return {name: limit for name, limit in found.items() if limit is not None}


def parameter_default(function: Callable[..., Any], parameter: str) -> Any:
    """The value a parameter has when nobody gives one."""
    return inspect.signature(inspect.unwrap(function)).parameters[parameter].default


def _limit(hint: Any) -> Range | Choices | None:
    if typing.get_origin(hint) is Annotated:
        found = (extra for extra in hint.__metadata__ if isinstance(extra, Range))
        return next((dataclasses.replace(limit, whole=_is_whole(hint)) for limit in found), None)
    if typing.get_origin(hint) is Literal:
        return Choices(typing.get_args(hint))
    parts = (_limit(part) for part in typing.get_args(hint))
    return next((part for part in parts if part is not None), None)


def _is_whole(hint: Any) -> bool:
    kind = hint.__origin__
    return float not in (typing.get_args(kind) or (kind,))


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Refuse arguments outside their limits with a sentence, before any work is done.

    Args:
        function: A public function whose limited parameters are annotated.

    Returns:
        The same function; it raises ``InputError`` (``out_of_range`` or ``not_a_choice``).
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def check(*args: P.args, **kwargs: P.kwargs) -> R:
        given = signature.bind(*args, **kwargs).arguments
        for name, limit in limits(function).items():
            if name in given and not (given[name] in limit or _is_default(signature, name, given)):
                raise _refusal(name, given[name], limit)
        return function(*args, **kwargs)

    return check


def _is_default(signature: inspect.Signature, name: str, given: dict[str, Any]) -> bool:
    return given[name] is None and signature.parameters[name].default is None


def _refusal(name: str, value: object, limit: Range | Choices) -> InputError:
    if isinstance(limit, Range):
        is_fraction = value in dataclasses.replace(limit, whole=False)
        return InputError(
            "not_whole" if is_fraction else "out_of_range",
            parameter=name,
            value=str(value)[:40],
            low=limit.low,
            high=limit.high,
        )
    allowed = ", ".join(str(choice) for choice in limit.values)
    return InputError("not_a_choice", parameter=name, value=str(value)[:40], allowed=allowed)
