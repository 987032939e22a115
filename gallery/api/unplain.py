"""From plain data back to what a function takes: arrays from lists, dataclasses from objects.

The type hint says what is wanted. Where it allows plain data (``ArrayLike``, ``Mapping``), the
data is handed on and the function checks it.
"""

import dataclasses
import json
import math
import types
import typing
from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from models._errors import InputError

__all__ = ["unplain"]


def unplain(hint: Any, raw: Any, parameter: str) -> Any:
    """Read data from outside as a type hint wants it.

    Args:
        hint: The type of a parameter.
        raw: What JSON can hold, or its text.
        parameter: Name to put into a refusal.

    Raises:
        InputError: ``not_numbers``, ``not_a_list`` or ``not_an_object``.
    """
    return _read(hint, _parsed(raw), parameter)


def _parsed(raw: Any) -> Any:
    """A text that is JSON is taken as what it says, any other text as itself."""
    if not isinstance(raw, str):
        return raw
    try:
        return json.loads(raw)
    except ValueError:
        return raw
    except RecursionError:
        return None


def _read(hint: Any, raw: Any, parameter: str) -> Any:
    origin = typing.get_origin(hint)
    if origin is Annotated:
        return _read(hint.__origin__, raw, parameter)
    if origin in {typing.Union, types.UnionType}:
        return _read_union(typing.get_args(hint), raw, parameter)
    if origin is np.ndarray:
        return _array(hint, raw, parameter)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _object(hint, raw, parameter)
    if origin in {list, tuple, Sequence}:
        return _list(hint, raw, parameter)
    return _number(hint, raw, parameter) if hint in {int, float} else raw


def _number(hint: Any, raw: Any, parameter: str) -> Any:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        raise InputError("not_a_number", parameter=parameter, value=str(raw)[:40])
    if hint is int and raw != int(raw):
        raise InputError("not_a_whole_number", parameter=parameter, value=str(raw)[:40])
    return hint(raw)


def _read_union(sides: tuple[Any, ...], raw: Any, parameter: str) -> Any:
    """Take the one side that makes something of this kind of data; plain data passes as it is."""
    if raw is None and NoneType in sides:
        return None
    objects = [side for side in sides if _is_object(side)]
    lists = [side for side in sides if typing.get_origin(side) in LISTS]
    fitting = objects if isinstance(raw, Mapping) else lists if isinstance(raw, list) else []
    if not fitting and len(objects) + len(lists) == len([s for s in sides if s is not NoneType]):
        fitting = objects or lists  # none fits: the first says what is wanted
    takes_plain = any(typing.get_origin(side) is Mapping for side in fitting)
    if not fitting or (takes_plain and isinstance(raw, Mapping)):
        return raw
    return _read(fitting[0], raw, parameter)


def _is_object(side: Any) -> bool:
    return dataclasses.is_dataclass(side) or typing.get_origin(side) is Mapping


def _array(hint: Any, raw: Any, parameter: str) -> NDArray[Any]:
    kind = typing.get_args(typing.get_args(hint)[1])[0]
    try:
        table = np.asarray(raw)
    except (ValueError, TypeError, OverflowError) as error:  # rows of different lengths
        raise InputError("not_numbers", parameter=parameter) from error
    is_exact = isinstance(kind, type) and issubclass(kind, np.generic) and kind not in ABSTRACT
    if table.dtype.kind in "buif":
        with np.errstate(all="ignore"):
            table = table.astype(kind) if is_exact else table
        if np.isfinite(table).all():
            return table
    raise InputError("not_numbers", parameter=parameter)


LISTS = {np.ndarray, list, tuple, Sequence}
ABSTRACT = {np.generic, np.number, np.integer, np.floating, np.inexact}


def _object(hint: Any, raw: Any, parameter: str) -> Any:
    names = {each.name for each in dataclasses.fields(hint) if each.init}
    if not isinstance(raw, Mapping) or not names.issuperset(raw):
        raise InputError("not_an_object", parameter=parameter, fields=", ".join(sorted(names)))
    hints = typing.get_type_hints(hint, include_extras=True)
    values = {key: _read(hints[key], value, f"{parameter}.{key}") for key, value in raw.items()}
    try:
        return hint(**values)
    except TypeError as error:  # a field is missing
        raise InputError(
            "not_an_object", parameter=parameter, fields=", ".join(sorted(names))
        ) from error


def _list(hint: Any, raw: Any, parameter: str) -> Any:
    if not isinstance(raw, list | tuple):
        raise InputError("not_a_list", parameter=parameter)
    sides = [side for side in typing.get_args(hint) if side is not Ellipsis]
    kind = sides[0] if len(sides) == 1 else Any
    values = [_read(kind, each, parameter) for each in raw]
    return tuple(values) if typing.get_origin(hint) is tuple else values
