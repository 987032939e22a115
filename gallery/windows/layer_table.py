"""A stack of layers as a table to type into; what was typed is part of the address."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import streamlit as st

from gallery import address
from gallery.page import Page
from models._errors import InputError
from models.padding_stride import Layer

__all__ = ["layer_table", "read_layers", "write_layers"]

NAME = "layers"  # in the address
LETTERS = {
    "convolution": "c",
    "transposed": "t",
    "max_pooling": "m",
    "average_pooling": "a",
    "global_average": "g",
    "linear": "l",
    "shortcut": "s",
}
KINDS = {letter: kind for kind, letter in LETTERS.items()}
NUMBERS = {  # letter in the address -> field; one number, or one a direction as 3x5
    "k": "kernel",
    "s": "stride",
    "p": "padding",
    "d": "dilation",
    "g": "groups",
    "o": "output_padding",
    "b": "back",
}
FLAGS = {"n": ("bias", False), "N": ("batch_norm", True), "C": ("ceil_mode", True)}
SINGLE = frozenset({"groups", "back"})
ONE = re.compile(r"([ctmagls])(\d{1,6})?((?:[kspdgob]\d{1,4}(?:x\d{1,4}){0,2})*)([nNC]*)")
COLUMNS = (
    *("name", "kind", "channels", "kernel", "stride", "padding", "dilation", "groups"),
    *("bias", "batch_norm", "ceil_mode", "output_padding", "back"),
)
Layers = tuple[Layer, ...]


def layer_table(page: Page, preset: str, layers: Layers) -> Layers:
    """Draw a table of layers to edit, with rows to add and remove.

    Args:
        page: The page; its words name the columns ``column_...`` and the kinds ``kind_...``.
        preset: Name of what the table starts from; with another name it starts again.
        layers: The layers to start from.

    Returns:
        The layers as edited.

    Raises:
        InputError: ``stack_row`` for a row that is no layer.
    """
    name = page.frame.demo.name
    widget = address.settle(name, NAME, "", lambda raw: raw if read_layers(raw) else None)
    seen = st.session_state.get(f"{widget}-seen", (preset, ""))
    if seen[0] != preset and st.session_state[widget] == seen[1]:
        st.session_state[widget] = ""  # another preset was chosen, and no layers came with it
    start = read_layers(st.session_state[widget]) or layers
    key = f"{widget}-editor-{preset}-{st.session_state[widget]}"
    kept: tuple[str, Layers] | None = st.session_state.get(f"{widget}-last")
    if key not in st.session_state and kept is not None and kept[0] == key:
        st.session_state[widget] = write_layers(kept[1])  # edited, then out of sight for a while
        start = read_layers(st.session_state[widget]) or layers
        key = f"{widget}-editor-{preset}-{st.session_state[widget]}"
    st.session_state[f"{widget}-seen"] = (preset, st.session_state[widget])
    edited = st.data_editor(
        _frame(page, _named(start, layers)),
        key=key,
        num_rows="dynamic",
        hide_index=True,
        column_config=_columns(page),
        column_order=_shown(start),
    )
    found = tuple(_layer(number, row) for number, row in enumerate(_rows(edited), start=1))
    st.session_state[f"{widget}-last"] = (key, found)
    address.hold(name, NAME, "", "" if found == layers else write_layers(found))
    return found


def write_layers(layers: Sequence[Layer]) -> str:
    """Write layers as a short text: ``c64k7s2p3nN;m0k3s2p1``."""
    return ";".join(_write(layer) for layer in layers)


def read_layers(raw: str) -> Layers | None:
    """Read what ``write_layers`` wrote; ``None`` where it is no such thing."""
    layers = []
    for part in raw.split(";"):
        match = ONE.fullmatch(part)
        if match is None:
            return None
        try:
            layers.append(_read(*match.groups()))
        except InputError:
            return None
    return tuple(layers)


def _write(layer: Layer) -> str:
    plain = Layer()
    text = LETTERS[layer.kind] + (str(layer.channels) if layer.channels else "")
    for letter, field in NUMBERS.items():
        value = getattr(layer, field)
        if value != getattr(plain, field):
            text += letter + _lengths(value)
    return text + "".join(
        letter for letter, (field, value) in FLAGS.items() if getattr(layer, field) is value
    )


def _read(letter: str, channels: str | None, numbers: str, flags: str) -> Layer:
    given: dict[str, Any] = {"kind": KINDS[letter]}
    if channels:
        given["channels"] = int(channels)
    for code, value in re.findall(r"([a-z])(\d+(?:x\d+)*)", numbers):
        given[NUMBERS[code]] = _numbers(value, NUMBERS[code])
    given |= dict(FLAGS[flag] for flag in flags)
    return Layer(**given)


def _numbers(text: str, field: str) -> int | tuple[int, ...]:
    parts = tuple(int(part) for part in text.split("x"))
    return parts[0] if len(parts) == 1 or field in SINGLE else parts


def _lengths(value: Any) -> str:
    """Write 3 or 3x5; a padding that differs between its sides is not typed into the table."""
    if isinstance(value, int):
        return str(value)
    return "x".join(str(part if isinstance(part, int) else part[0]) for part in value)


def _named(layers: Layers, preset: Layers) -> Layers:
    """Give layers that came without names those of the preset, where it has the same kind."""
    names = [
        layer.name if layer.kind == kept.kind else ""
        for layer, kept in zip(preset, layers, strict=False)
    ]
    names += [""] * len(layers)
    return tuple(
        layer if layer.name else replace(layer, name=name)
        for layer, name in zip(layers, names, strict=False)
    )


def _frame(page: Page, layers: Layers) -> Any:
    rows = []
    for number, layer in enumerate(layers, start=1):
        row = {column: getattr(layer, column) for column in COLUMNS}
        for field in ("kernel", "stride", "padding", "dilation", "output_padding"):
            row[field] = _lengths(row[field])
        kind = f"kind_{layer.kind}"
        rows.append(row | {"name": layer.name or f"{page.words[kind]} {number}"})
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"channels": "Int64", "groups": "Int64", "back": "Int64"})


def _shown(layers: Layers) -> list[str]:
    """Leave the columns out that none of the layers needs."""
    rare = {"output_padding": "transposed", "back": "shortcut"}
    kinds = {layer.kind for layer in layers}
    return [
        column for column in COLUMNS if rare.get(column, "convolution") in {*kinds, "convolution"}
    ]


def _columns(page: Page) -> dict[str, Any]:
    words, config = page.words, st.column_config
    lengths = r"^\d{1,4}(x\d{1,4}){0,2}$"
    typed = {
        field: config.TextColumn(words[f"column_{field}"], validate=lengths, default=default)
        for field, default in (
            *(("kernel", "3"), ("stride", "1"), ("padding", "0"), ("dilation", "1")),
            ("output_padding", "0"),
        )
    }
    counted = {
        "channels": config.NumberColumn(
            words.column_channels, min_value=1, max_value=65536, step=1
        ),
        "groups": config.NumberColumn(words.column_groups, min_value=1, step=1, default=1),
        "back": config.NumberColumn(words.column_back, min_value=1, max_value=100, default=2),
    }
    ticked = {
        field: config.CheckboxColumn(words[f"column_{field}"], default=field == "bias")
        for field in ("bias", "batch_norm", "ceil_mode")
    }
    kinds = config.SelectboxColumn(
        words.column_kind,
        options=list(LETTERS),
        format_func=lambda kind: words[f"kind_{kind}"],
        default="convolution",
        required=True,
    )
    name = config.TextColumn(words.column_name, max_chars=30)
    return {"name": name, "kind": kinds, **typed, **counted, **ticked}


def _rows(edited: Any) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = edited.to_dict("records")
    return [row for row in rows if isinstance(row["kind"], str)]


def _layer(number: int, row: Mapping[str, Any]) -> Layer:
    plain = Layer()
    given: dict[str, Any] = {}
    for column in COLUMNS:
        value = row[column]
        if value is None or pd.isna(value):
            given[column] = getattr(plain, column)
        elif column in ("kernel", "stride", "padding", "dilation", "output_padding"):
            given[column] = _typed(number, column, str(value))
        elif column in ("bias", "batch_norm", "ceil_mode"):
            given[column] = bool(value)
        elif column in ("channels", "groups", "back"):
            given[column] = int(value)
        else:
            given[column] = str(value)
    try:
        return Layer(**given)
    except InputError as reason:
        raise InputError("stack_row", row=number, reason=reason) from reason


def _typed(number: int, column: str, value: str) -> int | tuple[int, ...]:
    if not re.fullmatch(r"\d{1,4}(x\d{1,4}){0,2}", value):
        reason = InputError("out_of_range", parameter=column, value=value[:40], low=0, high=4096)
        raise InputError("stack_row", row=number, reason=reason)
    return _numbers(value, column)
