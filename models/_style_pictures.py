"""Pictures on their way into a network and back: sizes, number types, remarks."""

from typing import Annotated

import cv2
import numpy as np
import torch

from models._errors import InputError
from models._images import Note, Pixels, as_pixels, to_colour
from models._ranges import Range

__all__ = ["WorkingSide", "fit", "resize", "scale_down", "to_batch", "to_pixels"]

WorkingSide = Annotated[int, Range(64, 384, 32, "px")]
SMALLEST = 8  # pixels of a shorter side; less has neither content nor style
NARROWEST = 16  # times as long as wide; more, and the short side has no place in deep layers


def scale_down(photo: Pixels, side: int) -> tuple[Pixels, tuple[Note, ...]]:
    """Give a photo three channels and scale it down where it is too large; say so then.

    Args:
        photo: uint8 (height, width) or (height, width, 3), of any size.
        side: The longer side may have this many pixels.

    Returns:
        uint8 (height, width, 3), and ``scaled`` or nothing.

    Raises:
        InputError: ``photo_shape``.
    """
    pixels = as_pixels(photo)
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return to_colour(pixels), ()
    small = resize(pixels, max(1, round(height * scale)), max(1, round(width * scale)))
    before, after = (f"{each.shape[1]} × {each.shape[0]}" for each in (pixels, small))
    return to_colour(small), (Note("scaled", {"from_size": before, "to_size": after}),)


def fit(photo: Pixels, side: int, minimum: int) -> Pixels:
    """Scale a picture so that a loss network can read all its layers.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        side: The longer side may have this many pixels, unless the shorter one needs more.
        minimum: The shorter side needs at least this many.

    Returns:
        uint8 (height, width, 3).

    Raises:
        InputError: ``photo_shape``, ``photo_too_small``, ``photo_too_narrow``.
    """
    pixels = as_pixels(photo)
    height, width = pixels.shape[:2]
    shorter, longer = sorted((height, width))
    if shorter < SMALLEST:
        raise InputError("photo_too_small", width=width, height=height, limit=SMALLEST)
    if longer > NARROWEST * shorter:
        raise InputError("photo_too_narrow", ratio=round(longer / shorter, 1))
    scale = max(min(1.0, side / longer), minimum / shorter)
    return to_colour(resize(pixels, round(height * scale), round(width * scale)))


def resize(pixels: Pixels, height: int, width: int) -> Pixels:
    """Scale a picture to a size: averaged on the way down, bilinear on the way up."""
    if pixels.shape[:2] == (height, width):
        return pixels
    is_smaller = height * width < pixels.shape[0] * pixels.shape[1]
    kind = cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR
    scaled: Pixels = cv2.resize(pixels, (width, height), interpolation=kind).astype(np.uint8)
    return scaled


def to_batch(pixels: Pixels, device: torch.device) -> torch.Tensor:
    """Pixels (height, width, 3) or (photos, height, width, 3) as (photos, 3, ...) in 0..1."""
    batch = torch.from_numpy(np.array(pixels)).reshape(-1, *pixels.shape[-3:]).to(device)
    return batch.permute(0, 3, 1, 2).float().div(255)


def to_pixels(batch: torch.Tensor) -> Pixels:
    """Values in 0..1 (photos, 3, height, width) as uint8 (photos, height, width, 3)."""
    levels = batch.detach().clamp(0, 1).mul(255).round().byte().permute(0, 2, 3, 1)
    return np.ascontiguousarray(levels.cpu().numpy())
