"""A few distances on one axis, over those of many pairs whose answer is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from gallery.figures._drawing import OKABE_ITO, Drawing, framed
from gallery.figures._written import unmarked

__all__ = ["Known", "distances"]


@dataclass(frozen=True)
class Known:
    """How often pairs with a known answer are how far apart."""

    name: str
    edges: Sequence[float]  # (bins + 1,)
    shares: Sequence[float]  # (bins,)


def distances(
    found: Mapping[str, float],
    known: Sequence[Known],
    threshold: float,
    title: str,
    alt: str,
    *,
    x: str,
    y: str,
    name: str,
    limit: str,
    farthest: float = 2.0,
) -> Drawing:
    """Draw a stem for each distance, over the histograms.

    Args:
        found: Name -> distance.
        known: Histograms behind them, those of the same person first.
        threshold: Where the answer changes.
        title: Heading.
        alt: What it shows.
        x: What runs to the right.
        y: What runs up.
        name: What the names are.
        limit: What the threshold is called.
        farthest: Right end of the axis.
    """
    figure = go.Figure()
    for place, one in enumerate(known):
        centres = [(a + b) / 2 for a, b in zip(one.edges, one.edges[1:], strict=False)]
        figure.add_scatter(
            x=centres,
            y=list(one.shares),
            name=one.name,
            mode="lines",
            line={"color": OKABE_ITO[place], "shape": "hvh", "width": 1.5},
            fill="tozeroy",
            hovertemplate=f"{one.name}: %{{y:.1%}}<extra></extra>",
        )
    top = max((max(one.shares, default=0) for one in known), default=0) or 1.0
    for place, (label, far) in enumerate(found.items()):
        height = top * (1.12 + 0.16 * (len(found) - 1 - place))
        shown = unmarked(label)
        figure.add_scatter(
            x=[far, far],
            y=[0, height],
            mode="lines+markers+text",
            text=["", f"{shown} {far:.2f}"],
            textposition="middle left" if far > 0.45 * farthest else "middle right",
            marker={"size": [0, 9], "color": OKABE_ITO[5]},
            line={"color": OKABE_ITO[5], "width": 2.5},
            showlegend=False,
            cliponaxis=False,
            hovertemplate=f"{shown}: %{{x:.3f}}<extra></extra>",
        )
    figure.add_vline(
        threshold,
        line={"dash": "dash", "width": 2, "color": OKABE_ITO[3]},
        annotation={"text": f"{limit} {threshold:.2f}", "yref": "paper", "y": 1.0},
        annotation_position="top",
    )
    figure.update_xaxes(title=x, range=[0, farthest])
    figure.update_yaxes(title=y, tickformat=".0%", range=[0, top * (1.25 + 0.16 * len(found))])
    drawn = framed(figure, title, 320)
    drawn.update_layout(margin={"t": 48})
    table: dict[str, list[Any]] = {name: [*found, limit], x: [*found.values(), threshold]}
    return Drawing(drawn, alt, table)
