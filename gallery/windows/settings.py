"""The settings of a sliding window, as controls: one row of numbers, or one for each direction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from gallery import controls
from gallery.demos import Control
from gallery.page import Page
from models.padding_stride import Layer, transposed_output_size, walk

__all__ = ["Axis", "Setting", "axis_names", "window_settings"]

SUFFIXES = {1: ("",), 2: ("", "_width"), 3: ("_depth", "", "_width")}
NAMES = {1: ("along",), 2: ("down", "across"), 3: ("deep", "down", "across")}


@dataclass(frozen=True)
class Axis:
    """The window along one direction, in pixels."""

    size: int
    kernel: int
    padding: int
    padding_after: int
    stride: int
    dilation: int
    output_padding: int


@dataclass(frozen=True)
class Setting:
    """What the visitor has set."""

    operation: str
    axes: tuple[Axis, ...]
    ceil_mode: bool = False
    channels: int = 1
    filters: int = 1
    groups: int = 1
    bias: bool = True

    @property
    def weighted(self) -> bool:
        """Whether the window has weights."""
        return self.operation in ("convolution", "transposed")

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(channels, *lengths), as ``stack`` takes it."""
        return (self.channels, *(axis.size for axis in self.axes))

    @property
    def layer(self) -> Layer:
        """The same as a layer."""
        even = all(axis.padding == axis.padding_after for axis in self.axes)
        return Layer(
            self.operation,  # type: ignore[arg-type]  # one of walk's operations
            self.filters if self.weighted else None,
            self._all("kernel"),
            self._all("stride"),
            self._all("padding")
            if even
            else tuple((axis.padding, axis.padding_after) for axis in self.axes),
            self._all("dilation"),
            self.groups if self.weighted else 1,
            self.bias,
            ceil_mode=self.ceil_mode,
            output_padding=self._all("output_padding"),
        )

    def walked(self) -> dict[str, Any]:
        """The same as arguments of ``walk``, defaults left out."""
        first, last = self.axes[0], self.axes[-1]
        given: dict[str, Any] = {"operation": self.operation}
        for name in ("size", "kernel", "padding", "stride", "dilation", "output_padding"):
            given[name] = getattr(first, name)
            if getattr(last, name) != getattr(first, name):
                wide = "width" if name == "size" else f"{name}_width"
                given[wide] = getattr(last, name)
        for axis, suffix in ((first, ""), (last, "_width")):
            if axis.padding != axis.padding_after:
                given[f"padding_after{suffix}"] = axis.padding_after
        if "padding_after" in given and last.padding == last.padding_after:
            given["padding_after_width"] = last.padding_after
        if len(self.axes) == 1:
            given["dimensions"] = 1
        return given | ({"ceil_mode": True} if self.ceil_mode else {})

    def _all(self, name: str) -> int | tuple[int, ...]:
        values = tuple(getattr(axis, name) for axis in self.axes)
        return values[0] if len(set(values)) == 1 else values


def axis_names(page: Page, setting: Setting) -> tuple[str, ...]:
    """What the directions are called; one name where they are all alike."""
    if len(set(setting.axes)) == 1 and len(setting.axes) > 1:
        return (page.words.axis_each,)
    return tuple(page.words[f"axis_{name}"] for name in NAMES[len(setting.axes)])


def window_settings(
    page: Page, function: Callable[..., Any], drawn: bool = False, volumes: bool = False
) -> Setting:
    """Draw the controls.

    Args:
        page: The page; its controls word them.
        function: Whose limits hold: ``output_size`` for any size, ``walk`` for what is drawn.
        drawn: Whether everything is drawn: one or two directions, and no channels.
        volumes: Whether channels, filters and groups are asked for.
    """
    operation: str = controls.choice(page.controls.operation, walk)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        offered = (1, 2) if drawn else (1, 2, 3)
        dimensions = controls.choice(page.controls.dimensions, offered, default=2)
        apart = dimensions > 1 and controls.switch(page.controls.apart)
        sides = operation != "transposed" and controls.switch(page.controls.sides)
        pooling = operation in ("max_pooling", "average_pooling")
        ceil_mode = pooling and controls.switch(page.controls.ceil_mode)
    given = SUFFIXES[dimensions] if apart else ("",)
    named = NAMES[dimensions] if apart else ("",)
    axes: tuple[Axis, ...] = ()
    for suffix, name in zip(given, named, strict=True):
        before = axes[-1] if suffix == "_width" else None  # the width opens with the height's
        axes += (_axis(page, function, operation, suffix, name, sides, before),)
    setting = Setting(operation, axes if apart else axes * dimensions, ceil_mode)
    return _with_channels(page, setting) if volumes else setting


def _axis(
    page: Page,
    function: Callable[..., Any],
    operation: str,
    suffix: str,
    name: str,
    sides: bool,
    before: Axis | None,
) -> Axis:
    if name:
        st.markdown(f"**{page.words[f'axis_{name}']}**")

    def ask(parameter: str, default: int, source: Callable[..., Any] = function) -> int:
        base = page.controls[parameter]
        words = Control(f"{parameter}{suffix}", base.label, base.help, {})
        default = getattr(before, parameter, default)
        return controls.entry(words, source, parameter, default=default, width=136)

    with st.container(horizontal=True):
        size = ask("size", 6)
        kernel = ask("kernel", 3)
        padding = ask("padding", 1 if function is walk else 0)
        after = ask("padding_after", padding) if sides else padding
        stride = ask("stride", 1 if function is walk else 2)
        dilated = operation != "average_pooling"
        dilation = ask("dilation", 1) if dilated else 1
        extra = ask("output_padding", 0, _source(function)) if operation == "transposed" else 0
    return Axis(size, kernel, padding, after, stride, dilation, extra)


def _source(function: Callable[..., Any]) -> Callable[..., Any]:
    return function if function is walk else transposed_output_size


def _with_channels(page: Page, setting: Setting) -> Setting:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        channels = controls.entry(page.controls.channels, Layer, "channels", default=3, width=136)
        if not setting.weighted:
            return replace(setting, channels=channels, filters=channels)
        filters = controls.entry(page.controls.filters, Layer, "channels", default=10, width=136)
        groups = controls.entry(page.controls.groups, Layer, "groups", default=1, width=136)
        bias = controls.switch(page.controls.bias, default=True)
    return replace(setting, channels=channels, filters=filters, groups=groups, bias=bias)
