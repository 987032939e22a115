"""What a function wants to know, read from its signature, and how it is read from outside.

- ``Pixels``: a photo, as the bytes of a picture file; ``Pixels | Sequence[Pixels]``: several.
- ``Annotated[number, Range]``: a number; ``Literal``: one of several; ``bool``: a switch.
- ``str``: a text.
- Anything else (kernels, masks, layers, ...): data as JSON writes it. Arrays are nested lists,
  dataclasses are objects with the names of their fields.
"""

import contextlib
import inspect
import math
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from PIL import Image

from gallery.api.unplain import unplain
from models._errors import InputError
from models._images import Pixels, read_photo
from models._ranges import Choices, Range, limits
from models._reading import CHARACTERS

__all__ = ["PHOTOS", "REQUIRED", "Kind", "Parameter", "parameters_of"]

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


def parameters_of(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Read the parameters of a public function from its signature and docstring."""
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
    if len(raw) > CHARACTERS:
        raise InputError("text_too_long", characters=len(raw), most=CHARACTERS)
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
