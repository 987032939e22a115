"""Public functions as endpoints: what ``__all__`` of a demo's module names, read from signatures.

Nothing is registered by hand. A function's parameters say what comes in:

- ``Pixels``: a photo, as the bytes of a picture file; ``Pixels | Sequence[Pixels]``: several.
- ``Annotated[number, Range]``: a number; ``Literal``: one of several; ``bool``: a switch.
- ``str``: a text.
- Anything else (kernels, masks, layers, ...): data as JSON writes it. Arrays are nested lists,
  dataclasses are objects with the names of their fields.

A constant of ``__all__`` (``KERNELS``, ``PRESETS``, ``MODELS``) is an endpoint without
parameters; classes are only the form of results and are left out. Knows neither streamlit nor
gradio; importing it imports no demo.
"""

import contextlib
import dataclasses
import functools
import importlib
import inspect
import math
import re
import types
import typing
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from PIL import Image

from gallery.api.unplain import unplain
from models._errors import InputError
from models._images import Pixels, read_photo
from models._ranges import Choices, Range, checked, limits

__all__ = ["PHOTOS", "REQUIRED", "Endpoint", "Kind", "Parameter", "endpoints"]

Kind = Literal["photo", "photos", "number", "choice", "switch", "text", "data"]
PHOTOS = frozenset({"photo", "photos"})
LONGEST_NUMBER = 40  # characters
MOST_PHOTOS = 24  # in one call
REQUIRED: Any = inspect.Parameter.empty


@dataclass(frozen=True)
class Parameter:
    """One thing a function wants to know."""

    name: str
    kind: Kind
    hint: Any  # its type, without ``| None``
    limit: Range | Choices | None
    default: Any  # REQUIRED where there is none
    help: str  # its line in the docstring

    def read(self, raw: Any) -> Any:
        """Turn what came in from outside into what the function takes.

        Args:
            raw: Bytes for a photo, else what JSON can hold; ``None`` stands for the default.

        Raises:
            InputError: It cannot be read as what is wanted.
        """
        if raw is None or raw == "":
            if self.default is not REQUIRED:
                return self.default
            if raw is None or self.kind != "text":
                code = "photo_missing" if self.kind in PHOTOS else "value_missing"
                raise InputError(code, parameter=self.name)
        return READERS[self.kind](self, raw)


@dataclass(frozen=True)
class Endpoint:
    """A public function of a demo, as the outside may call it."""

    name: str  # edge_filters_respond
    demo: str  # edge_filters
    title: str  # respond
    help: str  # the docstring
    function: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    streams: bool  # yields results as it goes
    shows: bool  # the answer may hold arrays or pictures
    heavy: bool  # takes a photo or a network: one at a time

    def call(self, raw: Mapping[str, Any]) -> Any:
        """Call the function with arguments from outside, by name.

        Raises:
            InputError: An argument cannot be read, or the function refuses it.
        """
        given = {each.name: each.read(raw.get(each.name)) for each in self.parameters}
        return self.function(**given)


def endpoints(demo: str) -> tuple[Endpoint, ...]:
    """Read the endpoints of a demo from its module, functions in the order of ``__all__``."""
    module = importlib.import_module(f"models.{demo}")
    named = [(name, getattr(module, name)) for name in module.__all__]
    found = [(name, value) for name, value in named if not inspect.isclass(value)]
    return tuple(_endpoint(demo, name, value) for name, value in found if not _is_type(value))


def _is_type(value: object) -> bool:
    """Whether it is an alias such as ``NDArray[np.float32]`` or ``Literal[...]``."""
    return typing.get_origin(value) is not None


def _endpoint(demo: str, name: str, value: Any) -> Endpoint:
    title = name.lower()
    if not callable(value):
        function = functools.partial(lambda constant: constant, value)
        about = f"Give ``{name}`` of {demo}: what the other endpoints may be asked for."
        return Endpoint(f"{demo}_{title}", demo, title, about, function, (), False, False, False)
    parameters = _parameters(value)
    answer = typing.get_type_hints(inspect.unwrap(value)).get("return")
    return Endpoint(
        name=f"{demo}_{title}",
        demo=demo,
        title=title,
        help=inspect.getdoc(value) or "",
        function=checked(value),
        parameters=parameters,
        streams=typing.get_origin(answer) in {Iterator, Generator},
        shows=_shows(answer),
        heavy=any(each.kind in PHOTOS or each.name == "model" for each in parameters),
    )


def _shows(answer: Any) -> bool:
    """Whether arrays or pictures stand anywhere in a type."""
    if typing.get_origin(answer) is np.ndarray or answer in {np.ndarray, Image.Image}:
        return True
    if dataclasses.is_dataclass(answer) and isinstance(answer, type):
        return any(_shows(hint) for hint in typing.get_type_hints(answer).values())
    return any(_shows(side) for side in typing.get_args(answer))


def _parameters(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    inner = inspect.unwrap(function)
    hints = typing.get_type_hints(inner, include_extras=True)
    about = _argument_lines(inspect.getdoc(inner) or "")
    found = limits(function)
    return tuple(
        _parameter(each, _bare(hints[name]), found.get(name), about.get(name, ""))
        for name, each in inspect.signature(inner).parameters.items()
    )


def _parameter(
    each: inspect.Parameter, hint: Any, limit: Range | Choices | None, about: str
) -> Parameter:
    return Parameter(each.name, _kind(hint, limit), hint, limit, each.default, about)


def _kind(hint: Any, limit: Range | Choices | None) -> Kind:
    sides = typing.get_args(hint)
    if any(Pixels in typing.get_args(side) for side in (hint, *sides) if _is_list(side)):
        return "photos"
    if hint == Pixels or Pixels in sides or hint is Image.Image:
        return "photo"
    if isinstance(limit, Choices):
        return "choice"
    if isinstance(limit, Range) or hint in {int, float}:
        return "number"
    return "switch" if hint is bool else "text" if hint is str else "data"


def _is_list(hint: Any) -> bool:
    return typing.get_origin(hint) in {Sequence, list, tuple}


def _bare(hint: Any) -> Any:
    """The type below ``Annotated`` and ``| None``."""
    if typing.get_origin(hint) is Annotated:
        return _bare(hint.__origin__)
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        sides = [side for side in typing.get_args(hint) if side is not type(None)]
        return _bare(sides[0]) if len(sides) == 1 else hint
    return hint


def _argument_lines(docstring: str) -> dict[str, str]:
    """What ``Args:`` of a docstring says of each parameter, on one line."""
    part = re.search(r"^Args:\n(.*?)(?:\n\S|\Z)", docstring, re.DOTALL | re.MULTILINE)
    entries = re.findall(
        r"^ {4}\*{0,2}(\w+): (.*?)(?=\n {4}\*{0,2}\w+: |\Z)",
        part.group(1) if part else "",
        re.DOTALL | re.MULTILINE,
    )
    return {name: " ".join(text.split()) for name, text in entries}


def _read_photo(parameter: Parameter, raw: Any) -> Any:
    return read_photo(raw).pixels


def _read_photos(parameter: Parameter, raw: Any) -> Any:
    several = raw if isinstance(raw, list) else [raw]
    if not several:
        raise InputError("photo_missing", parameter=parameter.name)
    if len(several) > MOST_PHOTOS:
        raise InputError("photos_too_many", count=len(several), limit=MOST_PHOTOS)
    return [read_photo(each).pixels for each in several]


def _read_number(parameter: Parameter, raw: Any) -> Any:
    is_whole = parameter.hint is int or (
        isinstance(parameter.limit, Range) and parameter.limit.whole
    )
    raw = _number_in(raw)
    if is_whole and isinstance(raw, float) and raw.is_integer():
        return int(raw)  # JSON knows one kind of number
    if parameter.limit is None:
        _check_number(parameter.name, raw, is_whole)
    return raw


def _number_in(raw: Any) -> Any:
    """Read the number out of a text, as boxes send it; what is none stays as it is."""
    if not isinstance(raw, str) or len(raw) > LONGEST_NUMBER:
        return raw
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(raw)
    return raw


def _check_number(name: str, raw: Any, is_whole: bool) -> None:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        raise InputError("not_a_number", parameter=name, value=str(raw)[:40])
    if is_whole and not isinstance(raw, int):
        raise InputError("not_a_whole_number", parameter=name, value=str(raw)[:40])


def _read_choice(parameter: Parameter, raw: Any) -> Any:
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    return raw


def _read_switch(parameter: Parameter, raw: Any) -> Any:
    if not isinstance(raw, bool):
        values = {"parameter": parameter.name, "value": str(raw)[:40], "allowed": "true, false"}
        raise InputError("not_a_choice", **values)
    return raw


def _read_text(parameter: Parameter, raw: Any) -> Any:
    if not isinstance(raw, str):
        raise InputError("not_a_text", parameter=parameter.name)
    return raw


def _read_data(parameter: Parameter, raw: Any) -> Any:
    return unplain(parameter.hint, raw, parameter.name)


READERS: Mapping[Kind, Callable[[Parameter, Any], Any]] = {
    "photo": _read_photo,
    "photos": _read_photos,
    "number": _read_number,
    "choice": _read_choice,
    "switch": _read_switch,
    "text": _read_text,
    "data": _read_data,
}
