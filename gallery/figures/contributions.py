"""The terms of a weighted sum, one bar a term, those for and against told apart."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import OKABE_ITO, Drawing, framed

__all__ = ["contributions"]


def contributions(
    features: NDArray[np.floating],
    weights: NDArray[np.floating],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    y: str = "",
    feature: str = "",
    weight: str = "",
    limit: float | None = None,
    height: int = 260,
) -> Drawing:
    """Draw weight times feature, from the first to the last.

    Args:
        features: (numbers,).
        weights: (numbers,).
        title: Heading.
        alt: What it shows.
        x: What is counted along the axis.
        y: What a term is.
        feature: What the features are.
        weight: What the weights are.
        limit: End of the axis on both sides; give the same to figures that are compared.
        height: Pixels.
    """
    terms = np.asarray(features, float) * np.asarray(weights, float)
    numbers = list(range(1, len(terms) + 1))
    figure = go.Figure(
        go.Bar(
            x=numbers,
            y=terms.tolist(),
            marker={"color": [OKABE_ITO[0] if term >= 0 else OKABE_ITO[3] for term in terms]},
            customdata=np.stack([features, weights], axis=1),
            hovertemplate=(
                f"{x} %{{x}}<br>{feature} %{{customdata[0]:.4f}}<br>"
                f"{weight} %{{customdata[1]:.3f}}<br>{y} %{{y:.4f}}<extra></extra>"
            ),
        )
    )
    top = limit or float(np.abs(terms).max(initial=0.0)) or 1.0
    figure.update_layout(bargap=0.1)
    figure.update_xaxes(title=x)
    figure.update_yaxes(title=y, range=[-top * 1.05, top * 1.05])
    table: dict[str, list[Any]] = {
        x or "#": numbers,
        feature or "feature": np.round(features, 5).tolist(),
        weight or "weight": np.round(weights, 4).tolist(),
        y or "term": np.round(terms, 5).tolist(),
    }
    return Drawing(framed(figure, title, height), alt, table)
