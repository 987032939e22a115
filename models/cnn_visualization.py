"""What each layer of a trained network makes of a photo, and why it answered as it did.

A convolutional network turns a photo into maps, and those into maps again: each layer slides small
filters over all maps of the layer below. Position (i, j) of channel k is

    y_k(i, j) = relu(b_k + sum over c, u, v of w_k(c, u, v) x_c(s i + u - p, s j + v - p))

Pooling makes the maps smaller, so that a filter of the same size sees more and more of the photo:
first edges and colours, then textures, then parts of things. The last layer adds up, per class,
what speaks for it (a score, or logit), and softmax turns the scores into probabilities.

Three questions are asked here of such a network. What does it see: ``layers``, ``filters``,
``feature_maps``, ``exciting_patches``. Why did it answer so: ``attribute``, ``contrast``, and
whether that can be believed: ``deletion_insertion``, ``randomise``. What does it look for, and
what throws it off: ``maximise``, ``move``, ``sweep``.

Sources: Zeiler and Fergus, *Visualizing and Understanding Convolutional Networks*, 2014,
https://arxiv.org/abs/1311.2901; Goodfellow, Bengio and Courville, *Deep Learning*, 2016, chapter 9;
each method names its own.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray

from models._activations import (
    Excitement,
    FeatureMaps,
    Filters,
    LayerRow,
    exciting_patches,
    feature_maps,
    filters,
    layers,
)
from models._attribution import (
    LAYER_METHODS,
    Attribution,
    Baseline,
    Contrast,
    Method,
    attribute,
    contrast,
)
from models._gate import turn
from models._images import Pixels
from models._maximise import Frame, maximise
from models._motion import Moved, Sweep, Sweepable, move, sweep
from models._ranges import Range, checked
from models._sight import MODELS, ModelName, Sight, find_classifier, look, network_of, normalise
from models._trust import Curves, Randomised, deletion_insertion, randomise
from models.networks._classifier import ClassName

__all__ = [
    "LAYER_METHODS",
    "MODELS",
    "Attribution",
    "Baseline",
    "Classification",
    "Contrast",
    "Curves",
    "Excitement",
    "FeatureMaps",
    "Filters",
    "Frame",
    "Guess",
    "LayerRow",
    "Method",
    "ModelName",
    "Moved",
    "Randomised",
    "Sight",
    "Sweep",
    "Sweepable",
    "attribute",
    "classes",
    "classify",
    "contrast",
    "deletion_insertion",
    "exciting_patches",
    "feature_maps",
    "filters",
    "layers",
    "maximise",
    "move",
    "randomise",
    "sweep",
]


@dataclass(frozen=True)
class Guess:
    """One of the network's answers."""

    number: int  # of the class
    en: str
    zh: str
    probability: float
    score: float  # the logit, before softmax


@dataclass(frozen=True, eq=False)
class Classification:
    """What a network takes a photo for."""

    guesses: tuple[Guess, ...]  # the most probable first
    probabilities: NDArray[np.float32]  # (classes,) they add up to 1
    sight: Sight  # what the network was shown


@checked
def classes(model: ModelName = "tiny_vgg") -> tuple[ClassName, ...]:
    """Name everything a network can answer.

    Args:
        model: The network.

    Returns:
        The classes by their number, each in both languages.
    """
    return find_classifier(model).classes


@checked
def classify(
    photo: Pixels, model: ModelName = "tiny_vgg", top: Annotated[int, Range(1, 20)] = 5
) -> Classification:
    """Ask a network what is on a photo.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        model: The network.
        top: How many answers.

    Returns:
        The most probable classes, by name in both languages, and all probabilities.

    Raises:
        InputError: ``photo_too_small``.
    """
    sight = look(photo, model)
    network = network_of(model)
    with turn(), torch.inference_mode():
        scores = network(normalise(sight.pixels, model))[0].float()
    probabilities = scores.softmax(0).cpu().numpy()
    names = find_classifier(model).classes
    best = np.argsort(-probabilities, kind="stable")[:top]
    guesses = tuple(
        Guess(
            int(number),
            names[number].en,
            names[number].zh,
            float(probabilities[number]),
            float(scores[number]),
        )
        for number in best
    )
    return Classification(guesses, probabilities, sight)
