"""Pictures as data URLs, small enough to travel to a browser by the dozen."""

import base64
import io

import numpy as np
from PIL import Image

from models._images import Pixels

__all__ = ["packed_url", "webp_bytes", "webp_url"]

QUALITY = 88


def webp_bytes(pixels: Pixels, most: int | None = None, quality: int = QUALITY) -> bytes:
    """A picture as a WebP file.

    Args:
        pixels: uint8 (height, width) or (height, width, 3).
        most: Its longer side is made as small as that, where given.
        quality: Of the WebP, 0..100.
    """
    picture = Image.fromarray(np.asarray(pixels))
    if most is not None:
        picture.thumbnail((most, most), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    picture.save(target, "WEBP", quality=quality, method=2)
    return target.getvalue()


def packed_url(packed: bytes) -> str:
    """A WebP file as a data URL."""
    return "data:image/webp;base64," + base64.b64encode(packed).decode("ascii")


def webp_url(pixels: Pixels, most: int | None = None, quality: int = QUALITY) -> str:
    """A picture as a WebP data URL; see ``webp_bytes``."""
    return packed_url(webp_bytes(pixels, most, quality))
