"""Sizes: the answer, the formula with its numbers, what is dropped, and what would fit."""

from functools import partial
from typing import Any, Literal

import streamlit as st

from gallery import address, figures, show
from gallery.answers import answer
from gallery.page import Page
from gallery.takeaway import TakeAway, snippet
from gallery.windows.settings import Axis, Setting, axis_names
from models.padding_stride import (
    Dropped,
    Fit,
    dropped,
    measure,
    nearest_fits,
    torch_shape,
    transposed_output_size,
    walk,
    write_code,
)

__all__ = [
    "draw_answer",
    "draw_fit",
    "draw_formulas",
    "draw_strips",
    "take",
]

STRIP = ("input", "output", "read", "padding", "unread", "reads")  # the words of a strip
DRAWN = 32  # pixels of an axis that is drawn
FRAMEWORKS: tuple[Literal["pytorch", "keras"], ...] = ("pytorch", "keras")


def draw_answer(page: Page, setting: Setting) -> None:
    """The shape, what it costs, and what torch says of it at this moment."""
    words = page.words
    report = measure(setting.input_shape, setting.layer)
    with st.container(horizontal=True):
        st.metric(words.output_shape, _times(report.shape), help=words.output_shape_help)
        st.metric(words.parameters, f"{report.parameters:,}")
        st.metric(words.macs, f"{report.macs:,}", help=words.macs_help)
        st.metric(words.memory, _bytes(report.memory_bytes), help=words.memory_help)
    torchs = torch_shape(setting.input_shape, setting.layer)
    agrees = torchs.shape == report.shape and torchs.parameters == report.parameters
    said = words.torch_agrees if agrees else words.torch_differs
    shape = _times(torchs.shape) if torchs.shape else torchs.refusal
    icon = ":green[:material/check_circle:]" if agrees else ":orange[:material/error:]"
    st.markdown(f"{icon} {said(version=torchs.version, shape=shape, parameters=torchs.parameters)}")


def draw_formulas(page: Page, setting: Setting) -> None:
    """The formula with the visitor's numbers, each term named, once for each direction."""
    for name, axis in zip(axis_names(page, setting), setting.axes, strict=False):
        st.markdown(f"**{name}**")
        st.latex(_formula(page, setting, axis))


def draw_fit(page: Page, setting: Setting) -> None:
    """Which pixels are dropped, and the nearest settings that drop none."""
    if setting.operation == "transposed":
        return
    for place, (name, axis) in enumerate(
        zip(axis_names(page, setting), setting.axes, strict=False)
    ):
        left = dropped(**_given(axis), ceil_mode=setting.ceil_mode)
        _say_dropped(page, name, axis, left)
        if left.leftover or left.overhang:
            _offer(page, setting, place, axis)


def draw_strips(page: Page, setting: Setting) -> None:
    """Every window of every direction, where it is small enough to be drawn."""
    words = page.words
    named = {each: words[f"strip_{each}"] for each in STRIP}
    if setting.operation == "transposed":
        named |= {"reads": words.strip_writes}
    drawings = []
    for name, axis in zip(axis_names(page, setting), setting.axes, strict=False):
        if max(axis.size, _length(setting, axis)) > DRAWN or not _drawable(axis):
            continue
        alone = Setting(setting.operation, (axis,), setting.ceil_mode)
        walked = answer(walk, **alone.walked())
        title = words.strip_title(name=name)
        alt = words.strip_alt(name=name, size=axis.size, output=walked.outputs.size)
        drawings.append(figures.window_strip(walked, title, alt, named))
    if drawings:
        st.markdown(words.strip_key)
    for place, drawing in enumerate(drawings):
        show.drawing(drawing, key=f"strip-{place}")
    if len(drawings) < len(axis_names(page, setting)):
        st.caption(words.too_long_to_draw(limit=DRAWN))


def take(setting: Setting) -> TakeAway:
    """The layer as code for both frameworks, and its report."""
    shape, layer = setting.input_shape, setting.layer
    report = measure(shape, layer)
    files = {f"layer_{name}.py": write_code(shape, [layer], name) for name in FRAMEWORKS}
    table: dict[str, list[Any]] = {
        "layer": [layer.kind],
        "input": [_times(shape)],
        "output": [_times(report.shape)],
        "parameters": [report.parameters],
        "macs": [report.macs],
        "memory_bytes": [report.memory_bytes],
    }
    code = snippet(measure, shape, _mapping(setting))
    return TakeAway("layer", code, figures.table_picture(table), table, report, files)


def _formula(page: Page, setting: Setting, axis: Axis) -> str:
    def term(value: object, name: str, letter: str) -> str:
        text = page.words[f"term_{name}"]
        return rf"\underbrace{{{value}}}_{{{letter}\text{{ {text}}}}}"

    size = term(axis.size, "size", "n")
    reach = term(f"{axis.dilation}\\,({axis.kernel}-1)", "reach", "d(k-1)")
    stride = term(axis.stride, "stride", "s")
    output = _length(setting, axis)
    if setting.operation == "transposed":
        extra = term(axis.output_padding, "extra", "o")
        smaller = rf"\bigl({size} - 1\bigr)\cdot {stride}"
        cut = term(f"2\\cdot {axis.padding}", "cut", "2p")
        return _lines(rf"{smaller} - {cut}", rf"+ {reach} + {extra} + 1 = \mathbf{{{output}}}")
    before, after = term(axis.padding, "before", "p"), term(axis.padding_after, "after", "q")
    left, right = (r"\lceil", r"\rceil") if setting.ceil_mode else (r"\lfloor", r"\rfloor")
    room = axis.size + axis.padding + axis.padding_after - _extent(axis)
    fraction = rf"\frac{{{size} + {before} + {after} - {reach} - 1}}{{{stride}}}"
    worked = rf"\frac{{{room}}}{{{axis.stride}}} = {room / axis.stride:.5g}"
    last = rf"{left} {room / axis.stride:.5g} {right} + 1"
    if setting.ceil_mode and output <= -(-room // axis.stride):
        last += rf" - \underbrace{{1}}_{{\text{{{page.words.term_behind}}}}}"
    return _lines(fraction, rf"= {worked} \quad\Rightarrow\quad {last} = \mathbf{{{output}}}")


def _lines(*lines: str) -> str:
    """One formula on lines of its own, so that it fits a phone."""
    return r"\begin{gathered}" + r"\\[0.6em]".join(lines) + r"\end{gathered}"


def _length(setting: Setting, axis: Axis) -> int:
    if setting.operation == "transposed":
        return transposed_output_size(
            axis.size, axis.kernel, axis.padding, axis.stride, axis.dilation, axis.output_padding
        )
    return dropped(**_given(axis), ceil_mode=setting.ceil_mode).output


def _extent(axis: Axis) -> int:
    return axis.dilation * (axis.kernel - 1) + 1


def _given(axis: Axis) -> dict[str, int]:
    names = ("size", "kernel", "padding", "padding_after", "stride", "dilation")
    return {name: getattr(axis, name) for name in names}


def _drawable(axis: Axis) -> bool:
    """Whether the limits of what is drawn allow it."""
    return (
        axis.kernel <= 11
        and max(axis.padding, axis.padding_after) <= 10
        and axis.stride <= 8
        and axis.dilation <= 4
        and axis.output_padding <= 7
    )


def _say_dropped(page: Page, name: str, axis: Axis, left: Dropped) -> None:
    words = page.words
    said = []
    if left.rim:
        said.append(words.dropped_rim(count=len(left.rim), pixels=_listed(left.rim)))
    elif left.leftover:
        said.append(words.dropped_padding(count=left.leftover))
    if left.overhang:
        said.append(words.overhang(count=left.overhang))
    if left.gaps:
        said.append(words.dropped_gaps(count=len(left.gaps), pixels=_listed(left.gaps)))
    if left.blind:
        said.append(words.blind(count=len(left.blind)))
    if said:
        st.info(f"**{name}** · " + " ".join(said), icon=":material/content_cut:")
    else:
        st.success(
            f"**{name}** · " + words.fits(padded=axis.size + axis.padding + axis.padding_after),
            icon=":material/fit_width:",
        )


def _offer(page: Page, setting: Setting, place: int, axis: Axis) -> None:
    """Buttons that set the nearest settings which fit."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(page.words.nearest)
        for number, fit in enumerate(nearest_fits(**_given(axis))[:5]):
            if fit.changed:
                label = page.words.fit(
                    name=page.controls[fit.changed].label,
                    value=getattr(fit, fit.changed),
                    output=fit.output,
                )
                st.button(
                    label,
                    key=f"fit-{place}-{number}",
                    on_click=partial(_follow, page, setting, place, fit),
                )


def _follow(page: Page, setting: Setting, place: int, fit: Fit) -> None:
    """Set one parameter of one direction, and leave the others as they are."""
    apart = len(set(setting.axes)) > 1
    suffixes = {1: ("",), 2: ("", "_width"), 3: ("_depth", "", "_width")}[len(setting.axes)]
    suffix = suffixes[place] if apart else ""
    changes = {f"{fit.changed}{suffix}": getattr(fit, fit.changed)}
    if fit.changed == "padding_after":
        changes["sides"] = 1
        others = setting.axes if apart else setting.axes[:1]
        for each, other in zip(suffixes if apart else ("",), others, strict=True):
            changes.setdefault(f"padding_after{each}", other.padding_after)
    if (
        fit.changed == "padding"
        and setting.axes[place].padding != setting.axes[place].padding_after
    ):
        changes[f"padding_after{suffix}"] = fit.padding_after
    address.follow(st.query_params.to_dict() | {key: str(value) for key, value in changes.items()})


def _mapping(setting: Setting) -> dict[str, Any]:
    from dataclasses import fields

    layer = setting.layer
    return {
        field.name: getattr(layer, field.name)
        for field in fields(layer)
        if getattr(layer, field.name) != field.default or field.name == "kind"
    }


def _listed(indices: tuple[int, ...]) -> str:
    """Name indices, long runs by their ends."""
    if len(indices) <= 6:
        return ", ".join(str(index) for index in indices)
    return f"{indices[0]}, {indices[1]}, …, {indices[-1]}"


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(str(length) for length in shape)


def _bytes(count: int) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} B"
