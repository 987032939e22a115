"""A face as a vector: what is compared is not pixels but what a network makes of them.

The network was trained so that vectors of one person lie close together and those of two people far
apart, whoever they are. All have length one, so the two usual distances say the same:

    |f - g|^2 = 2 - 2 cos(f, g)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from models._errors import InputError
from models._face import Face
from models._face_align import SIDE, align
from models._face_names import DescriberName, spec_of
from models._face_vectors import Vector, check_lengths, given_or_volunteers
from models._gate import turn
from models._images import Pixels, as_pixels, to_colour, to_grey
from models._load import device_of, load
from models._ranges import Range, checked
from models.networks.opencv_faces import SFACE

__all__ = ["Comparison", "Threshold", "compare", "describe", "describe_crops", "distance"]

Threshold = Annotated[float | None, Range(0, 2, 0.01)]
BATCH = 32


@dataclass(frozen=True)
class Comparison:
    """Whether two vectors are taken for one person."""

    distance: float  # Euclidean, 0..2
    cosine: float  # of the angle between the two, -1..1
    threshold: float  # of the distance
    same: bool  # whether the distance is not above the threshold


@checked
def describe(
    photo: Pixels,
    face: Face | None = None,
    model: DescriberName = "tiny_face_embedder",
    aligned: bool = True,
) -> NDArray[np.float32]:
    """Describe a face by a vector of length one.

    Args:
        photo: uint8 (height, width) or (height, width, 3), at most 12 megapixels.
        face: One of its faces; None: the largest that the embedded network finds.
        model: Name of one of ``DESCRIBERS``.
        aligned: Off: the face's box is scaled as it is, without a turn.

    Returns:
        (128,) of length one.

    Raises:
        InputError: ``face_none``, ``photo_too_many_pixels``.
    """
    return np.asarray(describe_crops([align(photo, face, model, aligned)], model)[0])


def describe_crops(crops: Sequence[Pixels], model: DescriberName) -> NDArray[np.float32]:
    """Describe faces that have been cut out already.

    Args:
        crops: uint8 (112, 112) or (112, 112, 3), as ``align`` cuts them for this network.
        model: Name of one of ``DESCRIBERS``.

    Returns:
        (faces, 128) of length one.

    Raises:
        InputError: ``crop_shape``.
    """
    for crop in crops:
        if as_pixels(crop).shape[:2] != (SIDE, SIDE):
            raise InputError("crop_shape", side=SIDE, shape=str(crop.shape))
    network = load(spec_of(model))
    run = _run_sface if model == SFACE.name else _run_embedded
    found = [run(network, crops[start : start + BATCH]) for start in range(0, len(crops), BATCH)]
    return np.concatenate([np.zeros((0, 128), np.float32), *found])


@checked
def distance(
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    kind: Literal["euclidean", "cosine"] = "euclidean",
) -> float:
    """Measure how far two vectors are from each other.

    Args:
        a: Vector of a face; None: of a volunteer.
        b: Another of the same length; None: of another photo of that volunteer.
        kind: ``euclidean``: |a - b|, for vectors of length one 0..2; ``cosine``: 1 - cos(a, b),
            which is half the square of it for these.

    Returns:
        0 for a face and itself.

    Raises:
        InputError: ``vector_bad`` or ``vectors_differ``.
    """
    first, second = check_lengths(*given_or_volunteers(a, b))
    if kind == "cosine":
        return float(np.clip(1 - cosine(first, second), 0, 2))
    return float(np.linalg.norm(first - second))


@checked
def compare(
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    model: DescriberName = "tiny_face_embedder",
    threshold: Threshold = None,
) -> Comparison:
    """Decide whether two vectors are of one person.

    Args:
        a: Vector of a face; None: of a volunteer.
        b: Another of the same length; None: of another photo of that volunteer.
        model: The network that both are from: its threshold is taken.
        threshold: Largest distance that passes as one person; None: ``threshold_of`` the network.

    Returns:
        The distance and the verdict.

    Raises:
        InputError: ``vector_bad`` or ``vectors_differ``.
    """
    from models._face_measured import threshold_of

    first, second = check_lengths(*given_or_volunteers(a, b))
    apart = float(np.linalg.norm(first - second))
    limit = threshold_of(model) if threshold is None else threshold
    return Comparison(apart, cosine(first, second), limit, apart <= limit)


def cosine(first: Vector, second: Vector) -> float:
    """Of the angle between two vectors."""
    lengths = np.linalg.norm(first) * np.linalg.norm(second)
    return float(np.clip((first @ second) / lengths, -1, 1))


def _run_embedded(network: torch.nn.Module, crops: Sequence[Pixels]) -> NDArray[np.float32]:
    grey = np.stack([to_grey(crop) for crop in crops])[:, None] / 255  # (faces, 1, 112, 112)
    with turn(), torch.inference_mode():
        batch = torch.from_numpy(grey.astype(np.float32)).to(device_of(network))
        return np.asarray(network(batch).float().cpu().numpy(), np.float32)


def _run_sface(network: Any, crops: Sequence[Pixels]) -> NDArray[np.float32]:
    with turn():
        found = np.stack([network(to_colour(crop)) for crop in crops])
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.maximum(lengths, 1e-12), np.float32)
