"""Which way something points, as the colours of a wheel."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import Drawing, colour_scale, framed, lay_grid

__all__ = ["compass"]

WHEEL = "Phase"  # its two ends meet, as 180 and -180 degrees do
ARROWS = {-180: "← −180°", -90: "↑ −90°", 0: "→ 0°", 90: "↓ 90°", 180: "← 180°"}
MOST = 320  # cells a side
BINS = 24


def compass(
    direction: NDArray[np.floating],
    strength: NDArray[np.floating],
    title: str = "",
    alt: str = "",
    *,
    least: float = 0.1,
    x: str = "",
    y: str = "",
    value: str = "",
    height: int = 360,
) -> Drawing:
    """Draw angles where there is something to point, and leave the rest blank.

    Args:
        direction: (rows, columns) radians, 0 to the right, growing downwards.
        strength: (rows, columns) length of the arrow.
        title: Heading.
        alt: What it shows.
        least: Share of the greatest strength from which an angle is drawn.
        x: What runs to the right.
        y: What runs down.
        value: What the angle is.
        height: Pixels.
    """
    degrees = np.rad2deg(np.asarray(direction, np.float32))
    shown = np.asarray(strength) >= least * max(float(np.max(strength)), 1e-9)
    counts, edges = np.histogram(degrees[shown], BINS, (-180, 180))
    scale = max(1.0, max(degrees.shape) / MOST)
    figure = go.Figure(
        go.Heatmap(
            z=np.where(shown, degrees, np.nan)[_picked(degrees.shape, scale)],
            dx=scale,
            dy=scale,
            zmin=-180,
            zmax=180,
            colorscale=WHEEL,
            hoverongaps=False,
            colorbar={
                **colour_scale(value),
                "tickvals": list(ARROWS),
                "ticktext": list(ARROWS.values()),
            },
            hovertemplate=f"{x} %{{x:.0f}}, {y} %{{y:.0f}}<br>{value} %{{z:.0f}}°<extra></extra>",
        )
    )
    lay_grid(figure, x, y)
    middles = [float(edge) for edge in (edges[1:] + edges[:-1]) / 2]
    table = {f"{value} (°)": middles, "n": counts.tolist()}
    return Drawing(framed(figure, title, height), alt, table)


def _picked(shape: tuple[int, ...], scale: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Every so many-th row and column: angles cannot be averaged across the end of the wheel."""
    rows, columns = ((np.arange(int(side / scale)) * scale).astype(np.intp) for side in shape)
    return rows[:, None], columns[None, :]
