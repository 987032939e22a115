"""Named points by two amounts, against the diagonal of equal ones."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from gallery.figures._drawing import OKABE_ITO, Drawing, framed

__all__ = ["scatter"]

NAME = 0.2  # share of the width that is kept for the name of the last point
NEAR = 0.025  # share of the range within which names would meet
ABOVE = ("top left", "middle left", "top center")  # where a name may stand, the first that is free
BELOW = ("bottom right", "middle right", "bottom center")


def scatter(
    names: Sequence[str],
    across: Sequence[float],
    up: Sequence[float],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    y: str = "",
    name: str = "",
    marked: Sequence[int] = (),
    height: int = 420,
) -> Drawing:
    """Draw points; some of them carry their names, all of them on hovering.

    Args:
        names: What the points are.
        across: Their first amounts.
        up: Their second amounts, in the same unit.
        title: Heading.
        alt: What it shows.
        x: What the first amount is, with its unit.
        y: What the second one is.
        name: What the points are called.
        marked: Places of the points that stand out.
        height: Pixels.
    """
    ends = [min([*across, *up], default=0.0), max([*across, *up], default=1.0)]
    room = ends[1] - ends[0]
    near = NEAR * room
    figure = go.Figure(
        go.Scatter(
            x=ends, y=ends, mode="lines", line={"dash": "dot", "width": 1.5, "color": OKABE_ITO[7]},
            hoverinfo="skip",
        )
    )  # fmt: skip
    groups = (
        ([place for place in range(len(names)) if place not in set(marked)], False),
        (list(marked), True),
    )
    for places, is_marked in groups:
        figure.add_scatter(
            x=[across[place] for place in places],
            y=[up[place] for place in places],
            mode="markers+text" if is_marked else "markers",
            text=[names[place] for place in places],
            textposition=_stands([(across[p], up[p]) for p in places], near) if is_marked else None,
            textfont={"size": 12},
            marker={
                "color": OKABE_ITO[3] if is_marked else OKABE_ITO[0],
                "size": 9 if is_marked else 6,
                "opacity": 1 if is_marked else 0.45,
            },
            cliponaxis=False,
            hovertemplate=f"%{{text}}<br>{x}: %{{x:.3g}}<br>{y}: %{{y:.3g}}<extra></extra>",
        )
    figure.update_layout(showlegend=False)
    figure.update_xaxes(title=x, range=[ends[0] - 0.05 * room, ends[1] + NAME * room])
    figure.update_yaxes(title=y)
    table: dict[str, list[Any]] = {
        name or "#": list(names),
        x or "x": list(across),
        y or "y": list(up),
    }
    return Drawing(framed(figure, title, height), alt, table)


def _stands(points: Sequence[tuple[float, float]], near: float) -> list[str]:
    """Where each name stands: away from the diagonal, and not where a near one stands already."""
    stands: list[str] = []
    for x, y in points:
        taken = {
            stand
            for stand, other in zip(stands, points, strict=False)
            if max(abs(other[0] - x), abs(other[1] - y)) < near
        }
        sides = ABOVE if y > x else BELOW
        stands.append(next((side for side in sides if side not in taken), sides[0]))
    return stands
