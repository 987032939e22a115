"""All faces as points on a plane: one colour and one sign a person, strangers in grey."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import OKABE_ITO, Drawing, framed
from gallery.figures._written import unmarked

__all__ = ["PersonGroup", "face_map"]

SIGNS = ("circle", "diamond", "square", "triangle-up", "cross", "x", "star", "hexagon")


@dataclass(frozen=True, eq=False)
class PersonGroup:
    """Points that belong together."""

    name: str
    places: NDArray[Any]  # (faces, 2)
    labels: Sequence[str] = ()  # said on hovering, one a face
    is_open: bool = False  # drawn as a ring
    is_ground: bool = False  # many grey points behind the others


def face_map(
    groups: Sequence[PersonGroup],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    y: str = "",
    name: str = "",
    height: int = 440,
) -> Drawing:
    """Draw the points; both axes have the same scale.

    Args:
        groups: The people, those behind the others first.
        title: Heading.
        alt: What it shows.
        x: What runs to the right.
        y: What runs up.
        name: What the groups are.
        height: Pixels.
    """
    figure = go.Figure()
    table: dict[str, list[Any]] = {name or "#": [], x or "x": [], y or "y": []}
    number = 0
    for group in groups:
        labels = list(group.labels) or [group.name] * len(group.places)
        figure.add_scatter(
            x=group.places[:, 0].tolist(),
            y=group.places[:, 1].tolist(),
            name=unmarked(group.name),
            mode="markers",
            marker=_marker(group, number),
            customdata=list(map(unmarked, labels)),
            cliponaxis=False,
            hovertemplate="%{customdata}<br>(%{x:.3f}, %{y:.3f})<extra></extra>",
        )
        number += not group.is_ground
        table[name or "#"] += labels
        table[x or "x"] += group.places[:, 0].round(4).tolist()
        table[y or "y"] += group.places[:, 1].round(4).tolist()
    figure.update_xaxes(title=x, zeroline=False)
    figure.update_yaxes(title=y, zeroline=False, scaleanchor="x")
    figure.update_layout(showlegend=True)
    return Drawing(framed(figure, title, height), alt, table)


def _marker(group: PersonGroup, number: int) -> dict[str, Any]:
    if group.is_ground:
        return {"color": OKABE_ITO[7], "size": 5, "opacity": 0.45}
    colours = OKABE_ITO[:6]
    sign = SIGNS[(number + number // len(colours)) % len(SIGNS)]
    colour = colours[number % len(colours)]
    if group.is_open:
        return {"color": colour, "size": 15, "symbol": f"{sign}-open", "line": {"width": 3}}
    return {"color": colour, "size": 11, "symbol": sign}
