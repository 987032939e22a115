"""A few named amounts on one logarithmic axis, from the smallest to the largest."""

import math
from collections.abc import Mapping

import plotly.graph_objects as go

from gallery.figures._drawing import OKABE_ITO, Drawing, framed

__all__ = ["ruler"]

LEAST = 1e-3  # what is smaller is drawn there


def ruler(
    amounts: Mapping[str, float],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    name: str = "",
    highlight: str = "",
) -> Drawing:
    """Draw a point for each amount, with its name above and its number below.

    Args:
        amounts: Name -> amount, above 0.
        title: Heading.
        alt: What it shows.
        x: What the amounts are, with their unit.
        name: What the names are.
        highlight: The name that stands out.
    """
    places = [max(LEAST, amount) for amount in amounts.values()]
    figure = go.Figure(
        go.Scatter(
            x=places,
            y=[0] * len(places),
            mode="lines+markers",
            line={"color": OKABE_ITO[7], "width": 2},
            marker={
                "size": 15,
                "color": [OKABE_ITO[1] if one == highlight else OKABE_ITO[0] for one in amounts],
            },
            customdata=list(amounts),
            hovertemplate="%{customdata}: %{x:.4g}<extra></extra>",
            cliponaxis=False,
        )
    )
    for place, (one, amount) in enumerate(amounts.items()):
        figure.add_annotation(
            x=math.log10(places[place]),
            y=0,
            text=f"{one}<br><b>{amount:.3g}</b>",
            showarrow=False,
            yshift=32 if place % 2 == 0 else -32,
        )
    figure.update_xaxes(
        title=x,
        type="log",
        dtick=1,
        range=[math.log10(min(places)) - 0.4, math.log10(max(places)) + 0.4],
    )
    figure.update_yaxes(visible=False, range=[-1, 1])
    figure.update_layout(showlegend=False)
    return Drawing(
        framed(figure, title, 210),
        alt,
        {name or "#": list(amounts), x or "x": list(amounts.values())},
    )
