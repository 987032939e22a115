"""What a visitor takes away from a section: picture, table, data, and code that makes them again.

Knows no streamlit; the page draws the buttons.
"""

import csv
import dataclasses
import inspect
import io
import json
import math
import sys
import typing
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from gallery.passage import Passage
from gallery.photo import Photo
from models._images import Pixels
from models._spec import ModelSpec

__all__ = [
    "TakeAway",
    "Written",
    "csv_bytes",
    "json_bytes",
    "opening_photo",
    "png_bytes",
    "snippet",
]


@dataclass(frozen=True, eq=False)
class TakeAway:
    """What one section offers to take away, and which network answered."""

    name: str  # stem of the file names
    code: str  # Python that makes the result again: ``snippet(...)``
    picture: Pixels | None = None  # uint8 (height, width) or (height, width, 3)
    table: Mapping[str, Sequence[Any]] = field(default_factory=dict)  # heading -> column
    data: Any = None  # anything ``json_bytes`` understands
    # further files by name, or what makes them once they are asked for
    files: Mapping[str, str | bytes | Callable[[], bytes]] = field(default_factory=dict)
    spec: ModelSpec | None = None  # None: exact arithmetic, no network


@dataclass(frozen=True)
class Written:
    """An argument that is made by lines of code of its own, such as a drawn mask."""

    name: str  # the variable that those lines give a value
    opening: tuple[str, ...]


def snippet(function: Callable[..., Any], *subjects: Any, **settings: Any) -> str:
    """Python that calls a public function of ``models`` as the page just did.

    Args:
        function: The function.
        *subjects: Its positional arguments; a ``Photo`` becomes the lines that open it (several
            of them under the parameters' names), and so does a ``Passage``: an example by its
            key, the visitor's own as it was written.
        **settings: Its keyword arguments.
    """
    module = _public_module(function)
    named = inspect.signature(inspect.unwrap(function)).parameters
    opening: list[str] = []
    pictures = [value for value in (*subjects, *settings.values()) if isinstance(value, Photo)]
    names = [
        "photo" if isinstance(value, Photo) and len(pictures) == 1 else name
        for value, name in zip(subjects, named, strict=False)
    ]
    given = [_given(value, name, opening) for value, name in zip(subjects, names, strict=True)]
    given += [f"{key}={_given(value, key, opening)}" for key, value in settings.items()]
    last = "*_, " if _streams(function) else ""  # of a film, the last picture
    call = f"{last}answer = {module}.{function.__name__}({', '.join(given)})"
    return "\n".join([*_sorted(opening, module), "", call, "print(answer)"])


def png_bytes(picture: Pixels) -> bytes:
    """A picture as a PNG file."""
    target = io.BytesIO()
    Image.fromarray(np.asarray(picture)).save(target, "PNG")
    return target.getvalue()


def csv_bytes(table: Mapping[str, Sequence[Any]]) -> bytes:
    """A table as a CSV file that spreadsheets open with the right letters."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return ("\ufeff" + target.getvalue()).encode("utf-8")


def json_bytes(data: Any) -> bytes:
    """Results as JSON: arrays become lists, dataclasses objects, NaN null."""
    return json.dumps(_plain(data), ensure_ascii=False, indent=1).encode("utf-8")


def _public_module(function: Callable[..., Any]) -> str:
    """The module of ``models`` that names the function, wherever it is written."""
    private = function.__module__.rpartition(".")[2]
    for name, module in sys.modules.copy().items():  # other threads import meanwhile
        package, _, stem = name.rpartition(".")
        if package == "models" and not stem.startswith("_"):
            named = function.__name__ in getattr(module, "__all__", ())
            if named and getattr(module, function.__name__) is function:
                return stem
    return private


def _streams(function: Callable[..., Any]) -> bool:
    answer = typing.get_type_hints(inspect.unwrap(function)).get("return")
    return typing.get_origin(answer) in {Generator, Iterator}


def _given(value: Any, name: str, opening: list[str]) -> str:
    """How an argument is written, and before that, what has to be opened for it."""
    if isinstance(value, Written):
        opening += value.opening
        return value.name
    if isinstance(value, Photo):
        opening += opening_photo(value, name)
        return name
    if isinstance(value, Passage):
        opening += _opening_text(value, name)
        return name
    return _literal(value)


def opening_photo(photo: Photo, variable: str) -> list[str]:
    """Lines of Python that open a photo under a name."""
    if photo.sample is not None:
        return [
            "from gallery.photo import open_sample",
            f'{variable} = open_sample("{photo.sample}").pixels',
        ]
    return [
        "from pathlib import Path",
        "from models._images import read_photo",
        f'{variable} = read_photo(Path("my_{variable}.jpg").read_bytes()).pixels',
    ]


def _opening_text(passage: Passage, name: str) -> list[str]:
    if passage.sample is not None:
        return [
            "from gallery.passage import open_text",
            f'{name} = open_text("{passage.sample}").text',
        ]
    return [f"{name} = {passage.text!r}"]


def _sorted(opening: list[str], module: str) -> list[str]:
    """Imports first, each once, then what is opened."""
    lines = dict.fromkeys([f"from models import {module}", *opening])
    imports = [line for line in lines if line.startswith("from ")]
    rest = [line for line in lines if not line.startswith("from ")]
    return [*imports, *(["", *rest] if rest else [])]


def _literal(value: Any) -> str:
    return repr(_written(value))


def _written(value: Any) -> Any:
    if isinstance(value, Passage):
        return value.text
    if type(value) in {list, tuple}:
        return type(value)(map(_written, value))
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): _plain(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(below) for below in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
