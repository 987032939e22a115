"""Values on a grid as colours."""

import functools

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.colors import get_colorscale, sample_colorscale

from gallery.figures._drawing import SEQUENTIAL, SIGNED, Drawing, colour_scale, framed, lay_grid

__all__ = ["coloured", "heatmap"]

MOST = 320  # cells a side that a browser still hovers over without delay
TABLE_MOST = 64  # cells a side that a table still shows


def heatmap(
    values: NDArray[np.generic],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    y: str = "",
    value: str = "",
    signed: bool = False,
    limit: float | None = None,
    height: int = 360,
) -> Drawing:
    """Draw a grid of values, row 0 at the top.

    Args:
        values: (rows, columns); drawn averaged to at most ``MOST`` cells a side.
        title: Heading of the figure.
        alt: What it shows, for those who do not see it.
        x: What runs to the right, with its unit.
        y: What runs down, with its unit.
        value: What the colour stands for, with its unit.
        signed: Centre the colours on zero, symmetrically.
        limit: Value of the strongest colour; give the same to figures that are compared.
        height: Pixels.
    """
    array = np.asarray(values, np.float32)
    low, high = _ends(array, signed, limit)
    small = _averaged(array)
    rows, columns = array.shape
    figure = go.Figure(
        go.Heatmap(
            z=small,
            x0=(columns / small.shape[1] - 1) / 2,
            dx=columns / small.shape[1],
            y0=(rows / small.shape[0] - 1) / 2,
            dy=rows / small.shape[0],
            zmin=low,
            zmax=high,
            colorscale=SIGNED if signed else SEQUENTIAL,
            colorbar=colour_scale(value),
            hovertemplate=f"{x} %{{x:.0f}}, {y} %{{y:.0f}}<br>{value} %{{z:.4g}}<extra></extra>",
        )
    )
    lay_grid(figure, x, y)
    return Drawing(framed(figure, title, height), alt, _table(array, y))


def coloured(
    values: NDArray[np.generic], *, signed: bool = False, limit: float | None = None
) -> NDArray[np.uint8]:
    """The same colours as pixels: (rows, columns) -> uint8 (rows, columns, 3)."""
    array = np.asarray(values, np.float32)
    low, high = _ends(array, signed, limit)
    share = (np.nan_to_num(array) - low) / max(high - low, 1e-12)  # unknown: as zero
    levels: NDArray[np.uint8] = np.clip(share * 255, 0, 255).astype(np.uint8)
    return np.asarray(_scale(signed)[levels], np.uint8)


def _ends(array: NDArray[np.float32], signed: bool, limit: float | None) -> tuple[float, float]:
    finite = array[np.isfinite(array)]
    if signed:
        end = limit if limit is not None else float(np.abs(finite).max(initial=0.0))
        return -(end or 1.0), end or 1.0
    low = min(0.0, float(finite.min(initial=0.0)))
    high = limit if limit is not None else float(finite.max(initial=0.0))
    return low, high if high > low else low + 1.0


def _averaged(array: NDArray[np.float32]) -> NDArray[np.float32]:
    rows, columns = array.shape
    if max(rows, columns) <= MOST:
        return array
    scale = MOST / max(rows, columns)
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    return np.asarray(cv2.resize(array, size, interpolation=cv2.INTER_AREA), np.float32)


@functools.cache
def _scale(signed: bool) -> NDArray[np.uint8]:
    colours = sample_colorscale(
        get_colorscale(SIGNED if signed else SEQUENTIAL),
        list(np.linspace(0, 1, 256)),
        colortype="tuple",
    )
    return np.asarray(np.asarray(colours) * 255, np.uint8)


def _table(array: NDArray[np.float32], y: str) -> dict[str, list[float]]:
    if max(array.shape) > TABLE_MOST:
        return {}
    columns = {str(index): array[:, index].tolist() for index in range(array.shape[1])}
    return {y or "#": list(range(array.shape[0])), **columns}
