"""Whom the embedded network fails, as far as the pairs can say: not by age, sex or origin.

The photos carry no word about who is in them, and a guess about a face is the very error that is
asked for. What can be measured is the photo: how dark, how blurred, how far turned the worse one of
a pair is. And errors can be counted by person, without knowing who that is.
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models._errors import WeightsCorrupt
from models._load import read_file
from models.networks import tiny_face_embedder

__all__ = ["Failures", "failures"]

QUALITIES = ("darkness", "blur", "turn")


@dataclass(frozen=True, eq=False)
class Failures:
    """Errors at one threshold, by what the worse photo of a pair is like."""

    threshold: float  # distance at which both errors are equally often
    groups: Mapping[
        str, NDArray[np.float64]
    ]  # (4, 2) false rejects and accepts, best quarter first
    worst_tenth: float  # share of all false rejects that a tenth of the people carry, 0..1


@functools.cache
def failures() -> Failures:
    """Read by what is seen in a photo the errors differ.

    Returns:
        Shares of errors in quarters of the pairs, from the best to the worst photos.

    Raises:
        WeightsMissing: The measurements are not there.
        WeightsCorrupt: The file is not what the card says.
    """
    try:
        said = json.loads(read_file(tiny_face_embedder.SPEC, "measured.json"))["groups"]
        groups = {
            name: np.array([said[name]["false_rejects"], said[name]["false_accepts"]]).T
            for name in QUALITIES
        }
        return Failures(float(said["threshold"]), groups, float(said["worst_tenth_of_people"]))
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsCorrupt(model=tiny_face_embedder.SPEC.title, file="measured.json") from error
