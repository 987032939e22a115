"""What lies beside a generator's weights: how it came to be, real features, training pictures.

All of it is named with its hash in the card and hashed before it is read.

- ``film.webp`` and ``film.json``: samples of the same seeds after 1/4, 1/2, 1, 2, ... epochs, and
  both losses; ``collapse.webp`` and ``.json`` likewise of a training that was meant to fail, and
  ``cured`` of the same with one thing changed: the discriminator learns as fast.
- ``reference.features``: the classifier's features of held-out real pictures (safetensors; the
  ending keeps them from being taken for weights).
- ``training.webp`` and ``training.json``: part of the training pictures, where that is allowed.
"""

import functools
import io
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models._load import read_file
from models._spec import read_card
from models.networks.gan import GanModel

__all__ = ["Film", "Reference", "TrainingPictures", "film", "reference", "training_pictures"]

Pictures = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Film:
    """Samples of the same seeds, frame after frame, and the losses of the whole training."""

    frames: Pictures  # (frames, samples, side, side, channels)
    epochs: NDArray[np.float64]  # (frames,) rounds over the training set before each frame
    seeds: NDArray[np.int64]  # (samples,) of the latents
    labels: NDArray[np.int64]  # (samples,)
    at: NDArray[np.float64]  # (points,) epochs at which the losses were noted
    generator: NDArray[np.float64]  # (points,) mean hinge loss since the point before
    discriminator: NDArray[np.float64]  # (points,)
    said: dict[str, Any]  # settings of the training: steps, batch, and what is particular to it


@dataclass(frozen=True, eq=False)
class Reference:
    """Features of real pictures that neither the generator nor the classifier was trained on."""

    features: NDArray[np.float32]  # (pictures, D)
    labels: NDArray[np.int64]  # (pictures,)


@dataclass(frozen=True, eq=False)
class TrainingPictures:
    """Part of what the generator was trained on."""

    pixels: Pictures  # (pictures, side, side, channels)
    labels: NDArray[np.int64]  # (pictures,)


@functools.cache
def film(model: GanModel, name: str = "film") -> Film:
    """Read the film of a training.

    Args:
        model: Whose.
        name: ``film``; for digits also ``collapse``, the training that was meant to fail, and
            ``cured``, which differs from it in the discriminator's rate only (``said["peaks"]``).

    Returns:
        Its frames and losses.

    Raises:
        WeightsMissing: There is none.
        WeightsCorrupt: A file is not what the card says.
    """
    said: dict[str, Any] = json.loads(read_file(model.spec, f"{name}.json"))
    epochs, labels = np.array(said.pop("epochs")), np.array(said.pop("labels"), np.int64)
    tiles = _tiles(read_file(model.spec, f"{name}.webp"), model)
    losses = said.pop("losses")
    return Film(
        frames=tiles[: len(epochs) * len(labels)].reshape(len(epochs), -1, *tiles.shape[1:]),
        epochs=epochs,
        seeds=np.array(said.pop("seeds"), np.int64),
        labels=labels,
        at=np.array(losses["epochs"]),
        generator=np.array(losses["generator"]),
        discriminator=np.array(losses["discriminator"]),
        said=said,
    )


@functools.cache
def reference(model: GanModel) -> Reference:
    """Read the features of held-out real pictures.

    Raises:
        WeightsMissing: They are not there.
        WeightsCorrupt: The file is not what the card says.
    """
    from safetensors.numpy import load

    found = load(read_file(model.spec, "reference.features"))
    return Reference(found["features"].astype(np.float32), found["labels"].astype(np.int64))


@functools.cache
def training_pictures(model: GanModel) -> TrainingPictures | None:
    """Read the training pictures that travel with the weights.

    Returns:
        None for a model whose pictures may not be shown.

    Raises:
        WeightsMissing: They should be there and are not.
        WeightsCorrupt: A file is not what the card says.
    """
    if "training.webp" not in read_card(model.name)["files"]:
        return None
    labels = np.array(json.loads(read_file(model.spec, "training.json"))["labels"], np.int64)
    pixels = _tiles(read_file(model.spec, "training.webp"), model)
    return TrainingPictures(pixels[: len(labels)], labels)


def _tiles(content: bytes, model: GanModel) -> Pictures:
    """Cut a sheet into its tiles, row by row."""
    with Image.open(io.BytesIO(content), formats=("WEBP",)) as picture:
        sheet = np.asarray(picture.convert("RGB"))[..., : model.channels]
    side = model.side
    rows, columns = sheet.shape[0] // side, sheet.shape[1] // side
    grid = sheet.reshape(rows, side, columns, side, model.channels).swapaxes(1, 2)
    return np.ascontiguousarray(grid.reshape(-1, side, side, model.channels))
