"""A photo made worse, in four ways, and what a detector then still finds."""

import io
import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from PIL import Image

from models._detect_boxes import Scores
from models._detect_compare import compare
from models._detect_find import Overlap, Score, detect
from models._detect_names import ModelName
from models._detect_networks import prepare
from models._detect_results import Detections
from models._images import Pixels, as_pixels, to_colour
from models._ranges import Range, checked

__all__ = ["DAMAGES", "Damage", "Endurance", "degrade", "endure", "endure_steps"]

Damage = Literal["blur", "darken", "shrink", "jpeg"]
DAMAGES: tuple[Damage, ...] = ("blur", "darken", "shrink", "jpeg")
WIDEST_BLUR = 0.03  # of the longer side: sigma at amount 1
LEAST_LIGHT = 0.02  # share of the light that is left
SMALLEST = 1 / 16  # of each side
BEST_QUALITY = 90  # of JPEG, next to amount 0


@dataclass(frozen=True, eq=False)
class Endurance:
    """What is still found of a photo as it gets worse."""

    amounts: Scores  # (points,) 0 as it was .. 1 as bad as it gets
    measures: tuple[
        float, ...
    ]  # what the amount means: sigma in pixels, light left, scale, quality
    counts: tuple[int, ...]  # boxes found at each
    still: tuple[int, ...]  # of those found at first, how many are found again (IoU, same class)
    found: tuple[Detections, ...]  # at each, in pixels of the photo as it was
    photos: tuple[Pixels, ...]  # at each, (height, width, 3)


@checked
def degrade(
    photo: Pixels,
    kind: Damage = "blur",
    amount: Annotated[float, Range(0, 1, 0.05)] = 0.5,
) -> Pixels:
    """Make a photo worse.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        kind: ``blur`` (Gaussian), ``darken``, ``shrink`` (and scale back up) or ``jpeg``.
        amount: 0 leaves it as it was; more is worse. At 1 the blur's sigma is 3 % of the longer
            side, 2 % of the light is left, each side had 1/16 of its pixels, or the JPEG quality
            is 1.

    Returns:
        uint8 of the same size; ``(height, width, 3)``.

    Raises:
        InputError: ``photo_shape``.
    """
    pixels = to_colour(as_pixels(photo))
    if amount == 0:
        return pixels.copy()
    return WAYS[kind](pixels, _measure(pixels, kind, amount))


@checked
def endure(
    photo: Pixels,
    model: ModelName = "tiny_yolo",
    kind: Damage = "blur",
    points: Annotated[int, Range(2, 9)] = 5,
    score: Score = 0.25,
    iou: Overlap = 0.5,
) -> Endurance:
    """Make a photo worse in steps, and see what a detector still finds.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        model: The detector.
        kind: In which way: see ``degrade``.
        points: Steps, from the photo as it was to the worst; one run of the network each.
        score: As in ``detect``.
        iou: As in ``detect``; also from which overlap on a box counts as found again.

    Returns:
        What was found at each step.

    Raises:
        InputError: As ``detect``.
        WeightsError: The detector cannot be had.
    """
    *_, last = endure_steps(photo, model, kind, points, score, iou)
    return last


@checked
def endure_steps(
    photo: Pixels,
    model: ModelName = "tiny_yolo",
    kind: Damage = "blur",
    points: Annotated[int, Range(2, 9)] = 5,
    score: Score = 0.25,
    iou: Overlap = 0.5,
) -> Generator[Endurance]:
    """Do as ``endure`` does, and show how it goes; whoever stops asking stops the work.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        model: The detector.
        kind: In which way: see ``degrade``.
        points: Steps, from the photo as it was to the worst; one run of the network each.
        score: As in ``detect``.
        iou: As in ``endure``.

    Yields:
        What was found at all steps so far.

    Raises:
        InputError: As ``detect``.
        WeightsError: The detector cannot be had.
    """
    return _go_on(prepare(photo), model, kind, points, score, iou)


def _go_on(
    pixels: Pixels, model: ModelName, kind: Damage, points: int, score: float, iou: float
) -> Generator[Endurance]:
    amounts = np.linspace(0, 1, points)
    photos: list[Pixels] = []
    found: list[Detections] = []
    for amount in amounts.tolist():
        photos.append(degrade(pixels, kind, amount))
        found.append(detect(photos[-1], model, score, iou))
        done = amounts[: len(found)]
        yield Endurance(
            amounts=done,
            measures=tuple(_measure(pixels, kind, each) for each in done.tolist()),
            counts=tuple(len(each.boxes) for each in found),
            still=tuple(_again(found[0], each, iou) for each in found),
            found=tuple(found),
            photos=tuple(photos),
        )


def _again(first: Detections, later: Detections, iou: float) -> int:
    """How many of the first are found again, as the same class."""
    both = compare(first.boxes, later.boxes, first.labels, later.labels, iou)
    return int(both.agree.sum())


def _measure(pixels: Pixels, kind: Damage, amount: float) -> float:
    """What an amount means: sigma in pixels, share of the light, scale, or quality."""
    if kind == "blur":
        return float(amount * WIDEST_BLUR * max(pixels.shape[:2]))
    if kind == "jpeg":
        return float(round(BEST_QUALITY + amount * (1 - BEST_QUALITY)))
    least = LEAST_LIGHT if kind == "darken" else SMALLEST
    return math.exp(amount * math.log(least))  # least to the power of the amount


def _blur(pixels: Pixels, sigma: float) -> Pixels:
    import cv2

    blurred = cv2.GaussianBlur(pixels, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(blurred, np.uint8)


def _darken(pixels: Pixels, light: float) -> Pixels:
    return np.round(pixels * light).astype(np.uint8)


def _shrink(pixels: Pixels, scale: float) -> Pixels:
    height, width = pixels.shape[:2]
    small = max(1, round(width * scale)), max(1, round(height * scale))
    reduced = Image.fromarray(pixels).resize(small, Image.Resampling.BILINEAR)
    return np.asarray(reduced.resize((width, height), Image.Resampling.BILINEAR))


def _compress(pixels: Pixels, quality: float) -> Pixels:
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "JPEG", quality=int(quality))
    with Image.open(target) as picture:
        return np.asarray(picture.convert("RGB"))


WAYS: dict[Damage, Callable[[Pixels, float], Pixels]] = {
    "blur": _blur,
    "darken": _darken,
    "shrink": _shrink,
    "jpeg": _compress,
}
