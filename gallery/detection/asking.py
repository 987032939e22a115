"""What a detector says of a photo, and of the same photo in a mirror, timed when it is warm."""

import dataclasses
import time

import numpy as np
from numpy.typing import NDArray

from gallery.answers import answer
from gallery.photo import Photo
from models import object_detection as od
from models._images import Pixels
from models._spec import ModelSpec

__all__ = ["asked", "asked_in_mirror", "pooling_time"]

PATIENCE = 1500.0  # milliseconds: what took longer is not run a second time


def asked(photo: Photo, spec: ModelSpec) -> od.Raw:
    """All that it says of the photo."""
    return answer(warm, photo, spec.name)


def asked_in_mirror(photo: Photo, spec: ModelSpec) -> od.Raw:
    """All that it says of the photo in a mirror, with the boxes turned back."""
    return answer(mirrored, photo, spec.name)


def warm(pixels: Pixels, model: od.ModelName) -> od.Raw:
    """Ask, and ask again: the first time may include loading the network."""
    first = od.raw(pixels, model)
    return first if first.milliseconds > PATIENCE else od.raw(pixels, model)


def mirrored(pixels: Pixels, model: od.ModelName) -> od.Raw:
    """Ask about the photo in a mirror; left and right of the boxes are changed back."""
    found = warm(np.ascontiguousarray(pixels[:, ::-1]), model)
    boxes = found.boxes.copy()
    boxes[:, [0, 2]] = found.width - found.boxes[:, [2, 0]]
    return dataclasses.replace(found, boxes=boxes, grid=None, proposals=None)


def pooling_time(
    features: NDArray[np.float64], boxes: NDArray[np.float64], size: int, scale: float
) -> float:
    """Milliseconds that cutting all these boxes out of one map takes; see ``pool_region``."""
    start = time.perf_counter()
    for box in boxes:
        od.pool_region(features, box, size, scale)
    return 1000 * (time.perf_counter() - start)
