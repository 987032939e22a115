"""Shares of several totals, layer by layer: where the weights are and where the work is."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from gallery.figures._drawing import Drawing, framed

__all__ = ["layer_shares"]


def layer_shares(
    names: Sequence[str], shares: Mapping[str, Sequence[float]], title: str, alt: str, x: str
) -> Drawing:
    """Draw one bar for each total, cut into the layers' shares.

    Args:
        names: The layers, from the input up.
        shares: Total -> share of each layer, 0..1.
        title: Heading.
        alt: What it shows.
        x: What the length means.
    """
    figure = go.Figure()
    for place, name in enumerate(names):
        values = [100 * share[place] for share in shares.values()]
        figure.add_bar(
            x=values,
            y=list(shares),
            name=name,
            orientation="h",
            text=[name if value > 9 else "" for value in values],
            textposition="inside",
            insidetextanchor="middle",
            hovertemplate=f"{name}: %{{x:.3g}} %<extra></extra>",
            marker={"line": {"width": 1, "color": "rgba(255,255,255,0.6)"}},
        )
    framed(figure, title, 240)
    figure.update_layout(barmode="stack", showlegend=False)
    figure.update_xaxes(title=x, range=[0, 100], ticksuffix=" %")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    table: dict[str, Sequence[Any]] = {"": list(names)}
    table |= {name: [f"{100 * value:.2f} %" for value in values] for name, values in shares.items()}
    return Drawing(figure, alt, table)
