"""Small generated pictures made fit for a page, and files of them to take away."""

import io
import zipfile
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models._images import Pixels

__all__ = ["as_gif", "as_zip", "enlarged", "in_colour"]

LARGE = 224  # pixels a side of what is taken away


def in_colour(images: NDArray[np.uint8]) -> list[Pixels]:
    """Grey or coloured pictures (N, height, width, 1 or 3) as (height, width, 3) each."""
    return [np.repeat(one, 3 // one.shape[-1], axis=-1) for one in images]


def enlarged(picture: Pixels, side: int = LARGE) -> Pixels:
    """Each pixel as a square, so that no browser blurs it: about that many pixels a side."""
    factor = max(1, round(side / max(picture.shape[:2])))
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


def as_gif(frames: Sequence[Pixels], pause: int = 90, back: bool = False) -> bytes:
    """A film as a GIF that runs for ever.

    Args:
        frames: Pictures of one size, (height, width, 3).
        pause: Milliseconds from frame to frame.
        back: Whether it runs back to where it began.
    """
    shown = [*frames, *frames[-2:0:-1]] if back else list(frames)
    first, *rest = [Image.fromarray(enlarged(one)) for one in shown]
    target = io.BytesIO()
    first.save(target, "GIF", save_all=True, append_images=rest, duration=pause, loop=0)
    return target.getvalue()


def as_zip(frames: Sequence[Pixels], stem: str) -> bytes:
    """Every frame as a PNG of its own size, numbered from 0, in one ZIP file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for number, one in enumerate(frames):
            png = io.BytesIO()
            Image.fromarray(one).save(png, "PNG")
            packed.writestr(zipfile.ZipInfo(f"{stem}_{number:03d}.png"), png.getvalue())
    return target.getvalue()
