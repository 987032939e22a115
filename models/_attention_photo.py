"""What a vision transformer looks at on a photo.

The photo is squeezed into a square and cut into patches, each of which is a token; a [class] token
before them gathers what the photo is. What it looks at in each head is a small map of the photo.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.transforms.v2 import functional as pictures

from models._attention_flow import roll
from models._errors import InputError
from models._gate import turn
from models._images import Pixels, as_pixels, to_colour
from models._load import device_of, load
from models._ranges import Range, checked
from models._spec import ModelSpec
from models._transformer import take_apart
from models.networks._classifier import Classifier
from models.networks.hub_vision_transformers import VIT_BASE

__all__ = [
    "PHOTO_MODELS",
    "Patches",
    "PhotoAttention",
    "PhotoGuess",
    "PhotoModelName",
    "attend_photo",
    "patches",
]

PhotoModelName = Literal["vit-base-patch16-224"]
CLASSIFIERS: tuple[Classifier, ...] = (VIT_BASE,)
PHOTO_MODELS: tuple[ModelSpec, ...] = tuple(each.spec for each in CLASSIFIERS)
MINIMUM_SIDE = 8  # pixels of the photo's shorter side; less is not a picture of anything
GUESSES = 5
PATCH = 16  # pixels a side, of every network here
Maps = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Patches:
    """A photo as a sequence: what stands in place of words."""

    tiles: Pixels  # (rows, columns, patch, patch, 3) in reading order
    pixels: Pixels  # (side, side, 3) the photo they were cut from, squeezed into a square
    patch: int  # pixels a side
    numbers: int  # in one patch: what takes the place of a word's number


@dataclass(frozen=True)
class PhotoGuess:
    """What the network takes a photo for."""

    number: int  # of the class
    en: str
    zh: str
    probability: float


@dataclass(frozen=True, eq=False)
class PhotoAttention:
    """What the [class] token looked at, head by head and rolled out."""

    weights: Maps  # (layers, heads, rows, columns) of patches; with ``itself`` they add up to 1
    itself: Maps  # (layers, heads) what it kept for itself
    rollout: Maps  # (layers, rows, columns) through all layers up to each; shares of the photo
    pixels: Pixels  # (side, side, 3) what the network was shown
    patch: int  # pixels a side of a patch
    guesses: tuple[PhotoGuess, ...]  # the most probable first
    model: PhotoModelName


@checked
def patches(photo: Pixels, model: PhotoModelName = "vit-base-patch16-224") -> Patches:
    """Cut a photo into what a vision transformer reads: no network is needed for that.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        model: The network that would read them.

    Raises:
        InputError: ``photo_too_small``.
    """
    found = _find(model)
    pixels = _squeeze(photo, found.input_size)
    across = found.input_size // PATCH
    tiles = pixels.reshape(across, PATCH, across, PATCH, 3).swapaxes(1, 2)
    return Patches(np.ascontiguousarray(tiles), pixels, PATCH, 3 * PATCH**2)


@checked
def attend_photo(
    photo: Pixels,
    model: PhotoModelName = "vit-base-patch16-224",
    residual: Annotated[float, Range(0.0, 0.9, 0.1)] = 0.5,
) -> PhotoAttention:
    """Have a vision transformer look at a photo.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        model: The network.
        residual: Of the rollout: share of a token's state that goes past a layer unchanged.

    Raises:
        InputError: ``photo_too_small``.
    """
    found = _find(model)
    pixels = _squeeze(photo, found.input_size)
    network: Any = load(found.spec)
    layers = take_apart(network.vit)
    with turn(), torch.inference_mode():
        states = layers.embed(_normalise(pixels, found).to(device_of(network)))
        after, kept = zip(*layers.run(states), strict=True)
        scores = network.classifier(layers.close(after[-1])[0, 0])
        weights = torch.cat(kept).float().cpu().numpy()
        probabilities = scores.float().softmax(0).cpu().numpy()
    across = round((weights.shape[-1] - 1) ** 0.5)
    rolled = roll(weights, residual)[:, 0, 1:]
    rolled = (rolled / rolled.sum(-1, keepdims=True)).astype(np.float32)
    return PhotoAttention(
        weights=weights[:, :, 0, 1:].reshape(*weights.shape[:2], across, across).copy(),
        itself=weights[:, :, 0, 0].copy(),
        rollout=rolled.reshape(-1, across, across),
        pixels=pixels,
        patch=PATCH,
        guesses=_guesses(probabilities, found),
        model=model,
    )


def _find(model: PhotoModelName) -> Classifier:
    return next(each for each in CLASSIFIERS if each.spec.name == model)


def _squeeze(photo: Pixels, side: int) -> Pixels:
    """The whole photo as a square, as the network was trained to see it."""
    pixels = as_pixels(photo)
    height, width = pixels.shape[:2]
    if min(height, width) < MINIMUM_SIDE:
        raise InputError("photo_too_small", width=width, height=height, limit=MINIMUM_SIDE)
    batch = torch.from_numpy(np.array(to_colour(pixels))).permute(2, 0, 1)[None]
    small: torch.Tensor = pictures.resize(batch, [side, side], antialias=True)
    return np.ascontiguousarray(small[0].permute(1, 2, 0).numpy())


def _normalise(pixels: Pixels, classifier: Classifier) -> torch.Tensor:
    """(1, 3, side, side) as the network was trained."""
    mean, deviation = (
        torch.tensor(three).view(3, 1, 1) for three in (classifier.mean, classifier.std)
    )
    values = torch.from_numpy(pixels).permute(2, 0, 1).float().div(255)
    return ((values - mean) / deviation)[None]


def _guesses(probabilities: Maps, classifier: Classifier) -> tuple[PhotoGuess, ...]:
    best = np.argsort(-probabilities, kind="stable")[:GUESSES]
    names = classifier.classes
    return tuple(
        PhotoGuess(int(each), names[each].en, names[each].zh, float(probabilities[each]))
        for each in best
    )
