"""What a classifier is shown of a photo: its centre, as a square of the size it was trained on.

The choice of classifiers stands here as well, because every public function of the demo names one.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import torch
from torchvision.transforms.v2 import functional as pictures

from models._errors import InputError
from models._images import Pixels, as_pixels, to_colour
from models._load import load
from models._ranges import Range
from models._spec import ModelSpec
from models.networks import tiny_vgg, torchvision_classifiers

if TYPE_CHECKING:
    from torch import nn

    from models.networks._classifier import Classifier

__all__ = [
    "CLASSIFIERS",
    "MINIMUM_SIDE",
    "MODELS",
    "ModelName",
    "Side",
    "Sight",
    "check_target",
    "find_classifier",
    "look",
    "network_of",
    "normalise",
]

ModelName = Literal[
    "tiny_vgg",
    "alexnet",
    "vgg16",
    "googlenet",
    "resnet18",
    "resnet50",
    "mobilenet_v3_large",
    "convnext_tiny",
]
Side = Annotated[int | None, Range(64, 320, 32, "px")]
CLASSIFIERS: "tuple[Classifier, ...]" = (
    tiny_vgg.CLASSIFIER,
    *torchvision_classifiers.CLASSIFIERS,
)
MODELS: tuple[ModelSpec, ...] = tuple(classifier.spec for classifier in CLASSIFIERS)
MINIMUM_SIDE = 8  # pixels of the photo's shorter side; less is not a picture of anything
LONGEST = 4  # times the shorter side; what lies beyond is never inside the centre square


@dataclass(frozen=True, eq=False)
class Sight:
    """The square that the network is shown, and where in the photo it lies."""

    pixels: Pixels  # (side, side, 3) RGB
    box: tuple[int, int, int, int]  # top, left, height, width in pixels of the photo


def find_classifier(model: ModelName) -> "Classifier":
    """The classifier of a name."""
    return next(entry for entry in CLASSIFIERS if entry.spec.name == model)


def network_of(model: ModelName) -> "nn.Module":
    """The shared instance of a network: for reading only."""
    return load(find_classifier(model).spec)


def look(photo: Pixels, model: ModelName, side: int | None = None) -> Sight:
    """Resize the shorter side and cut the centre square, as the network was trained to see it.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        model: The classifier that looks.
        side: Side of the square in pixels; None: the classifier's own.

    Returns:
        The square and its box in the photo.

    Raises:
        InputError: ``photo_too_small`` when a side is under ``MINIMUM_SIDE`` pixels.
    """
    pixels = as_pixels(photo)
    if min(pixels.shape[:2]) < MINIMUM_SIDE:
        height, width = pixels.shape[:2]
        raise InputError("photo_too_small", width=width, height=height, limit=MINIMUM_SIDE)
    classifier = find_classifier(model)
    wanted = side or classifier.input_size
    shorter = round(classifier.resize * wanted / classifier.input_size)
    cut, offset = _cut_long(pixels)
    small = _shorten(cut, shorter)
    square = np.ascontiguousarray(pictures.center_crop(small, [wanted, wanted])[0].numpy())
    scale = min(cut.shape[:2]) / shorter  # pixels of the photo to a pixel of the square
    tall = round(wanted * scale)
    top, left = ((length - tall) // 2 for length in cut.shape[:2])
    box = (top + offset[0], left + offset[1], tall, tall)
    return Sight(np.ascontiguousarray(square.transpose(1, 2, 0)), box)


def normalise(pixels: Pixels, model: ModelName) -> torch.Tensor:
    """Scale pixels as the classifier was trained.

    Args:
        pixels: uint8 (height, width, 3) or a batch of them.
        model: The classifier.

    Returns:
        float32 (batch, 3, height, width) on the device of the network.
    """
    classifier = find_classifier(model)
    batch = torch.from_numpy(np.array(pixels)).reshape(-1, *pixels.shape[-3:])
    place = next(network_of(model).parameters()).device
    values = batch.to(place).permute(0, 3, 1, 2).float().div(255)
    mean, deviation = (
        torch.tensor(three, device=place).view(1, 3, 1, 1)
        for three in (classifier.mean, classifier.std)
    )
    return ((values - mean) / deviation).contiguous()


def check_target(target: int | None, model: ModelName) -> None:
    """Refuse a class that the network does not have."""
    classes = len(find_classifier(model).classes)
    if target is not None and not 0 <= target < classes:
        raise InputError("class_range", value=target, last=classes - 1)


def _cut_long(pixels: Pixels) -> tuple[Pixels, tuple[int, int]]:
    """Cut the ends off a very long photo, and give it three channels."""
    limit = LONGEST * min(pixels.shape[:2])
    top, left = (max(0, (length - limit) // 2) for length in pixels.shape[:2])
    cut = pixels[top : top + limit, left : left + limit]
    return to_colour(cut), (top, left)


def _shorten(pixels: Pixels, shorter: int) -> torch.Tensor:
    batch = torch.from_numpy(np.array(pixels)).permute(2, 0, 1)[None]
    small: torch.Tensor = pictures.resize(batch, [shorter], antialias=True)
    return small
