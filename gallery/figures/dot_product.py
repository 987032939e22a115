"""A query, a key, their products number by number, and how the sum comes together."""

import numpy as np
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from gallery.figures._drawing import OKABE_ITO, SIGNED, Drawing, framed
from gallery.figures._written import minus

__all__ = ["dot_product"]


def dot_product(
    query: NDArray[np.float32],
    key: NDArray[np.float32],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    names: tuple[str, str, str] = ("q", "k", "q · k"),
    running: str = "",
    height: int = 330,
) -> Drawing:
    """Draw both vectors, their products, and the sum of the products so far.

    Args:
        query: (d,).
        key: (d,).
        title: Heading.
        alt: What it shows.
        x: What runs to the right.
        names: Of the query, the key and the products.
        running: Name of the sum so far.
        height: Pixels.
    """
    terms = np.asarray(query, float) * np.asarray(key, float)
    rows = [np.asarray(query, float), np.asarray(key, float), terms]
    along = list(range(len(terms)))
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.08)
    limit = float(max(np.abs(rows[0]).max(), np.abs(rows[1]).max())) or 1.0
    limits = [limit, limit, float(np.abs(terms).max()) or 1.0]
    figure.add_heatmap(
        z=[(row / end).tolist() for row, end in zip(rows, limits, strict=True)],
        x=along,
        y=[0, 1, 2],
        zmin=-1,
        zmax=1,
        colorscale=SIGNED,
        showscale=False,
        xgap=1,
        ygap=2,
        customdata=[
            [f"{name} [{at}]: {value:.4f}" for at, value in enumerate(row)]
            for name, row in zip(names, rows, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
        row=1,
        col=1,
    )
    sums = np.cumsum(terms)
    figure.add_bar(
        x=along,
        y=terms.tolist(),
        marker={"color": [OKABE_ITO[0] if term > 0 else OKABE_ITO[3] for term in terms]},
        hovertemplate=f"{names[2]} [%{{x}}]: %{{y:.4f}}<extra></extra>",
        row=2,
        col=1,
    )
    figure.add_scatter(
        x=along,
        y=sums.tolist(),
        mode="lines",
        line={"color": OKABE_ITO[1], "width": 2.5, "shape": "hv"},
        hovertemplate=f"{running}: %{{y:.4f}}<extra></extra>",
        row=2,
        col=1,
    )
    figure.add_annotation(
        x=along[-1], y=float(sums[-1]), text=minus(f"Σ = {sums[-1]:.3f}"),
        showarrow=False, xanchor="right", yanchor="bottom", row=2, col=1,
    )  # fmt: skip
    figure.update_layout(showlegend=False)
    figure.update_xaxes(showgrid=False, zeroline=False)
    figure.update_xaxes(title=x, row=2, col=1)
    figure.update_yaxes(
        autorange="reversed", tickvals=[0, 1, 2], ticktext=list(names), row=1, col=1
    )
    table = {x or "#": along, **{name: row.tolist() for name, row in zip(names, rows, strict=True)}}
    return Drawing(framed(figure, title, height), alt, {**table, running or "Σ": sums.tolist()})
