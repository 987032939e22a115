"""How well faces are told apart, on pairs of people that the network never saw.

Pairs whose answer is known are compared. With a threshold t, a pair of two people at a distance of
at most t is a false accept, a pair of one person beyond it a false reject. The one rate falls where
the other rises; the equal error rate is where they meet. All thresholds together make the ROC
curve, and the area under it is the chance that a pair of one person is closer than a pair of two.
"""

import functools
import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from models._errors import WeightsCorrupt
from models._face_names import DescriberName
from models._load import read_file
from models._ranges import Range, checked
from models.networks import tiny_face_embedder
from models.networks.opencv_faces import SFACE, SFACE_THRESHOLD

__all__ = [
    "MEASURED_NAMES",
    "Measured",
    "MeasuredName",
    "Rates",
    "measured",
    "rates",
    "threshold_of",
]

MeasuredName = Literal[
    "tiny_face_embedder",
    "raw_pixels",
    "landmarks",
    "weighted",
    "chi_square",
    "face_recognition_sface",
]
MEASURED_NAMES: tuple[MeasuredName, ...] = (  # what has been measured on these pairs
    *("tiny_face_embedder", "raw_pixels", "landmarks", "weighted", "chi_square"),
)


@dataclass(frozen=True, eq=False)
class Measured:
    """One way to compare two faces, on pairs of unseen people."""

    edges: NDArray[np.float64]  # (bins + 1,) distances
    same: NDArray[np.int64]  # (bins,) pairs of one person
    different: NDArray[np.int64]  # (bins,) pairs of two people
    thresholds: NDArray[np.float64]  # (points,) rising
    false_accepts: NDArray[np.float64]  # (points,) share of the pairs of two people, 0..1
    false_rejects: NDArray[np.float64]  # (points,) share of the pairs of one person, 0..1
    equal_error: float  # rate at which both are equal, 0..1
    equal_error_threshold: float  # distance
    careful_threshold: float  # distance below which one pair of strangers in a hundred lies
    threshold: float  # distance at which most pairs are judged right
    accuracy: float  # mean over the folds, each with the threshold of the others, 0..1
    accuracy_spread: float  # standard deviation over the folds
    area: float  # under the ROC curve, 0.5..1
    pairs: int
    people: int
    folds: int


@dataclass(frozen=True)
class Rates:
    """Errors at one threshold."""

    false_accepts: float  # share of the pairs of two people, 0..1
    false_rejects: float  # share of the pairs of one person, 0..1


@checked
def measured(model: MeasuredName = "tiny_face_embedder") -> Measured | None:
    """Read what was measured of one way to compare faces.

    Args:
        model: A describing network, or what it has to beat: ``raw_pixels`` and ``landmarks`` of
            the aligned faces; or one of the two heads, whose distance is 1 - P(same).

    Returns:
        None where nothing was measured here: the other network's publisher names a threshold,
        which ``threshold_of`` gives.

    Raises:
        WeightsMissing: The measurements are not there.
        WeightsCorrupt: The file is not what the card says.
    """
    return _read_all().get(model)


@checked
def rates(
    model: MeasuredName = "tiny_face_embedder",
    threshold: Annotated[float | None, Range(0, 2, 0.01)] = None,
) -> Rates | None:
    """Say how often a threshold errs.

    Args:
        model: As for ``measured``.
        threshold: Largest distance that passes as one person; None: that of the equal errors.

    Returns:
        Both rates, read between the measured thresholds; None where nothing was measured.
    """
    found = measured(model)
    if found is None:
        return None
    at = found.equal_error_threshold if threshold is None else threshold
    accepts, rejects = (
        float(np.interp(at, found.thresholds, values))
        for values in (found.false_accepts, found.false_rejects)
    )
    return Rates(accepts, rejects)


@checked
def threshold_of(model: DescriberName = "tiny_face_embedder") -> float:
    """Give the distance up to which two vectors of a network pass as one person.

    Args:
        model: Name of one of ``DESCRIBERS``.

    Returns:
        Where one pair of strangers in a hundred passes, on pairs of unseen people: a stranger who
        is let in does more harm than a friend who is asked twice. Of the other network what
        OpenCV's documentation names.
    """
    if model == SFACE.name:
        return SFACE_THRESHOLD
    return _read_all()[model].careful_threshold


@functools.cache
def _read_all() -> dict[str, Measured]:
    said = json.loads(read_file(tiny_face_embedder.SPEC, "measured.json"))
    names = {"pixels": "raw_pixels"}
    try:
        return {
            names.get(name, name): _read(said, values) for name, values in said["methods"].items()
        }
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsCorrupt(model=tiny_face_embedder.SPEC.title, file="measured.json") from error


def _read(said: dict[str, Any], values: dict[str, Any]) -> Measured:
    numbers = {
        name: np.array(values[name], np.float64)
        for name in ("edges", "thresholds", "false_accepts", "false_rejects")
    }
    return Measured(
        **numbers,
        same=np.array(values["same"], np.int64),
        different=np.array(values["different"], np.int64),
        equal_error=float(values["equal_error_rate"]),
        equal_error_threshold=float(values["equal_error_threshold"]),
        careful_threshold=float(values["careful_threshold"]),
        threshold=float(values["threshold"]),
        accuracy=float(values["accuracy"]),
        accuracy_spread=float(values["accuracy_std"]),
        area=float(values["auc"]),
        pairs=int(said["pairs"]),
        people=int(said["people"]),
        folds=int(said["folds"]),
    )
