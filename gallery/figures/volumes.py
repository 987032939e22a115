"""Volumes as boxes in parallel projection: an input, a filter on it, and what comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from gallery.figures._drawing import OKABE_ITO, Drawing, framed

__all__ = ["volumes"]

BLUE, ORANGE, GREEN, *_ = OKABE_ITO
SLANT = (0.42, 0.30)  # how far one step of depth goes right and up
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A box of unit cells, its front lower left corner at ``corner``."""

    corner: Point
    width: int
    height: int
    depth: int

    def at(self, right: float, up: float, back: float) -> Point:
        """Where a corner of a cell lies on the paper."""
        return (
            self.corner[0] + right + SLANT[0] * back,
            self.corner[1] + up + SLANT[1] * back,
        )


def volumes(
    input_shape: tuple[int, int, int],
    filter_shape: tuple[int, int, int],
    output_shape: tuple[int, int, int],
    window: tuple[int, int, int],
    place: tuple[int, int, int],
    words: Mapping[str, str],
    alt: str,
) -> Drawing:
    """Draw input, one filter and output.

    Args:
        input_shape: (channels, height, width).
        filter_shape: (channels it reads, height, width).
        output_shape: (filters, height, width).
        window: First channel, row and column that the filter lies on; rows may be padding.
        place: Channel, row and column of the output it makes.
        words: ``input``, ``filter``, ``output``: headings, with the sizes put in.
        alt: What it shows.
    """
    figure = go.Figure()
    boxes = _laid_out(input_shape, filter_shape, output_shape)
    for box, name, colour in zip(
        boxes, ("input", "filter", "output"), (BLUE, ORANGE, GREEN), strict=True
    ):
        _box(figure, box, colour, 0.16)
        _heading(figure, box, words[name])
    _part(figure, boxes[0], input_shape, window, filter_shape, ORANGE)
    _part(figure, boxes[2], output_shape, place, (1, 1, 1), ORANGE)
    for left, right, sign in ((boxes[0], boxes[1], "∗"), (boxes[1], boxes[2], "=")):
        middle = (_right(left) + right.corner[0]) / 2
        figure.add_annotation(x=middle, y=0, text=sign, showarrow=False, font={"size": 22})
    figure.update_xaxes(visible=False, scaleanchor="y", constrain="domain")
    figure.update_yaxes(visible=False, constrain="domain")
    figure.update_layout(showlegend=False, hovermode=False)
    table = {
        "": [words[name] for name in ("input", "filter", "output")],
        "d × h × w": [
            " × ".join(map(str, shape)) for shape in (input_shape, filter_shape, output_shape)
        ],
    }
    return Drawing(framed(figure, "", 330), alt, table)


def _laid_out(*shapes: tuple[int, int, int]) -> list[Box]:
    gap = 0.22 * max(max(shape) for shape in shapes) + 1.2
    boxes: list[Box] = []
    left = 0.0
    for depth, height, width in shapes:
        lift = (height + SLANT[1] * depth) / 2  # all boxes are centred on one line
        boxes.append(Box((left, -lift), width, height, depth))
        left = _right(boxes[-1]) + gap
    return boxes


def _right(box: Box) -> float:
    return box.corner[0] + box.width + SLANT[0] * box.depth


def _box(figure: go.Figure, box: Box, colour: str, strength: float) -> None:
    width, height, depth = box.width, box.height, box.depth
    front = [box.at(*p, 0) for p in ((0, 0), (width, 0), (width, height), (0, height))]
    top = [box.at(r, height, b) for r, b in ((0, 0), (width, 0), (width, depth), (0, depth))]
    side = [box.at(width, u, b) for u, b in ((0, 0), (height, 0), (height, depth), (0, depth))]
    for face in (front, top, side):
        _fill(figure, face, colour, strength)
    lines: list[Sequence[Point]] = []
    lines += [(box.at(i, 0, 0), box.at(i, height, 0)) for i in range(width + 1)]
    lines += [(box.at(0, i, 0), box.at(width, i, 0)) for i in range(height + 1)]
    lines += [(box.at(i, height, 0), box.at(i, height, depth)) for i in range(width + 1)]
    lines += [(box.at(width, i, 0), box.at(width, i, depth)) for i in range(height + 1)]
    lines += [(box.at(0, height, i), box.at(width, height, i)) for i in range(depth + 1)]
    lines += [(box.at(width, 0, i), box.at(width, height, i)) for i in range(depth + 1)]
    figure.add_scatter(
        x=[value for one, other in lines for value in (one[0], other[0], None)],
        y=[value for one, other in lines for value in (one[1], other[1], None)],
        mode="lines",
        line={"color": colour, "width": 1},
    )


def _part(
    figure: go.Figure,
    box: Box,
    shape: tuple[int, int, int],
    first: tuple[int, int, int],
    size: tuple[int, int, int],
    colour: str,
) -> None:
    """Colour the cells of a part; what lies in the padding is left out."""
    (low_c, high_c), (low_r, high_r), (low_x, high_x) = (
        (max(0, start), min(length, start + extent))
        for start, extent, length in zip(first, size, shape, strict=True)
    )
    if high_r <= low_r or high_x <= low_x:
        return
    up, down = box.height - low_r, box.height - high_r
    corners = ((low_x, down), (high_x, down), (high_x, up), (low_x, up))
    _fill(figure, [box.at(r, u, low_c) for r, u in corners], colour, 0.75)
    if low_r == 0:
        face = ((low_x, low_c), (high_x, low_c), (high_x, high_c), (low_x, high_c))
        _fill(figure, [box.at(r, box.height, b) for r, b in face], colour, 0.6)
    if high_x == shape[2]:
        face = ((down, low_c), (up, low_c), (up, high_c), (down, high_c))
        _fill(figure, [box.at(box.width, u, b) for u, b in face], colour, 0.6)


def _fill(figure: go.Figure, corners: Sequence[Point], colour: str, strength: float) -> None:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    figure.add_scatter(
        x=[x for x, _ in (*corners, corners[0])],
        y=[y for _, y in (*corners, corners[0])],
        mode="lines",
        fill="toself",
        fillcolor=f"rgba({red},{green},{blue},{strength})",
        line={"color": colour, "width": 1},
    )


def _heading(figure: go.Figure, box: Box, text: str) -> None:
    figure.add_annotation(
        x=box.corner[0] + (box.width + SLANT[0] * box.depth) / 2,
        y=box.corner[1],
        text=text,
        showarrow=False,
        yanchor="top",
        yshift=-6,
        font={"size": 13},
    )
