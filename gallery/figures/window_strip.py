"""One axis of a sliding window: the padded input as a row, and every window as a line below it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from gallery.figures._drawing import OKABE_ITO, Drawing, framed

if TYPE_CHECKING:
    from models.padding_stride import Walk

__all__ = ["window_strip"]

BLUE, ORANGE, VERMILION = (OKABE_ITO[place] for place in (0, 1, 3))
LINE = 20  # pixels of one output


def window_strip(walk: "Walk", title: str, alt: str, words: Mapping[str, str]) -> Drawing:
    """Draw which input pixels each output reads, or is written by.

    Args:
        walk: A walk in one dimension.
        title: Heading.
        alt: What it shows.
        words: ``input``, ``output``, ``read``, ``padding``, ``unread``, ``reads``.
    """
    links = [[index for index, _ in link] for link in walk.column_links]
    size = walk.values.shape[1]
    before, after = (0, 0) if walk.operation == "transposed" else walk.padding[2:]
    last = max([size + after - 1, *(index for link in links for index in link)])
    inside = range(size)
    unread = [index for index in inside if walk.feeds[0, index] == 0]
    read = [index for index in inside if walk.feeds[0, index] > 0]
    padding = [index for index in range(-before, last + 1) if index not in inside]
    figure = go.Figure()
    _cells(figure, read, words["read"], BLUE, "square")
    _cells(figure, padding, words["padding"], "#999999", "square-open")
    _cells(figure, unread, words["unread"], VERMILION, "x")
    _windows(figure, links, words)
    figure.update_xaxes(title=words["input"], dtick=_tick(last + before), zeroline=False)
    figure.update_yaxes(
        title=words["output"],
        tickvals=[-2 - place for place in range(0, len(links), _tick(len(links)))],
        ticktext=[str(place) for place in range(0, len(links), _tick(len(links)))],
        range=[-2.6 - len(links), 1],
        zeroline=False,
        showgrid=False,
    )
    figure.update_layout(legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0})
    height = 150 + LINE * len(links)
    table: dict[str, Sequence[Any]] = {
        words["output"]: list(range(len(links))),
        words["reads"]: [", ".join(str(index) for index in link) or "–" for link in links],
    }
    framed(figure, title, height)
    figure.update_layout(margin_t=70 if title else 40)
    return Drawing(figure, alt, table)


def _cells(figure: go.Figure, indices: list[int], name: str, colour: str, symbol: str) -> None:
    if indices:
        figure.add_scatter(
            x=indices,
            y=[0] * len(indices),
            mode="markers",
            name=name,
            marker={"size": 13, "symbol": symbol, "color": colour, "line": {"width": 2}},
            hovertemplate=f"{name} %{{x}}<extra></extra>",
        )


def _windows(figure: go.Figure, links: list[list[int]], words: Mapping[str, str]) -> None:
    lines_x: list[int | None] = []
    lines_y: list[int | None] = []
    for place, link in enumerate(links):
        if link:
            lines_x += [min(link), max(link), None]
            lines_y += [-2 - place, -2 - place, None]
    figure.add_scatter(
        x=lines_x, y=lines_y, mode="lines", line={"color": ORANGE, "width": 3}, opacity=0.55,
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    figure.add_scatter(
        x=[index for link in links for index in link],
        y=[-2 - place for place, link in enumerate(links) for _ in link],
        customdata=[place for place, link in enumerate(links) for _ in link],
        mode="markers",
        name=words["reads"],
        marker={"size": 9, "color": ORANGE},
        hovertemplate=(
            f"{words['output']} %{{customdata}} · {words['input']} %{{x}}<extra></extra>"
        ),
    )


def _tick(length: int) -> int:
    return 1 if length <= 24 else 5
