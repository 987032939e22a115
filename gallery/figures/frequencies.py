"""What a kernel lets through: its gain on stripes of every frequency and direction."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import SEQUENTIAL, Drawing, colour_scale, framed

__all__ = ["frequencies"]


def frequencies(
    gain: NDArray[np.floating],
    along: NDArray[np.floating],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    y: str = "",
    value: str = "",
    height: int = 400,
) -> Drawing:
    """Draw the gain over both frequencies, 0 in the middle.

    Args:
        gain: (size, size), rows for the frequency down the photo.
        along: (size,) cycles per pixel.
        title: Heading.
        alt: What it shows.
        x: Name of the frequency along a row, with its unit.
        y: Name of the frequency down a column, with its unit.
        value: What the colour stands for.
        height: Pixels.
    """
    figure = go.Figure(
        go.Heatmap(
            z=gain,
            x=along,
            y=along,
            zmin=0,
            colorscale=SEQUENTIAL,
            colorbar=colour_scale(value),
            hovertemplate="u %{x:.3f}, v %{y:.3f}<br>%{z:.4g}<extra></extra>",
        )
    )
    figure.update_xaxes(title=x, constrain="domain")
    figure.update_yaxes(title=y, scaleanchor="x", constrain="domain", autorange="reversed")
    table = {"v \\ u": along.tolist()}
    table |= {f"{u:.3f}": gain[:, place].tolist() for place, u in enumerate(along)}
    return Drawing(framed(figure, title, height), alt, table)
