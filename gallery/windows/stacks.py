"""Stacks of layers, and the receptive field of a layer on a photo."""

import contextlib
import re
from typing import Any, Literal

import streamlit as st

from gallery import controls, figures, show
from gallery.demos import Control
from gallery.page import Page
from gallery.takeaway import TakeAway, snippet
from models import padding_stride
from models._errors import InputError
from models.padding_stride import (
    Layer,
    LayerReport,
    StackReport,
    output_size,
    write_code,
)

__all__ = ["ask", "draw", "take"]

Shape = tuple[int, ...]
FRAMEWORKS: tuple[Literal["pytorch", "keras"], ...] = ("pytorch", "keras")


def ask(page: Page, preset: str, default: Shape) -> Shape:
    """Channels, height and width of what the stack is given."""
    short = re.sub(r"\W", "", preset).lower()  # another network, another input

    def ask(part: str, function: Any, parameter: str, length: int) -> int:
        words = Control(
            f"{part}_{short}", page.words[f"input_{part}"], page.controls.input.help, {}
        )
        return controls.entry(words, function, parameter, default=length, width=136)

    channels, height, width = default
    with st.container(horizontal=True):
        return (
            ask("channels", Layer, "channels", channels),
            ask("height", output_size, "size", height),
            ask("width", output_size, "size", width),
        )


def draw(page: Page, report: StackReport) -> None:
    """Totals, the row of every layer, where the work is, and how the field grows."""
    words = page.words
    if not report.rows:
        st.caption(words.no_layers)
        return
    with st.container(horizontal=True):
        st.metric(words.parameters, f"{report.parameters:,}")
        st.metric(words.macs, f"{report.macs:,}", help=words.macs_help)
        st.metric(words.memory_all, _megabytes(report.memory_bytes), help=words.memory_all_help)
        st.metric(words.output_shape, _times(report[-1].shape))
    show.table(_table(page, report))
    names = [_name(number, row) for number, row in enumerate(report, start=1)]
    drawn = figures.bars(
        names, [max(row.fields) for row in report], words.growth_title,
        words.growth_alt(last=max(report[-1].fields)), x=words.growth_x, name=words.column_name,
        form=",.0f",
        highlight=[place for place, row in enumerate(report) if _beyond(row, report)],
    )  # fmt: skip
    show.drawing(drawn, key="growth")
    shares: dict[str, list[float]] = {
        words.parameters: [row.parameters / max(report.parameters, 1) for row in report],
        words.macs: [row.macs / max(report.macs, 1) for row in report],
        words.column_memory: [row.memory_bytes / report.memory_bytes for row in report],
    }
    drawn = figures.layer_shares(
        names, shares, words.shares_title, words.shares_alt, words.shares_x
    )
    show.drawing(drawn, key="shares")


def take(shape: Shape, layers: tuple[Layer, ...], report: StackReport) -> TakeAway:
    """The table, the data, and the network as code."""
    given = [_mapping(layer) for layer in layers]
    files = {}
    for name in FRAMEWORKS:
        with contextlib.suppress(InputError):  # shortcuts that cross have no sequence to be written
            files[f"network_{name}.py"] = write_code(shape, layers, name)
    table: dict[str, list[Any]] = {
        "layer": [_name(number, row) for number, row in enumerate(report, start=1)],
        "kind": [row.layer.kind for row in report],
        "shape": [_times(row.shape) for row in report],
        "parameters": [row.parameters for row in report],
        "macs": [row.macs for row in report],
        "memory_bytes": [row.memory_bytes for row in report],
        "receptive_field": [each(row.receptive_field) for row in report],
        "jump": [each(row.jump) for row in report],
        "start": [each(row.start) for row in report],
    }
    code = snippet(padding_stride.stack, shape, given)
    return TakeAway("stack", code, figures.table_picture(table), table, report, files)


def _beyond(row: LayerReport, report: StackReport) -> bool:
    """Whether a layer's field is wider than the input."""
    lengths = report[0].input_shape[1:]
    return any(field > length for field, length in zip(row.fields, lengths, strict=False))


def _table(page: Page, report: StackReport) -> dict[str, list[Any]]:
    words = page.words
    return {
        words.column_name: [_name(number, row) for number, row in enumerate(report, start=1)],
        words.column_kind: [words[f"kind_{row.layer.kind}"] for row in report],
        words.output_shape: [_times(row.shape) for row in report],
        words.parameters: [f"{row.parameters:,}" for row in report],
        words.macs: [f"{row.macs:,}" for row in report],
        words.column_memory: [_megabytes(row.memory_bytes) for row in report],
        words.column_field: [each(row.receptive_field) for row in report],
        words.column_jump: [each(row.jump) for row in report],
        words.column_start: [each(row.start) for row in report],
    }


def _mapping(layer: Layer) -> dict[str, Any]:
    plain = Layer()
    names = layer.__dataclass_fields__
    return {
        name: getattr(layer, name)
        for name in names
        if name == "kind" or getattr(layer, name) != getattr(plain, name)
    }


def _name(number: int, row: LayerReport) -> str:
    return row.layer.name or f"{number}"


def each(value: float | tuple[float, ...]) -> str:
    """Write one number for all directions, or one for each."""
    values = value if isinstance(value, tuple) else (value,)
    return " × ".join(f"{each:g}" for each in values)


def _times(shape: Shape) -> str:
    return " × ".join(str(length) for length in shape)


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.3g} MB" if count >= 1e5 else f"{count / 1e3:.3g} kB"
