"""One axis of a sliding window: the padded input as a row, and every window as a line below it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from gallery.figures._drawing import OKABE_ITO, Drawing, framed

if TYPE_CHECKING:
    from models.padding_stride import Walk

__all__ = ["window_strip"]

BLUE, ORANGE, VERMILION = (OKABE_ITO[place] for place in (0, 1, 3))
GREY = "#8a8f98"
LINE = 24  # pixels from one output's line to the next


def window_strip(
    walk: "Walk",
    title: str,
    alt: str,
    words: Mapping[str, str],
    span: tuple[int, int] | None = None,
) -> Drawing:
    """Draw which input pixels each output reads, or is written by.

    Args:
        walk: A walk in one dimension.
        title: Heading.
        alt: What it shows.
        words: ``input``, ``output``, ``read``, ``padding``, ``unread``, ``reads``.
        span: First and last index of the axis; give the same to strips that are compared.
    """
    links = [[index for index, _ in link] for link in walk.column_links]
    size = walk.values.shape[1]
    before, after = (0, 0) if walk.operation == "transposed" else walk.padding[2:]
    last = max([size + after - 1, *(index for link in links for index in link)])
    first, final = span or (-before, last)
    count = final - first + 1
    marker = max(7, min(26, 640 // count))
    figure = go.Figure()
    for index in range(-before, last + 1):
        inside = 0 <= index < size
        read = inside and walk.feeds[0, index] > 0
        kind = "read" if read else "unread" if inside else "padding"
        _cell(figure, index, words[kind], kind, marker, count)
    _windows(figure, links, words, marker)
    step = 1 if len(links) <= 24 else 5
    shown = range(0, len(links), step)
    figure.update_xaxes(visible=False, range=[first - 1, final + 1])
    figure.update_yaxes(
        title=words["output"],
        tickvals=[-1.3 - place for place in shown],
        ticktext=[str(place) for place in shown],
        range=[-1.0 - len(links), 0.9],
        zeroline=False,
        showgrid=False,
    )
    framed(figure, title, 70 + 30 + LINE * (len(links) + 1))
    figure.update_layout(showlegend=False)
    table: dict[str, Sequence[Any]] = {
        words["output"]: list(range(len(links))),
        words["reads"]: [", ".join(str(index) for index in link) or "–" for link in links],
    }
    return Drawing(figure, alt, table)


def _cell(figure: go.Figure, index: int, name: str, kind: str, marker: int, count: int) -> None:
    filled = {"read": BLUE, "unread": VERMILION, "padding": "rgba(128,128,128,0.12)"}[kind]
    edge = {"read": BLUE, "unread": VERMILION, "padding": GREY}[kind]
    text = "0" if kind == "padding" else str(index)
    figure.add_scatter(
        x=[index],
        y=[0],
        mode="markers+text" if marker > 16 else "markers",
        text=["✕" if kind == "unread" else text],
        textfont={"color": GREY if kind == "padding" else "white", "size": min(13, marker // 2)},
        marker={
            "size": marker,
            "symbol": "square",
            "color": filled,
            "line": {"width": 1.5, "color": edge},
        },
        hovertemplate=f"{name} {index}<extra></extra>",
    )


def _windows(
    figure: go.Figure, links: list[list[int]], words: Mapping[str, str], marker: int
) -> None:
    lines_x: list[int | None] = []
    lines_y: list[float | None] = []
    for place, link in enumerate(links):
        if link:
            lines_x += [min(link), max(link), None]
            lines_y += [-1.3 - place, -1.3 - place, None]
    figure.add_scatter(
        x=lines_x, y=lines_y, mode="lines", line={"color": ORANGE, "width": 4}, opacity=0.45,
        hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=[index for link in links for index in link],
        y=[-1.3 - place for place, link in enumerate(links) for _ in link],
        customdata=[place for place, link in enumerate(links) for _ in link],
        mode="markers",
        marker={"size": max(6, min(13, marker // 2)), "color": ORANGE},
        hovertemplate=(
            f"{words['output']} %{{customdata}} · {words['input']} %{{x}}<extra></extra>"
        ),
    )
