"""How it was done before: a window slides over the photo, and a classifier names what is in it."""

import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torchvision.transforms.v2 import functional as pictures

from models._detect_boxes import Boxes, Labels, Scores
from models._detect_networks import prepare
from models._detect_suppress import suppress
from models._errors import InputError
from models._gate import turn
from models._images import Pixels
from models._load import device_of
from models._ranges import Range, checked
from models._sight import network_of
from models.networks._classifier import ClassName as Named
from models.networks.tiny_vgg import CLASSIFIER, MINIMUM_SIDE

__all__ = ["BATCH", "Sliding", "Window", "named", "slide", "slide_steps"]

MOST = 600  # windows
IOU = 0.3  # of two windows of a class that overlap by more the lesser goes
BATCH = 32  # windows in one turn at the machine


@dataclass(frozen=True, eq=False)
class Window:
    """A window that a class was found in."""

    box: Boxes  # (4,) x1 y1 x2 y2 in pixels of the photo
    label: int  # of the classifier's classes
    name: Named  # of the class, in both languages
    probability: float


@dataclass(frozen=True, eq=False)
class Sliding:
    """Every window, and what the classifier takes it for."""

    boxes: Boxes  # (N, 4) windows in the order they were looked at, row by row
    labels: Labels  # (N,) the likeliest of the classifier's classes
    probabilities: Scores  # (N,) of that class
    found: tuple[Window, ...]  # those above ``score``, suppressed, the surest first
    rows: int
    columns: int
    milliseconds: float  # for all windows
    once_milliseconds: float  # for the whole photo in one pass, as large as the windows show it
    pixels_ratio: float  # pixels in all windows to pixels of the photo: what is computed again


@checked
def slide(
    photo: Pixels,
    model: Literal["tiny_vgg"] = "tiny_vgg",
    window: Annotated[int | None, Range(16, 512, 16, "px")] = None,
    stride: Annotated[int | None, Range(4, 256, 4, "px")] = None,
    score: Annotated[float, Range(0, 1, 0.01)] = 0.5,
    iou: Annotated[float, Range(0, 1, 0.01)] = IOU,
) -> Sliding:
    """Slide a square window over a photo and ask a classifier of whole photos about each place.

    The classifier has no class for "nothing": every window is taken for something, and only the
    probability can tell. One window size finds things of one size and shape.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        model: The classifier: demo 23's, with 200 classes.
        window: Side of the window in pixels of the photo; None: half the shorter side.
        stride: Pixels from window to window; smaller looks at more places. None: a quarter of
            the window.
        score: Windows below this probability found nothing.
        iou: Of two windows of a class that overlap by more the lesser is suppressed.

    Returns:
        All windows, what was found, and what it took.

    Raises:
        InputError: ``photo_shape``, ``photo_too_small``, ``photo_too_narrow``,
            ``window_over_photo`` when the window is larger than the photo, or
            ``windows_too_many``.
    """
    *_, last = slide_steps(photo, model, window, stride, score, iou)
    return last


@checked
def slide_steps(
    photo: Pixels,
    model: Literal["tiny_vgg"] = "tiny_vgg",
    window: Annotated[int | None, Range(16, 512, 16, "px")] = None,
    stride: Annotated[int | None, Range(4, 256, 4, "px")] = None,
    score: Annotated[float, Range(0, 1, 0.01)] = 0.5,
    iou: Annotated[float, Range(0, 1, 0.01)] = IOU,
) -> Generator[Sliding]:
    """Do as ``slide`` does, and show how it goes; whoever stops asking stops the work.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        model: The classifier.
        window: Side of the window in pixels of the photo; None: half the shorter side.
        stride: Pixels from window to window; None: a quarter of the window.
        score: Windows below this probability found nothing.
        iou: Of two windows of a class that overlap by more the lesser is suppressed.

    Yields:
        All windows after each few of them; those not yet looked at have the probability 0.

    Raises:
        InputError: As ``slide``.
    """
    pixels = prepare(photo)
    side = window or max(1, min(pixels.shape[:2]) // 2)
    tops, lefts = _places(pixels, side, stride or max(1, side // 4))
    return _look(pixels, side, tops, lefts, network_of(model), score, iou)


def _look(
    pixels: Pixels,
    side: int,
    tops: Labels,
    lefts: Labels,
    network: nn.Module,
    score: float,
    iou: float,
) -> Generator[Sliding]:
    """Name window after window, row by row."""
    corners = np.stack(np.meshgrid(lefts, tops), axis=-1).reshape(-1, 2)
    boxes = np.concatenate([corners, corners + side], axis=1).astype(np.float64)
    labels, probabilities = np.zeros(len(boxes), np.int64), np.zeros(len(boxes))
    seconds, once = 0.0, _time_once(pixels, side, network)
    for part in np.array_split(np.arange(len(boxes)), -(-len(boxes) // BATCH)):
        start = time.perf_counter()
        shares = _name(pixels, corners[part], side, network)
        seconds += time.perf_counter() - start
        labels[part], probabilities[part] = shares.argmax(axis=1), shares.max(axis=1)
        yield Sliding(
            boxes=boxes,
            labels=labels.copy(),
            probabilities=probabilities.copy(),
            found=named(boxes, labels, probabilities, score, iou),
            rows=len(tops),
            columns=len(lefts),
            milliseconds=seconds * 1000,
            once_milliseconds=once,
            pixels_ratio=len(boxes) * side**2 / (pixels.shape[0] * pixels.shape[1]),
        )


def named(
    boxes: Boxes, labels: Labels, probabilities: Scores, score: float, iou: float = IOU
) -> tuple[Window, ...]:
    """Windows above a probability, suppressed, the surest first; see ``Sliding`` and ``slide``."""
    sure = np.flatnonzero(probabilities >= max(score, 1e-9))  # 0: not yet looked at
    kept = sure[suppress(boxes[sure], probabilities[sure].clip(0, 1), iou, labels[sure]).kept]
    return tuple(_window(boxes[n], int(labels[n]), probabilities[n]) for n in kept)


def _places(pixels: Pixels, side: int, stride: int) -> tuple[Labels, Labels]:
    """Top and left edges of the windows that lie in the photo."""
    height, width = pixels.shape[:2]
    if side > min(height, width):
        raise InputError("window_over_photo", window=side, width=width, height=height)
    tops, lefts = (np.arange(0, length - side + 1, stride) for length in (height, width))
    if len(tops) * len(lefts) > MOST:
        raise InputError("windows_too_many", count=len(tops) * len(lefts), limit=MOST)
    return tops, lefts


def _window(box: Boxes, label: int, probability: np.float64) -> Window:
    return Window(box, label, CLASSIFIER.classes[label], float(probability))


def _name(pixels: Pixels, corners: Labels, side: int, network: nn.Module) -> NDArray[np.float32]:
    """Ask the classifier about windows: probabilities (windows, classes)."""
    cuts = np.stack([pixels[top : top + side, left : left + side] for left, top in corners])
    batch = torch.from_numpy(cuts).permute(0, 3, 1, 2).float()
    size = CLASSIFIER.input_size
    with turn(), torch.inference_mode():
        shown = pictures.resize(batch.to(device_of(network)), [size, size], antialias=True)
        answer: NDArray[np.float32] = network(_scaled(shown)).softmax(dim=1).cpu().numpy()
    return answer


def _time_once(pixels: Pixels, side: int, network: nn.Module) -> float:
    """Milliseconds for the whole photo in one pass, as large as the windows show it."""
    scale = CLASSIFIER.input_size / side
    size = [max(MINIMUM_SIDE, round(length * scale)) for length in pixels.shape[:2]]
    start = time.perf_counter()
    with turn(), torch.inference_mode():
        batch = torch.from_numpy(np.array(pixels)).to(device_of(network))
        whole = pictures.resize(batch.permute(2, 0, 1)[None].float(), size, antialias=True)
        network(_scaled(whole)).cpu()
    return (time.perf_counter() - start) * 1000


def _scaled(batch: torch.Tensor) -> torch.Tensor:
    mean, deviation = (
        torch.tensor(three, device=batch.device).view(1, 3, 1, 1)
        for three in (CLASSIFIER.mean, CLASSIFIER.std)
    )
    return (batch / 255 - mean) / deviation
