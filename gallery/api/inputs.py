"""Gradio components for parameters: what kind, with which limits, in which words."""

import json
from typing import Any

import gradio as gr
from gradio.i18n import I18nData

from gallery.api.parameters import REQUIRED, Parameter
from gallery.api.plain import plain
from gallery.demos import Demo
from gallery.passage import open_text
from gallery.photo import samples
from models._ranges import Choices, Range
from models._reading import CHARACTERS

__all__ = ["example_text", "make_input", "make_photo", "say"]

ANY_JSON = {
    "anyOf": [
        {"type": "string"},
        {"type": "number"},
        {"type": "array", "items": {}},
        {"type": "object"},
    ],
    "description": "any JSON",
}
SEVERAL_FILES = {
    "type": "array",
    "items": {"anyOf": [{"type": "string"}, {"type": "object"}]},
    "description": "uploaded files, or data:image/png;base64,... for each",
}
SAMPLES = 3  # where several photos are wanted
TEXTS = {  # what stands in a box that may not stay empty: an example, by the parameter's name
    "text": "capital",
    "first": "bread_hidden",
    "second": "bread_hidden/second",
    "template": "jobs",
    "attention": "tired",
}
OTHERS = {"word": "Paris", "fillers": '["She", "He"]', "hidden": "[1]"}
LINES = 12  # of a box at most; a longer text scrolls
RADIO_UP_TO = 5  # choices; more stand in a list


def say(key: str) -> Any:
    """Words that the browser picks in its language, see ``api.translations``."""
    return I18nData(key)


def make_input(demo: Demo, parameter: Parameter) -> Any:
    """Make the input that a parameter asks for, worded as on the page where it has words there."""
    is_worded = parameter.name in set(demo.en.controls)
    label = say(f"{demo.name}.{parameter.name}") if is_worded else parameter.name
    about: dict[str, Any] = {"label": label}
    default = None if parameter.default is REQUIRED else parameter.default
    if parameter.kind == "photo":
        return make_photo(label, False)
    if parameter.kind == "photos":
        return _photos(label)
    if is_worded:
        about["info"] = say(f"{demo.name}.{parameter.name}.help")
    if parameter.kind == "number":
        return _number(parameter, default, about)
    if isinstance(parameter.limit, Choices):
        choices = [each for each in parameter.limit.values if each is not None]
        kind = gr.Radio if len(choices) <= RADIO_UP_TO else gr.Dropdown
        return kind(choices, value=default, **about)
    if parameter.kind == "switch":
        return gr.Checkbox(value=bool(default), **about)
    if parameter.kind == "text":
        return _text(parameter, default, about)
    return _data(example_text(parameter) if parameter.default is REQUIRED else default, about)


def make_photo(label: Any, with_sample: bool) -> gr.Image:
    """Make the one way a picture comes in, with a sample in place or empty."""
    sample = str(next(iter(samples().values())).path) if with_sample else None
    return gr.Image(
        value=sample,
        label=label,
        type="filepath",
        image_mode=None,
        sources=["upload", "clipboard"],
        height=256,
    )


def example_text(parameter: Parameter) -> str | None:
    """What stands at first in the box of a text, or of data, that may not stay empty."""
    if parameter.name in TEXTS:
        return open_text(TEXTS[parameter.name]).text
    return OTHERS.get(parameter.name)


def _text(parameter: Parameter, default: Any, about: dict[str, Any]) -> gr.Textbox:
    """Make a box for a text; how long it may be is checked, and said, when it is read."""
    value = example_text(parameter) if parameter.default is REQUIRED else default
    box = gr.Textbox(value=value, max_lines=LINES, placeholder=say("text_placeholder"), **about)
    kinds = ["string"] if value is not None else ["string", "null"]
    described = f"a text of at most {CHARACTERS} characters"
    schema = {"anyOf": [{"type": kind} for kind in kinds], "description": described}
    vars(box)["api_info"] = lambda: schema
    return box


def _photos(label: Any) -> gr.Files:
    """Make the way several pictures come in; a tool may send them as texts (``data:...``)."""
    first = [str(sample.path) for sample in list(samples().values())[:SAMPLES]]
    files = gr.Files(value=first, label=label)
    vars(files)["api_info"] = lambda: SEVERAL_FILES
    vars(files)["data_model"] = None  # it would refuse texts; ``file_bytes`` checks what comes
    return files


def _number(parameter: Parameter, default: Any, about: dict[str, Any]) -> Any:
    limit = parameter.limit
    is_whole = limit.whole if isinstance(limit, Range) else parameter.hint is int
    if default is None:
        return _optional_number("integer" if is_whole else "number", about)
    precision = 0 if is_whole else None
    if not isinstance(limit, Range):
        return gr.Number(value=default, precision=precision, **about)
    step = limit.step or (1 if is_whole else (limit.high - limit.low) / 100)
    ends: dict[str, Any] = {"minimum": limit.low, "maximum": limit.high, "step": step}
    return gr.Slider(value=default, precision=precision, **ends, **about)


def _optional_number(kind: str, about: dict[str, Any]) -> gr.Textbox:
    """Make a box that may stay empty; gradio's own box for numbers would send a 0."""
    box = gr.Textbox(**about)
    vars(box)["api_info"] = lambda: {"anyOf": [{"type": kind}, {"type": "null"}]}
    return box


def _data(default: Any, about: dict[str, Any]) -> gr.Textbox:
    """Make a box for JSON; a call may send the lists and objects themselves."""
    box = gr.Textbox(value=_written(default), lines=2, **about)
    vars(box)["api_info"] = lambda: ANY_JSON
    return box


def _written(default: Any) -> str | None:
    if default is None or isinstance(default, str):
        return default
    return json.dumps(plain(default).data, ensure_ascii=False)
