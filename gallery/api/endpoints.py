"""Public functions as endpoints: what ``__all__`` of a demo's module names, read from signatures.

Nothing is registered by hand. A constant of ``__all__`` (``KERNELS``, ``PRESETS``, ``MODELS``) is
an endpoint without parameters; classes are only the form of results and are left out. Knows
neither streamlit nor gradio; importing it imports no demo.
"""

import dataclasses
import functools
import importlib
import inspect
import typing
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from gallery.api.parameters import PHOTOS, REQUIRED, Parameter, parameters_of
from models._ranges import checked

__all__ = ["Endpoint", "endpoints"]


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
    heavy: bool  # takes a photo, a text or a network: one at a time

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
    parameters = parameters_of(value)
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
        heavy=any(_is_heavy(each) for each in parameters),
    )


def _is_heavy(parameter: Parameter) -> bool:
    is_text = parameter.kind == "text" and parameter.default is REQUIRED
    return is_text or parameter.kind in PHOTOS or parameter.name == "model"


def _shows(answer: Any) -> bool:
    """Whether arrays or pictures stand anywhere in a type."""
    if typing.get_origin(answer) is np.ndarray or answer in {np.ndarray, Image.Image}:
        return True
    if dataclasses.is_dataclass(answer) and isinstance(answer, type):
        return any(_shows(hint) for hint in typing.get_type_hints(answer).values())
    return any(_shows(side) for side in typing.get_args(answer))
