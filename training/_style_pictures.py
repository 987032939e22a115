"""Draw the style pictures that the project made: brush strokes, glass, mosaic and others.

Each begins with the same kind of scene, soft fields of a few colours with discs among them, and
renders it in one technique. The same seed gives the same picture.
``python -m training._style_pictures FOLDER`` writes them all.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter, map_coordinates

from training._style_scenes import (
    Field,
    Random,
    cells,
    cloud,
    colours_at,
    flow,
    grid,
    ink,
    palette,
    scene_of,
)

__all__ = ["PICTURES", "draw"]

OVER = 2  # everything is drawn so many times larger, then scaled down


def draw(style: str, side: int = 512, seed: int = 5) -> NDArray[np.uint8]:
    """Draw a style picture.

    Args:
        style: A key of ``PICTURES``.
        side: Pixels of the result.
        seed: Of its random numbers.

    Returns:
        (side, side, 3) RGB.
    """
    random = np.random.default_rng([seed, list(PICTURES).index(style)])
    large = PICTURES[style](scene_of(side * OVER, style, random), random)
    pixels = Image.fromarray((large.clip(0, 1) * 255).round().astype(np.uint8))
    return np.asarray(pixels.resize((side, side), Image.Resampling.LANCZOS))


def _brush_field(scene: Field, random: Random) -> Field:
    """Long strokes along a flow, the broad ones first, each of several bristles."""
    side = len(scene)
    angle = cloud(side, 1.6, random) * 4 * np.pi
    canvas = Image.fromarray((scene * 255).astype(np.uint8))
    pen = ImageDraw.Draw(canvas)
    for share, count in ((0.030, 700), (0.018, 2200), (0.011, 3200)):
        width = share * side
        for place in random.random((count, 2)) * side:
            colour = colours_at(scene, place[None])[0] + random.normal(0, 0.05, 3)
            path = flow(angle, place, width * 5)
            for bristle in np.linspace(-0.5, 0.5, 5):
                across = np.stack([np.cos(path[:, 2]), -np.sin(path[:, 2])], axis=1)
                points = path[:, :2] + across * bristle * width
                tint = ink(colour + random.normal(0, 0.07))
                line = [(x, y) for y, x in points]
                pen.line(line, fill=tint, width=round(width / 4), joint="curve")
    return np.asarray(canvas) / 255


def _stained_glass(scene: Field, random: Random) -> Field:
    """Panes of glowing colour between dark lead."""
    side = len(scene)
    corners = grid(-1, 16)
    points = (corners + random.random(corners.shape)) * side / 15
    cell, far, gap = cells(side, points)
    panes = colours_at(scene, points) ** 0.7 * random.uniform(0.75, 1.2, (len(points), 1))
    glow = 1.12 - 0.45 * far / far.max() + 0.1 * (cloud(side, 14, random) - 0.5)
    lead = np.clip((gap / side - 0.006) / 0.004, 0, 1)[..., None]
    return np.asarray(panes[cell] * glow[..., None] * lead + 0.05 * (1 - lead))


def _mosaic(scene: Field, random: Random) -> Field:
    """Small stones, nearly square, with pale mortar between them."""
    side, step = len(scene), len(scene) / 46
    corners = grid(-4, 51) * step
    bend = np.stack([cloud(side, 1.5, random), cloud(side, 1.5, random)], axis=-1)
    points = (
        corners
        + (colours_at(bend, corners) - 0.5) * 5 * step
        + random.uniform(-0.12, 0.12, corners.shape) * step
    )
    cell, _, gap = cells(side, points, np.inf)
    stones = colours_at(scene, points) + random.normal(0, 0.05, (len(points), 1))
    stone = np.clip((gap / step - 0.14) / 0.12, 0, 1)[..., None]
    mortar = 0.78 + 0.1 * (random.random((side, side, 1)) - 0.5)
    return np.asarray(stones[cell] * stone + mortar * (1 - stone))


def _woodcut(scene: Field, random: Random) -> Field:
    """Black lines on paper that swell where the scene is dark, and bend around it."""
    side = len(scene)
    tone = gaussian_filter(scene.mean(-1), side / 300)
    rows, columns = np.mgrid[:side, :side] / side
    bent = rows + 0.16 * cloud(side, 2, random) + 0.1 * tone + 0.25 * columns
    wave = 0.5 + 0.5 * np.sin(2 * np.pi * 52 * bent + 1.5 * cloud(side, 20, random))
    line = wave < 1.05 - 1.1 * tone
    edge = np.hypot(*np.gradient(gaussian_filter(scene.mean(-1), side / 400))) * side > 7
    dark = gaussian_filter((line | edge).astype(float), 1.2)[..., None]
    paper = np.array([0.93, 0.88, 0.76]) * (0.97 + 0.05 * cloud(side, 16, random)[..., None])
    return np.asarray(paper * (1 - dark) + np.array([0.09, 0.08, 0.07]) * dark)


def _halftone(scene: Field, random: Random) -> Field:
    """Dots of cyan, magenta, yellow and black on grids that are turned against each other."""
    side, pitch = len(scene), len(scene) / 58
    black = 1 - scene.max(-1)
    inks = [*np.moveaxis(1 - scene - black[..., None], -1, 0), black]
    rows, columns = np.mgrid[:side, :side]
    paper = np.full((side, side, 3), 0.98)
    stops = np.array([[1, 0.25, 0.05], [0.1, 1, 0.3], [0.05, 0.15, 1], [0.9, 0.9, 0.9]])
    for amount, stop, degrees in zip(inks, stops, (15, 75, 0, 45), strict=True):
        turn = np.deg2rad(degrees)
        across = (columns * np.cos(turn) + rows * np.sin(turn)) / pitch
        down = (rows * np.cos(turn) - columns * np.sin(turn)) / pitch
        centre = np.hypot(across % 1 - 0.5, down % 1 - 0.5)
        radius = 0.62 * np.sqrt(gaussian_filter(amount, pitch / 2).clip(0, 1))
        dot = np.clip((radius - centre) * 12 + 0.5, 0, 1)[..., None]
        paper *= 1 - dot * stop
    return np.asarray(paper)


def _pointillism(scene: Field, random: Random) -> Field:
    """Round dabs of pure colour, side by side and over each other."""
    side = len(scene)
    canvas = Image.fromarray((scene * 90 + 150).clip(0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(canvas)
    pure = palette("pointillism")
    for place in random.random((16000, 2)) * side:
        colour = colours_at(scene, place[None])[0]
        if random.random() < 0.22:
            colour = pure[random.integers(len(pure))]
        tint = ink(colour + random.normal(0, 0.07, 3))
        radius = random.uniform(0.005, 0.0085) * side
        y, x = place
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=tint)
    return np.asarray(canvas) / 255


def _watercolour(scene: Field, random: Random) -> Field:
    """Pale washes with darker rims that have run into the grain of the paper."""
    side = len(scene)
    waves = [(cloud(side, 7, random) - 0.5) * side * 0.05 for _ in range(2)]
    places = np.mgrid[:side, :side] + np.array(waves)
    run = np.stack(
        [map_coordinates(scene[..., c], places, order=1, mode="nearest") for c in range(3)], -1
    )
    soft = gaussian_filter(run, (side / 250, side / 250, 0))
    rim = np.abs(run - gaussian_filter(run, (side / 90, side / 90, 0))).sum(-1, keepdims=True)
    wash = soft * (1 - 0.55 * rim.clip(0, 0.6)) * (0.86 + 0.2 * cloud(side, 9, random)[..., None])
    grain = gaussian_filter(random.standard_normal((side, side)), 2.2)[..., None]
    pale = 1 - (1 - wash) * (0.82 + 0.3 * cloud(side, 3, random)[..., None])
    return np.asarray(pale + 0.16 * grain)


PICTURES: Mapping[str, Callable[[Field, Random], Field]] = {
    "brush_field": _brush_field,
    "stained_glass": _stained_glass,
    "mosaic": _mosaic,
    "woodcut": _woodcut,
    "halftone": _halftone,
    "pointillism": _pointillism,
    "watercolour": _watercolour,
}


def main(given: Sequence[str] | None = None) -> None:
    """Write all pictures into a folder, as the gallery offers them."""
    parser = argparse.ArgumentParser(description="Draw the project's style pictures.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--side", type=int, default=384)
    options = parser.parse_args(given)
    for style in PICTURES:
        picture = Image.fromarray(draw(style, options.side))
        picture.save(options.folder / f"style_{style}.webp", quality=82, method=6)


if __name__ == "__main__":
    main()
