"""What every figure is: a Plotly figure, its words for those who do not see it, and its numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go

__all__ = [
    "OKABE_ITO",
    "SCALE",
    "SEQUENTIAL",
    "SIGNED",
    "TOOLBAR",
    "Drawing",
    "colour_scale",
    "framed",
    "lay_grid",
]

SEQUENTIAL = "Viridis"
SIGNED = "RdBu"  # red below zero, blue above
OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#F0E442", "#999999")


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure with its alternative text and its table twin."""

    figure: go.Figure
    alt: str
    table: Mapping[str, Sequence[Any]] = field(default_factory=dict)  # heading -> column

    @property
    def title(self) -> str:
        """The heading that ``framed`` was given."""
        return str((self.figure.layout.meta or {}).get("title", ""))


TOOLBAR = 32  # pixels above a figure for its buttons
SCALE = 70  # pixels below it for what its colours stand for


def framed(figure: go.Figure, title: str, height: int) -> go.Figure:
    """Give a figure the margins and the type that all figures share."""
    figure.update_layout(
        meta={"title": title},  # a heading above the figure, where no toolbar covers it
        height=height,
        margin={"l": 8, "r": 8, "t": TOOLBAR, "b": 8},
        colorway=list(OKABE_ITO),
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"},  # any rows
        hoverlabel={"namelength": -1},
    )
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    return figure


def colour_scale(value: str, form: str = "") -> dict[str, Any]:
    """What the colours stand for, below the figure: beside it would be no room on a phone.

    Args:
        value: What they stand for, with its unit.
        form: Format of the numbers.
    """
    return {
        "title": {"text": value, "side": "bottom"},
        "orientation": "h",
        "yref": "container",
        "y": 0,
        "yanchor": "bottom",
        "ypad": 0,
        "thickness": 10,
        "tickformat": form,
    }


def lay_grid(figure: go.Figure, x: str, y: str) -> None:
    """Give rows and columns square cells, row 0 at the top."""
    plain = {"constrain": "domain", "showgrid": False, "zeroline": False}
    figure.update_xaxes(title=x, **plain)
    figure.update_yaxes(title=y, autorange="reversed", scaleanchor="x", **plain)
