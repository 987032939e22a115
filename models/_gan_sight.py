"""What the networks are shown of a visitor's picture: as their training pictures were made.

Digits: light on dark, the ink's box scaled to 20 of 28 pixels and its centre of mass put in the
middle, as Y. LeCun's MNIST, http://yann.lecun.com/exdb/mnist. Clothing: light on dark, its box
scaled to the full side, as H. Xiao et al., *Fashion-MNIST*, 2017,
https://arxiv.org/abs/1708.07747. Colour: the centre square.
Samples, with their axis of channels, are shown as they are; another picture that has the size is
only turned light on dark where that is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from models._errors import InputError
from models._gan_latent import MOST
from models._gan_network import ModelName, find_gan
from models._images import Note, Pixels, as_pixels, to_colour, to_grey

__all__ = ["Pictures", "Shown", "show_to"]

Level = TypeVar("Level", np.uint8, np.float32)
Pictures = Pixels | Sequence[Pixels]
INK = 0.2  # of the way from the background to the brightest: what counts as drawn
FILLED = {"gan_digits": 20 / 28, "gan_fashion": 1.0}  # of the side, by the longer side of the box
LONGEST = 4  # times the shorter side; what lies beyond is never inside the centre square
WORKING = 256  # pixels; a larger picture is scaled down before its ink is looked for


@dataclass(frozen=True, eq=False)
class Shown:
    """Pictures as a network sees them, and what was done to get there."""

    pictures: Pixels  # (N, side, side, channels)
    notes: tuple[tuple[Note, ...], ...]  # one tuple a picture


def show_to(images: Pictures, model: ModelName) -> Shown:
    """Bring pictures to the form a network was trained on.

    Args:
        images: One picture, several of any sizes, or a stack (N, height, width, channels).
        model: The network.

    Returns:
        All of one size.

    Raises:
        InputError: ``photo_shape``, ``pictures_count``.
    """
    kind = find_gan(model)
    several = _several(images)
    if not 1 <= len(several) <= MOST:
        raise InputError("pictures_count", count=len(several), limit=MOST)
    own = (kind.side, kind.side, kind.channels)
    if isinstance(images, np.ndarray) and images.dtype == np.uint8 and images.shape[-3:] == own:
        return Shown(images.reshape(-1, *own), ((),) * len(several))
    shown = [_show(as_pixels(each), model) for each in several]
    pictures, notes = zip(*shown, strict=True)
    return Shown(np.stack(pictures), notes)


def _several(images: Pictures) -> list[Pixels]:
    if not isinstance(images, np.ndarray):
        listed = list(images) if isinstance(images, Sequence) else [images]
        return [_flat(each) for each in listed]
    return [_flat(each) for each in images] if images.ndim == 4 else [_flat(images)]


def _flat(picture: Pixels) -> Pixels:
    """One channel is no channel."""
    is_grey = isinstance(picture, np.ndarray) and picture.ndim == 3 and picture.shape[2] == 1
    return picture[..., 0] if is_grey else picture


def _show(pixels: Pixels, model: ModelName) -> tuple[Pixels, tuple[Note, ...]]:
    """(side, side, channels) and what was done."""
    wanted = find_gan(model)
    notes: list[Note] = []
    if wanted.channels == 3:
        return _centre_square(pixels, wanted.side, notes), tuple(notes)
    same_size = pixels.shape[:2] == (wanted.side, wanted.side)
    small = _bounded(pixels)
    if small.ndim == 3 and not (small == small[..., :1]).all():
        notes.append(Note("made_grey"))
    levels = to_grey(small)
    if _background(levels) > 127.5:
        notes.append(Note("inverted"))
        levels = 255 - levels
    if not same_size:
        levels = _fit(levels, wanted.side, FILLED[model], model == "gan_digits", notes)
    return levels.round().clip(0, 255).astype(np.uint8)[..., None], tuple(notes)


def _background(levels: NDArray[np.float32]) -> float:
    """The median level along the rim."""
    rim = (levels[0], levels[-1], levels[:, 0], levels[:, -1])
    return float(np.median(np.concatenate(rim)))


def _bounded(pixels: Pixels) -> Pixels:
    """Scaled down so that the longer side has at most ``WORKING`` pixels."""
    longest = max(pixels.shape[:2])
    if longest <= WORKING:
        return pixels
    height, width = (max(1, round(each * WORKING / longest)) for each in pixels.shape[:2])
    return _scaled(pixels, height, width)


def _scaled(pixels: NDArray[Level], height: int, width: int) -> NDArray[Level]:
    """Averaged where it shrinks, interpolated where it grows."""
    grows = height > pixels.shape[0] or width > pixels.shape[1]
    kind = cv2.INTER_LINEAR if grows else cv2.INTER_AREA
    scaled = cv2.resize(pixels, (width, height), interpolation=kind)
    return np.asarray(scaled, pixels.dtype)


def _fit(
    levels: NDArray[np.float32], side: int, share: float, by_mass: bool, notes: list[Note]
) -> NDArray[np.float32]:
    """Stretch the levels, scale the box of the ink, and put its middle in the middle."""
    background, brightest = _background(levels), float(levels.max())
    if brightest - background < 1:  # nothing is drawn
        return np.zeros((side, side), np.float32)
    ink = ((levels - background) / (brightest - background)).clip(0, 1)
    rows, columns = (np.flatnonzero((ink > INK).any(axis)) for axis in (1, 0))
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = side * share / max(box.shape)
    height, width = (max(1, round(each * scale)) for each in box.shape)
    small = _scaled(box, height, width) * 255
    notes.append(Note("fitted", {"ink": max(height, width), "side": side}))
    middle = _centre_of_mass(small) if by_mass else (height / 2, width / 2)
    top, left = (  # MNIST's pixels are counted from 0 and their mean is 14 of 28
        int(np.clip(round(side / 2 - at + 1e-6), 0, side - length))
        for at, length in zip(middle, small.shape, strict=True)
    )
    canvas = np.zeros((side, side), np.float32)
    canvas[top : top + height, left : left + width] = small
    return canvas


def _centre_of_mass(levels: NDArray[np.floating]) -> tuple[float, float]:
    total = float(levels.sum())
    down, across = (
        float((levels.sum(1 - axis) * np.arange(length)).sum()) / total
        for axis, length in enumerate(levels.shape)
    )
    return down, across


def _centre_square(pixels: Pixels, side: int, notes: list[Note]) -> Pixels:
    """The centre of a photo in colour, scaled."""
    height, width = pixels.shape[:2]
    square = min(height, width)
    top, left = (height - square) // 2, (width - square) // 2
    cut = pixels[top : top + square, left : left + square]
    if height != width:
        notes.append(Note("centre_square"))
    if square != side:
        sizes: dict[str, object] = {
            "from_size": f"{square} × {square}",
            "to_size": f"{side} × {side}",
        }
        notes.append(Note("scaled", sizes))
        cut = _scaled(np.ascontiguousarray(cut), side, side)
    return to_colour(cut)
