"""Stacks of layers, and the receptive field of a layer on a photo."""

import re
from typing import Any, Literal

import streamlit as st

from gallery import controls, figures, show
from gallery.demos import Control
from gallery.page import Page
from gallery.photo import Photo
from gallery.takeaway import TakeAway, snippet
from models import padding_stride
from models.networks import tiny_vgg
from models.padding_stride import (
    EffectiveField,
    Layer,
    LayerReport,
    StackReport,
    effective_receptive_field,
    field_layers,
    output_size,
    write_code,
)

__all__ = ["ask_field", "ask_input", "draw_field", "draw_stack", "take_field", "take_stack"]

Shape = tuple[int, ...]
FRAMEWORKS: tuple[Literal["pytorch", "keras"], ...] = ("pytorch", "keras")


def ask_input(page: Page, preset: str, default: Shape) -> Shape:
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


def draw_stack(page: Page, report: StackReport) -> None:
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


def take_stack(shape: Shape, layers: tuple[Layer, ...], report: StackReport) -> TakeAway:
    """The table, the data, and the network as code."""
    given = [_mapping(layer) for layer in layers]
    files = {f"network_{name}.py": write_code(shape, layers, name) for name in FRAMEWORKS}
    table: dict[str, list[Any]] = {
        "layer": [_name(number, row) for number, row in enumerate(report, start=1)],
        "kind": [row.layer.kind for row in report],
        "shape": [_times(row.shape) for row in report],
        "parameters": [row.parameters for row in report],
        "macs": [row.macs for row in report],
        "memory_bytes": [row.memory_bytes for row in report],
        "receptive_field": [_each(row.receptive_field) for row in report],
        "jump": [_each(row.jump) for row in report],
        "start": [_each(row.start) for row in report],
    }
    code = snippet(padding_stride.stack, shape, given)
    return TakeAway("stack", code, table=table, data=report, files=files)


def ask_field(page: Page) -> dict[str, Any]:
    """Which layer, which position of it, and which weights."""
    names = [row.layer.name for row in field_layers()]
    layer = controls.choice(page.controls.layer, names, default="pool3")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        given = {
            "layer": layer,
            "down": controls.number(page.controls.down, effective_receptive_field),
            "across": controls.number(page.controls.across, effective_receptive_field),
        }
        given["weights"] = controls.choice(
            page.controls.trained, effective_receptive_field, parameter="weights"
        )
    return given


def draw_field(page: Page, found: EffectiveField) -> None:
    """The fields of all layers on the photo, and what really matters beside them."""
    words = page.words
    rows = field_layers()
    boxes = {row.layer.name: _box_of(row, found) for row in rows}
    title = words.theoretical_title(layer=found.layer, side=found.receptive_field)
    alt = words.theoretical_alt(layer=found.layer, side=found.receptive_field)
    share = round(found.effective_side)
    soft = words.effective_title(layer=found.layer, side=share)
    soft_alt = words.effective_alt(layer=found.layer, side=share)
    show.side_by_side(
        lambda: show.drawing(
            figures.field_on_photo(found.photo, None, boxes, found.layer, title, alt), key="theory"
        ),
        lambda: show.drawing(
            figures.field_on_photo(
                found.photo, found.values, {found.layer: found.box}, found.layer, soft, soft_alt
            ),
            key="effect",
        ),
    )
    with st.container(horizontal=True):
        st.metric(words.field_theory, f"{found.receptive_field} px", help=words.field_theory_help)
        st.metric(
            words.field_effect, f"{found.effective_side:.0f} px", help=words.field_effect_help
        )
        st.metric(words.field_half, f"{found.half_energy_side} px", help=words.field_half_help)
    show.table(
        {
            words.column_name: [row.layer.name for row in rows],
            words.column_field: [_each(row.receptive_field) for row in rows],
            words.column_jump: [_each(row.jump) for row in rows],
            words.column_start: [_each(row.start) for row in rows],
        }
    )


def take_field(found: EffectiveField, photo: Photo, given: dict[str, Any]) -> TakeAway:
    """The tinted photo, the numbers and the network."""
    data = {
        "layer": found.layer,
        "position": found.position,
        "box": found.box,
        "receptive_field": found.receptive_field,
        "effective_side": found.effective_side,
        "half_energy_side": found.half_energy_side,
        "values": found.values,
    }
    picture = figures.field_picture(found.photo, found.values)
    code = snippet(effective_receptive_field, photo, **given)
    return TakeAway("receptive_field", code, picture, data=data, spec=tiny_vgg.SPEC)


def _beyond(row: LayerReport, report: StackReport) -> bool:
    """Whether a layer's field is wider than the input."""
    lengths = report[0].input_shape[1:]
    return any(field > length for field, length in zip(row.fields, lengths, strict=False))


def _box_of(row: LayerReport, found: EffectiveField) -> tuple[float, float, float, float]:
    """The field of the position of this layer that lies nearest to the one looked at."""
    middle = ((found.box[0] + found.box[2]) / 2, (found.box[1] + found.box[3]) / 2)
    centres = [
        start + jump * round((where - start) / jump)
        for where, start, jump in zip(middle, row.starts, row.jumps, strict=True)
    ]
    half = [side / 2 for side in row.fields]
    return (centres[0] - half[0], centres[1] - half[1], centres[0] + half[0], centres[1] + half[1])


def _table(page: Page, report: StackReport) -> dict[str, list[Any]]:
    words = page.words
    return {
        words.column_name: [_name(number, row) for number, row in enumerate(report, start=1)],
        words.column_kind: [words[f"kind_{row.layer.kind}"] for row in report],
        words.output_shape: [_times(row.shape) for row in report],
        words.parameters: [f"{row.parameters:,}" for row in report],
        words.macs: [f"{row.macs:,}" for row in report],
        words.column_memory: [_megabytes(row.memory_bytes) for row in report],
        words.column_field: [_each(row.receptive_field) for row in report],
        words.column_jump: [_each(row.jump) for row in report],
        words.column_start: [_each(row.start) for row in report],
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


def _each(value: float | tuple[float, ...]) -> str:
    values = value if isinstance(value, tuple) else (value,)
    return " × ".join(f"{each:g}" for each in values)


def _times(shape: Shape) -> str:
    return " × ".join(str(length) for length in shape)


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.3g} MB" if count >= 1e5 else f"{count / 1e3:.3g} kB"
