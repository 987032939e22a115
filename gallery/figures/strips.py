"""Groups of values on one axis, a strip of points each, with single values marked across them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from gallery.figures._drawing import OKABE_ITO, Drawing, framed
from gallery.figures._written import minus

__all__ = ["strips"]

SPREAD = 0.32  # of a strip's height that its points are spread over
SHARES = (0.05, 0.5, 0.95)


def strips(
    groups: Mapping[str, Sequence[float]],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    name: str = "",
    marks: Mapping[str, float] | None = None,
) -> Drawing:
    """Draw every value as a point, and the middle of each group as a line.

    Args:
        groups: Name -> values.
        title: Heading.
        alt: What it shows.
        x: What runs to the right, with its unit.
        name: What the groups are.
        marks: Name -> a value that is compared with all groups.
    """
    figure = go.Figure()
    chance = np.random.default_rng(0)
    for row, (group, values) in enumerate(groups.items()):
        colour = OKABE_ITO[row % len(OKABE_ITO)]
        figure.add_scatter(
            x=list(values),
            y=row + chance.uniform(-SPREAD, SPREAD, len(values)),
            mode="markers",
            marker={"color": colour, "size": 5, "opacity": 0.5},
            hovertemplate=f"{group}: %{{x:.2f}}<extra></extra>",
        )
        figure.add_scatter(
            x=[float(np.median(values))] * 2,
            y=[row - 0.42, row + 0.42],
            mode="lines",
            line={"color": colour, "width": 3},
            hovertemplate=f"{group}: %{{x:.2f}}<extra></extra>",
        )
    for place, (mark, value) in enumerate((marks or {}).items()):
        figure.add_vline(
            value,
            line={"dash": "dot", "width": 2, "color": OKABE_ITO[(3 + place) % len(OKABE_ITO)]},
            annotation={"text": minus(f"{mark} {value:.2f}"), "yref": "paper", "y": 1.0},
            annotation_position="top",
        )
    figure.update_layout(showlegend=False)
    figure.update_xaxes(title=x, zeroline=True)
    figure.update_yaxes(
        tickvals=list(range(len(groups))),
        ticktext=list(groups),
        range=[len(groups) - 0.4, -0.6],
        showgrid=False,
        zeroline=False,
    )
    drawn = framed(figure, title, 110 + 62 * len(groups))
    drawn.update_layout(margin={"t": 48})
    return Drawing(drawn, alt, _table(groups, marks or {}, name))


def _table(
    groups: Mapping[str, Sequence[float]], marks: Mapping[str, float], name: str
) -> dict[str, list[Any]]:
    """Of each group, what lies in its middle and where its ends begin."""
    rows = {
        group: [float(np.quantile(values, share)) for share in SHARES]
        for group, values in groups.items()
    }
    rows |= {mark: [value] * len(SHARES) for mark, value in marks.items()}
    columns = {
        f"{share:.0%}": [row[at] for row in rows.values()] for at, share in enumerate(SHARES)
    }
    return {name or "#": list(rows), **columns}
