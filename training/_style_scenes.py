"""What the project's style pictures are made of: colours, scenes, clouds, flows and cells."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, zoom
from scipy.spatial import cKDTree

__all__ = [
    "Field",
    "Random",
    "cells",
    "cloud",
    "colours_at",
    "flow",
    "grid",
    "ink",
    "palette",
    "scene_of",
]

Field = NDArray[np.float64]  # (side, side) or (side, side, 3), in 0..1 where it is a tone or colour
Random = np.random.Generator
PALETTES: Mapping[str, Sequence[str]] = {
    "brush_field": ("#12355b", "#2a6f97", "#89c2d9", "#f4d35e", "#ee964b", "#f95738", "#faf0ca"),
    "stained_glass": ("#0b3c8c", "#1a9850", "#d7191c", "#fdae61", "#7b3294", "#2bb7c9", "#ffe066"),
    "mosaic": ("#1d4e5f", "#3a7d7b", "#a8c5b0", "#e9dcc0", "#c98b5a", "#8c3b2a", "#d9a441"),
    "woodcut": ("#1c1712", "#1c1712", "#8c6d46", "#d8c39a", "#efe3c8"),
    "halftone": ("#e4003a", "#ffd400", "#00a0e0", "#fff5e1", "#222222", "#ff7f50"),
    "pointillism": ("#2b59c3", "#43a047", "#f6c945", "#e4572e", "#8e5aa8", "#f3e9d2", "#4fb3bf"),
    "watercolour": ("#7fb7be", "#d3f3ee", "#f5c6aa", "#f7e7ce", "#c48ba0", "#6f8fb0", "#fdfaf3"),
}


def palette(style: str) -> Field:
    """The colours of a style: (colours, 3)."""
    values = [[int(code[at : at + 2], 16) / 255 for at in (1, 3, 5)] for code in PALETTES[style]]
    return np.array(values)


def cloud(side: int, waves: float, random: Random) -> Field:
    """Smooth noise in 0..1 with so many waves over the picture, each level equally frequent."""
    small = random.standard_normal((64, 64))
    smooth = gaussian_filter(small, 64 / (4 * waves), mode="wrap")
    ranks = smooth.ravel().argsort().argsort().reshape(smooth.shape) / (smooth.size - 1)
    grown = zoom(ranks, side / 64, order=3, mode="nearest", grid_mode=True)
    return np.asarray(grown.clip(0, 1))


def scene_of(side: int, style: str, random: Random) -> Field:
    """Soft fields of the style's colours with discs and rings among them."""
    colours = palette(style)
    level = cloud(side, 2.2, random) * (len(colours) - 1)
    low = level.astype(int).clip(0, len(colours) - 2)
    part = np.clip((level - low - 0.35) / 0.3, 0, 1)[..., None]
    scene = colours[low] * (1 - part) + colours[low + 1] * part
    rows, columns = np.mgrid[:side, :side] / side
    for _ in range(9):
        y, x, radius = random.random(), random.random(), random.uniform(0.03, 0.13)
        distance = np.hypot(rows - y, columns - x)
        inside = distance < radius
        if random.random() < 0.4:
            inside &= distance > radius * 0.6
        scene[inside] = colours[random.integers(len(colours))]
    return np.asarray(scene * (0.88 + 0.24 * cloud(side, 5, random)[..., None])).clip(0, 1)


def colours_at(picture: Field, places: Field) -> Field:
    """The colours of a picture at (points, 2) rows and columns."""
    side = len(picture)
    rows, columns = places.round().astype(int).clip(0, side - 1).T
    return np.asarray(picture[rows, columns])


def ink(colour: Field) -> tuple[int, ...]:
    """A colour as a pen wants it."""
    return tuple(int(value) for value in (colour.clip(0, 1) * 255).round())


def flow(angle: Field, place: Field, length: float, steps: int = 8) -> Field:
    """Follow a field of angles: (steps, 3) rows, columns and angles."""
    path = []
    for _ in range(steps):
        turn = colours_at(angle[..., None], place[None])[0, 0]
        path.append((*place, turn))
        place = place + np.array([np.sin(turn), np.cos(turn)]) * length / steps
    return np.array(path)


def grid(first: int, end: int) -> Field:
    """Whole rows and columns from ``first`` on, before ``end``: (points, 2)."""
    rows, columns = np.mgrid[first:end, first:end]
    return np.stack([rows.ravel(), columns.ravel()], axis=1).astype(np.float64)


def cells(side: int, points: Field, order: float = 2) -> tuple[NDArray[np.int64], Field, Field]:
    """The nearest point to each pixel, how far it is, and how much farther the next one."""
    pixels = grid(0, side)
    far, near = cKDTree(points).query(pixels, k=2, p=order)
    shape = (side, side)
    return (
        near[:, 0].reshape(shape),
        far[:, 0].reshape(shape),
        (far[:, 1] - far[:, 0]).reshape(shape),
    )
