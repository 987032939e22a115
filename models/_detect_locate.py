"""One thing, one box: a classifier that also says where, with four more numbers.

Beside the softmax over classes the network answers with a box, and both are trained at once:

    loss = cross-entropy(class) + weight * smooth L1(box)

smooth L1 of a difference d, in tenths of a side of the photo, is d^2 / 2 where |d| < 1 and
|d| - 1/2 beyond it, added up over the four numbers. It works where a photo shows one thing; where
it shows two, one box has to lie between them.
"""

import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torchvision.transforms.v2 import functional as pictures

from models._detect_boxes import Boxes, Labels, Scores, as_boxes, overlaps_of
from models._detect_networks import prepare
from models._errors import InputError
from models._gate import turn
from models._images import Pixels
from models._load import device_of, load
from models._ranges import checked
from models._sight import check_target, network_of
from models.networks import tiny_locator
from models.networks._classifier import ClassName as Named
from models.networks.tiny_vgg import CLASSIFIER

__all__ = ["LOCATORS", "Located", "locate"]

LOCATORS = (tiny_locator.SPEC,)

LIKELIEST = 5


@dataclass(frozen=True, eq=False)
class Located:
    """One class and one box, and what a true answer would cost."""

    box: Boxes  # (4,) x1 y1 x2 y2 in pixels of the photo
    label: int  # of the classifier's 200 classes
    name: Named  # in both languages
    probability: float
    likeliest: Labels  # (5,) classes
    names: tuple[Named, ...]  # (5,)
    probabilities: Scores  # (5,)
    iou: float | None  # with the true box; None where none is given
    box_loss: float | None  # smooth L1 over the four numbers; None where no true box is given
    differences: NDArray[np.float64] | None  # (4,) found - true, in tenths of a side
    class_loss: float | None  # cross-entropy; None where no true class is given
    milliseconds: float


@checked
def locate(photo: Pixels, truth: ArrayLike | None = None, target: int | None = None) -> Located:
    """Name the one thing in a photo and put one box around it.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        truth: x1, y1, x2, y2 of the true box in pixels of the photo, to see the loss.
        target: The true class, to see the loss: of the classifier's 200.

    Returns:
        The class, the box, and the two losses where the truth is given.

    Raises:
        InputError: ``photo_shape``, ``photo_too_small``, ``class_range``, ``box_outside``, or as
            ``overlap``.
        WeightsError: The network cannot be had.
    """
    pixels = prepare(photo)
    check_target(target, "tiny_vgg")
    true = _true_box(truth, *pixels.shape[:2])
    eye, network = network_of("tiny_vgg"), load(tiny_locator.SPEC)
    start = time.perf_counter()
    with turn(), torch.inference_mode():
        features = eye.get_submodule("features")(_squeeze(pixels).to(device_of(eye)))
        logits, units = network(features.to(device_of(network)))
        shares = logits[0].double().softmax(dim=0).cpu().numpy()
        found = units[0].double().cpu().numpy()
    seconds = time.perf_counter() - start
    height, width = pixels.shape[:2]
    to_photo = np.array([width, height] * 2) / tiny_locator.UNITS
    box = _in_order(found * to_photo, width, height)
    differences = None if true is None else found - true / to_photo
    best = np.argsort(-shares, kind="stable")[:LIKELIEST]
    return Located(
        box=box,
        label=int(best[0]),
        name=CLASSIFIER.classes[best[0]],
        probability=float(shares[best[0]]),
        likeliest=best,
        names=tuple(CLASSIFIER.classes[each] for each in best),
        probabilities=shares[best],
        iou=None if true is None else float(overlaps_of(box[None], true[None])[0, 0]),
        box_loss=None if differences is None else float(_smooth(differences).sum()),
        differences=differences,
        class_loss=None if target is None else float(-np.log(max(shares[target], 1e-300))),
        milliseconds=seconds * 1000,
    )


def _true_box(truth: ArrayLike | None, height: int, width: int) -> Boxes | None:
    if truth is None:
        return None
    boxes = as_boxes(truth)
    if len(boxes) != 1:
        raise InputError("boxes_shape", shape=f"{len(boxes)} × 4")
    box: Boxes = boxes[0]
    if box[0] >= width or box[1] >= height or box[2] <= 0 or box[3] <= 0:
        raise InputError("box_outside", width=width, height=height)
    return box


def _squeeze(pixels: Pixels) -> torch.Tensor:
    """The photo as the network takes it (1, 3, INPUT, INPUT), whatever its sides."""
    batch = torch.from_numpy(np.array(pixels)).permute(2, 0, 1)[None].float()
    small = pictures.resize(batch, [tiny_locator.INPUT] * 2, antialias=True)
    mean, deviation = (
        torch.tensor(three).view(1, 3, 1, 1) for three in (CLASSIFIER.mean, CLASSIFIER.std)
    )
    scaled: torch.Tensor = (small / 255 - mean) / deviation
    return scaled.contiguous()


def _in_order(box: Boxes, width: int, height: int) -> Boxes:
    """Left before right, top above bottom, inside the photo."""
    x, y = (np.sort(box[place::2].clip(0, limit)) for place, limit in ((0, width), (1, height)))
    return np.array([x[0], y[0], x[1], y[1]])


def _smooth(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    far = np.abs(differences)
    costs: NDArray[np.float64] = np.where(far < 1, far**2 / 2, far - 0.5)
    return costs
