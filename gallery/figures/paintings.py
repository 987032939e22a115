"""Paintings beside each other: small squares of them, and where they stand between two wishes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from PIL import Image

from gallery.figures._drawing import OKABE_ITO, Drawing, framed
from gallery.figures.heatmap import coloured
from models._images import Pixels

__all__ = ["Standing", "face", "magnified", "standings"]

SYMBOLS = ("circle", "diamond", "square", "star")


@dataclass(frozen=True)
class Standing:
    """One painting between content and style."""

    name: str
    group: str
    content: float
    style: float


def face(pixels: Pixels, side: int) -> Pixels:
    """The middle of a picture as a square of that side: uint8 (side, side, 3)."""
    height, width = pixels.shape[:2]
    square = min(height, width)
    top, left = (height - square) // 2, (width - square) // 2
    middle = Image.fromarray(pixels[top : top + square, left : left + square]).convert("RGB")
    small: Pixels = np.asarray(middle.resize((side, side), Image.Resampling.LANCZOS))
    return small


def magnified(values: NDArray[np.float32], limit: float, side: int = 256) -> Pixels:
    """A small map in colours, its places large enough to be told apart: uint8 (.., .., 3)."""
    colours = coloured(values, limit=limit)
    times = max(1, round(side / max(values.shape)))
    large: Pixels = colours.repeat(times, axis=0).repeat(times, axis=1)
    return large


def standings(
    paintings: Sequence[Standing],
    title: str,
    alt: str,
    *,
    x: str,
    y: str,
    name: str,
    joined: Sequence[str] = (),
    height: int = 430,
) -> Drawing:
    """Draw each painting as a point: to the left it keeps more content, below it has more style.

    Args:
        paintings: In the order of their numbers.
        title: Heading.
        alt: What it shows.
        x: What runs to the right.
        y: What runs up.
        name: What the points are.
        joined: Groups whose points are joined by a line, in their order.
        height: Pixels.
    """
    figure = go.Figure()
    for place, group in enumerate(dict.fromkeys(each.group for each in paintings)):
        members = [each for each in paintings if each.group == group]
        figure.add_scatter(
            x=[each.content for each in members],
            y=[each.style for each in members],
            name=group,
            mode="lines+markers" if group in joined else "markers",
            line={"width": 1.5, "dash": "dot"},
            marker={
                "size": 11,
                "symbol": SYMBOLS[place % len(SYMBOLS)],
                "color": OKABE_ITO[place % len(OKABE_ITO)],
            },
            cliponaxis=False,
            customdata=[each.name for each in members],
            hovertemplate=f"%{{customdata}}<br>{x}: %{{x:.3f}}<br>{y}: %{{y:.3f}}<extra></extra>",
        )
    figure.update_xaxes(title=x, rangemode="tozero")
    figure.update_yaxes(title=y, rangemode="tozero")
    table: dict[str, Sequence[Any]] = {
        name: [f"{each.group}: {each.name}" for each in paintings],
        x: [each.content for each in paintings],
        y: [each.style for each in paintings],
    }
    return Drawing(framed(figure, title, height), alt, table)
