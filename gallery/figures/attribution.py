"""Maps laid over the photo that they speak of."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from PIL import Image

from gallery.figures._drawing import Drawing, colour_scale, framed
from gallery.figures._written import png_url
from gallery.figures.heatmap import coloured
from models._images import Pixels

__all__ = ["RAMP", "cut_square", "map_on_photo", "map_picture"]

SIDE = 384  # pixels of the square under the map
RAMP = np.tile(np.linspace(-1, 1, 512, dtype=np.float32), (12, 1))  # the scale, as a map
SEQUENTIAL_VEIL = (  # viridis, thin where little is
    (0.0, "rgba(68,1,84,0.25)"),
    (0.25, "rgba(59,82,139,0.45)"),
    (0.5, "rgba(33,145,140,0.65)"),
    (0.75, "rgba(94,201,98,0.8)"),
    (1.0, "rgba(253,231,37,0.9)"),
)
SIGNED_VEIL = (  # RdBu, red against, blue for; clear in the middle
    (0.0, "rgba(178,24,43,0.9)"),
    (0.25, "rgba(239,138,98,0.6)"),
    (0.5, "rgba(247,247,247,0.12)"),
    (0.75, "rgba(103,169,207,0.6)"),
    (1.0, "rgba(33,102,172,0.9)"),
)


def cut_square(photo: Pixels, box: tuple[int, int, int, int], side: int = SIDE) -> Pixels:
    """The part of a photo that the network is shown, finer than the network sees it."""
    top, left, height, width = box
    part = photo[max(0, top) : top + height, max(0, left) : left + width]
    square = Image.fromarray(part).convert("RGB").resize((side, side), Image.Resampling.LANCZOS)
    pixels: Pixels = np.asarray(square)
    return pixels


def map_on_photo(
    square: Pixels,
    values: NDArray[np.float32],
    title: str,
    alt: str,
    *,
    x: str,
    y: str,
    value: str,
    signed: bool = False,
    limit: float | None = None,
    height: int = 430,
) -> Drawing:
    """Draw a map over the square that the network was shown, its values under the pointer.

    Args:
        square: uint8 (side, side, 3), finer than the map.
        values: (rows, columns) of the map.
        title: Heading.
        alt: What it shows.
        x: What runs to the right, with its unit.
        y: What runs down, with its unit.
        value: What the colour stands for.
        signed: Whether values below zero speak against.
        limit: Value of the strongest colour.
        height: Pixels.
    """
    rows, columns = values.shape
    top = limit if limit is not None else float(np.abs(values).max())
    top = top if top > 0 else 1.0
    step = columns / square.shape[1]
    figure = go.Figure(
        go.Image(
            source=png_url(_grey(square)),
            x0=(step - 1) / 2,
            y0=(step - 1) / 2,
            dx=step,
            dy=step,
            hoverinfo="skip",
        )
    )
    figure.add_heatmap(
        z=values,
        zmin=-top if signed else 0,
        zmax=top,
        colorscale=[list(stop) for stop in (SIGNED_VEIL if signed else SEQUENTIAL_VEIL)],
        colorbar=colour_scale(value),
        hovertemplate=f"{x} %{{x}}, {y} %{{y}}<br>{value} %{{z:.4g}}<extra></extra>",
    )
    figure.update_xaxes(title=x, range=[-0.5, columns - 0.5], constrain="domain", showgrid=False)
    figure.update_yaxes(
        title=y, range=[rows - 0.5, -0.5], scaleanchor="x", constrain="domain", showgrid=False
    )
    return Drawing(framed(figure, title, height), alt)


def map_picture(
    square: Pixels, share: NDArray[np.float32], *, signed: bool = False, side: int = 256
) -> Pixels:
    """The same as pixels, for pictures that stand side by side.

    Args:
        square: uint8 (side, side, 3).
        share: (rows, columns) from -1 to 1.
        signed: Whether values below zero speak against.
        side: Of the answer, in pixels.
    """
    small = Image.fromarray(square).resize((side, side), Image.Resampling.LANCZOS)
    plain = Image.fromarray(np.asarray(share, np.float32))
    kind = Image.Resampling.NEAREST if share.shape[0] <= side else Image.Resampling.BOX
    fine = plain.resize((side, side), kind)
    values = np.clip(np.asarray(fine, np.float32), -1, 1)
    weight = np.clip(0.2 + 0.75 * np.abs(values), 0, 1)[..., None]
    tint = coloured(values, signed=signed, limit=1.0).astype(np.float32)
    mixed: Pixels = (_grey(np.asarray(small)) * (1 - weight) + tint * weight).astype(np.uint8)
    return mixed


def _grey(square: Pixels) -> Pixels:
    grey = square.mean(axis=2).astype(np.uint8)
    stacked: Pixels = np.dstack([grey] * 3)
    return stacked
