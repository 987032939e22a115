"""The trained generators: which there are, which classes they know, and how they paint."""

from collections.abc import Sequence
from typing import Annotated, Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.func import functional_call

from models._errors import InputError
from models._gan_latent import Latents, Point, point
from models._gate import turn
from models._images import Pixels
from models._load import device_of, load
from models._ranges import Range, checked
from models._spec import ModelSpec
from models.networks import gan
from models.networks._classifier import ClassName

__all__ = [
    "BATCH",
    "CLASSIFIERS",
    "MODELS",
    "Label",
    "Labels",
    "ModelName",
    "classes",
    "classifier_of",
    "find_gan",
    "from_pictures",
    "generator_of",
    "label_of",
    "labels_for",
    "network_of",
    "paint",
    "paint_between",
    "place_of",
    "read_label",
    "to_pictures",
]

ModelName = Literal["gan_digits", "gan_fashion", "gan_colour"]
Label = Annotated[int | None, Range(0, max(len(each.classes) for each in gan.MODELS) - 1)]
Labels = NDArray[np.int64]  # (N,)
MODELS: tuple[ModelSpec, ...] = tuple(each.spec for each in gan.MODELS)
CLASSIFIERS: tuple[ModelSpec, ...] = tuple(each.classifier for each in gan.MODELS)  # that judge
BATCH = 64  # pictures in one turn at the machine


def find_gan(model: ModelName) -> gan.GanModel:
    """The generator of a name."""
    return next(each for each in gan.MODELS if each.name == model)


def network_of(model: ModelName) -> gan.Gan:
    """The shared instance, generator and discriminator: for reading only."""
    return cast("gan.Gan", load(find_gan(model).spec))


def generator_of(model: ModelName) -> tuple[gan.Generator, torch.device]:
    """The generator, and where it is."""
    network = network_of(model)
    return network.generator, device_of(network)


def classifier_of(model: ModelName) -> nn.Module:
    """The shared instance of the classifier that has seen real pictures only."""
    return load(find_gan(model).classifier)


@checked
def classes(model: ModelName = "gan_digits") -> tuple[ClassName, ...]:
    """Name everything a generator can be asked for.

    Args:
        model: The generator.

    Returns:
        The classes by their number, each in both languages.
    """
    return tuple(find_gan(model).classes)


def read_label(label: int | None, model: ModelName) -> int | None:
    """Refuse a class that the generator does not know.

    Raises:
        InputError: ``class_range``.
    """
    last = len(find_gan(model).classes) - 1
    is_whole = isinstance(label, int | np.integer) and not isinstance(label, bool)
    if label is not None and not (is_whole and 0 <= label <= last):
        raise InputError("class_range", value=str(label)[:40], last=last)
    return None if label is None else int(label)


def labels_for(seeds: Sequence[int], label: int | None, model: ModelName) -> Labels:
    """The class of each seed: the one asked for, else the remainder of the seed.

    Seed 0 is class 0, seed 1 class 1, ... and begins again after the last class, so neighbouring
    seeds show every class.
    """
    known = len(find_gan(model).classes)
    chosen = read_label(label, model)
    return np.array([seed % known if chosen is None else chosen for seed in seeds], np.int64)


def label_of(place: Point, label: int | None, model: ModelName) -> int:
    """The class of a sample: the one asked for, else that of its seed; a latent has class 0."""
    seed = int(place) if isinstance(place, int | np.integer) else 0
    return int(labels_for([seed], label, model)[0])


def place_of(place: Point, model: ModelName, truncation: float) -> Latents:
    """The latent of a seed, multiplied by the truncation; a latent given stays as it is.

    Raises:
        InputError: ``seed_range``, ``latent_shape``, ``latent_values``.
    """
    vector = point(place, find_gan(model).latent)
    return vector * np.float32(truncation) if np.ndim(place) == 0 else vector


def paint(latents: Latents, labels: Labels, model: ModelName) -> Pixels:
    """Have the generator paint a picture for each latent, leaving the machine between batches.

    Args:
        latents: (N, D).
        labels: (N,).
        model: The generator.

    Returns:
        uint8 (N, side, side, channels).
    """
    generator, place = generator_of(model)
    painted = []
    for start in range(0, len(latents), BATCH):
        part = slice(start, start + BATCH)
        with turn(), torch.inference_mode():
            given = (torch.tensor(each[part], device=place) for each in (latents, labels))
            painted.append(to_pictures(generator(*given)))
    return np.concatenate(painted)


def paint_between(latents: Latents, weights: NDArray[np.float32], model: ModelName) -> Pixels:
    """Paint with mixtures of classes: each learned vector of a class is the weighted mean of all.

    Args:
        latents: (N, D).
        weights: (N, classes), rows that add up to 1.
        model: The generator.

    Returns:
        uint8 (N, side, side, channels).
    """
    generator, place = generator_of(model)
    learned = {
        f"{name}.weight": part.weight
        for name, part in generator.named_modules()
        if isinstance(part, nn.Embedding)
    }
    painted = []
    for start in range(0, len(latents), BATCH):
        with turn(), torch.inference_mode():
            shares = torch.tensor(weights[start : start + BATCH], device=place)
            given = torch.tensor(latents[start : start + BATCH], device=place)
            mixed = {name: shares @ rows for name, rows in learned.items()}  # a row a picture
            values = functional_call(
                generator, mixed, (given, torch.arange(len(given), device=place))
            )
            painted.append(to_pictures(values))
    return np.concatenate(painted)


def to_pictures(values: torch.Tensor) -> Pixels:
    """What networks say, (N, C, H, W) in -1..1, as grey levels or colours (N, H, W, C)."""
    levels = ((values.float() + 1) * 127.5).round().clamp(0, 255).byte()
    return np.ascontiguousarray(levels.permute(0, 2, 3, 1).cpu().numpy())


def from_pictures(pictures: Pixels, place: torch.device) -> torch.Tensor:
    """Grey levels or colours (N, H, W, C) as networks take them, (N, C, H, W) in -1..1."""
    values = torch.tensor(pictures, device=place).permute(0, 3, 1, 2).float()
    return (values / 127.5 - 1).contiguous()
