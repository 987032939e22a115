"""How a generator came to be: the same seeds again and again while it was trained.

The losses of the two networks need not fall: each is measured against the other, which also learns.
Mode collapse is what happens when the generator finds a few pictures that the discriminator lets
pass and makes nothing else; it shows in the variety of the samples of one class. Source:
T. Salimans et al., *Improved techniques for training GANs*, 2016,
https://arxiv.org/abs/1606.03498.
"""

import functools
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from models._errors import InputError
from models._gan_judge import recognise
from models._gan_measure import class_agreement
from models._gan_network import Labels, ModelName, find_gan
from models._images import Pixels
from models._ranges import checked
from models._spec import read_card
from models.networks import _gan_files

__all__ = ["Film", "Training", "film", "recognise_frames"]

Training = Literal["film", "collapse", "cured"]
RECOGNISED = 20  # samples of a frame in colour: their classifier is slow
REAL = 2000  # training pictures whose variety is measured


@dataclass(frozen=True, eq=False)
class Film:
    """A training, frame after frame."""

    frames: Pixels  # (frames, samples, side, side, channels)
    epochs: NDArray[np.float64]  # (frames,) rounds over the training set before each frame
    seeds: tuple[int, ...]  # (samples,) the same in every frame
    labels: Labels  # (samples,)
    loss_epochs: NDArray[np.float64]  # (points,) when the losses were noted
    generator_loss: NDArray[np.float64]  # (points,)
    discriminator_loss: NDArray[np.float64]  # (points,)
    variety: NDArray[np.float32]  # (frames,) mean difference of samples of one class, grey levels
    real_variety: float  # of training pictures; NaN where none are kept
    agreement: NDArray[np.float32]  # (frames,) share seen as the class asked for, 0..1
    recognised: int  # samples of each frame that the classifier was asked about
    settings: Mapping[str, Any]  # of the training


@checked
def film(model: ModelName = "gan_digits", training: Training = "film") -> Film:
    """Read the film of a training and measure every frame.

    Args:
        model: The generator.
        training: ``film``: the one whose weights are here; ``collapse``: one that was set up to
            fail; ``cured``: the same with one setting changed.

    Returns:
        Frames, both losses, and how varied the samples were at each time.

    Raises:
        InputError: ``no_such_film``.
    """
    kind = find_gan(model)
    kept = _open(model, training)
    pictures = _gan_files.training_pictures(kind)
    real = float("nan")
    if pictures is not None:
        real = _variety(pictures.pixels[:REAL], pictures.labels[:REAL])
    return Film(
        frames=kept.frames,
        epochs=kept.epochs,
        seeds=tuple(int(seed) for seed in kept.seeds),
        labels=kept.labels,
        loss_epochs=kept.at,
        generator_loss=kept.generator,
        discriminator_loss=kept.discriminator,
        variety=np.array([_variety(frame, kept.labels) for frame in kept.frames], np.float32),
        real_variety=real,
        agreement=np.array(list(recognise_frames(model, training)), np.float32),
        recognised=_asked(model, training),
        settings=kept.said,
    )


def recognise_frames(model: ModelName, training: Training) -> Generator[float]:
    """Show a film to the classifier, frame by frame: whoever stops asking stops the work.

    Args:
        model: The generator.
        training: As ``film``.

    Yields:
        The share of each frame's samples seen as the class asked for; kept once it is known.

    Raises:
        InputError: ``no_such_film``.
    """
    for frame in range(len(_open(model, training).frames)):
        yield _agreement(model, training, frame)


@functools.lru_cache(maxsize=256)
def _agreement(model: ModelName, training: Training, frame: int) -> float:
    kept, asked = _open(model, training), _asked(model, training)
    return class_agreement(recognise(kept.frames[frame][:asked], model)[1], kept.labels[:asked])


def _asked(model: ModelName, training: Training) -> int:
    return len(_open(model, training).labels) if find_gan(model).channels == 1 else RECOGNISED


def _open(model: ModelName, training: Training) -> _gan_files.Film:
    kind = find_gan(model)
    if f"{training}.webp" not in read_card(kind.name)["files"]:
        raise InputError("no_such_film", model=kind.spec.title)
    return _gan_files.film(kind, training)


def _variety(pictures: Pixels, labels: Labels) -> float:
    """Mean root mean squared difference of two pictures of a class, in grey levels."""
    found = []
    for label in np.unique(labels):
        rows = pictures[labels == label].reshape(int((labels == label).sum()), -1)
        table = root_mean_squares(rows.astype(np.float64))
        if len(rows) > 1:
            found.append(table[np.triu_indices(len(rows), 1)].mean())
    return float(np.mean(found)) if found else float("nan")


def root_mean_squares(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, N) root mean squared differences of rows."""
    squares = (rows**2).sum(1)
    table = squares[:, None] + squares - 2 * rows @ rows.T
    return np.asarray(np.sqrt(table.clip(0) / rows.shape[1]))
