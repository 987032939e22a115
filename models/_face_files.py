"""What lies beside the embedded network's weights: measured pairs, volunteers, the film, two heads.

All of it is named with its hash in the card and hashed before it is read. ``.features`` files are
safetensors by another name, so that they are not taken for weights.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models._load import read_file
from models.networks import tiny_face_embedder

__all__ = ["Film", "Volunteers", "film", "read_numbers", "volunteers"]


@dataclass(frozen=True, eq=False)
class Volunteers:
    """Faces of people who agreed to be photographed for research, as vectors."""

    vectors: NDArray[np.float32]  # (faces, 128) of length one, of the embedded network
    people: NDArray[np.int64]  # (faces,) number of the person


@dataclass(frozen=True, eq=False)
class Film:
    """Vectors of the same faces while the network was trained, in two dimensions."""

    points: NDArray[np.float32]  # (moments, faces, 2)
    people: NDArray[np.int64]  # (faces,) number of the person
    moments: NDArray[np.float64]  # (moments,) rounds over the training set
    same: NDArray[np.float32]  # (moments,) mean distance of two faces of one person, 0..2
    different: NDArray[np.float32]  # (moments,) mean distance of faces of two people, 0..2


def read_numbers(name: str) -> Mapping[str, NDArray[np.generic]]:
    """Read a ``.features`` file.

    Raises:
        WeightsMissing: It is not there.
        WeightsCorrupt: It is not what the card says.
    """
    from safetensors.numpy import load

    found: Mapping[str, NDArray[np.generic]] = load(read_file(tiny_face_embedder.SPEC, name))
    return found


@functools.cache
def volunteers() -> Volunteers:
    """Read the vectors of volunteers: ten photos of each.

    Returns:
        Vectors and whose they are; there are no pictures and no names.

    Raises:
        WeightsMissing: They are not there.
        WeightsCorrupt: The file is not what the card says.
    """
    found = read_numbers("people.features")
    return Volunteers(found["vectors"].astype(np.float32), found["person"].astype(np.int64))


@functools.cache
def film() -> Film:
    """Read how the faces of people drew together while the network was trained.

    Returns:
        The same faces at several moments.

    Raises:
        WeightsMissing: The film is not there.
        WeightsCorrupt: The file is not what the card says.
    """
    found = read_numbers("film.features")
    return Film(
        points=found["points"].astype(np.float32),
        people=found["person"].astype(np.int64),
        moments=found["epochs"].astype(np.float64),
        same=found["same"].astype(np.float32),
        different=found["different"].astype(np.float32),
    )
