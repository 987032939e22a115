"""The discriminator speaks: how real a picture looks to the network that the generator was up to.

It was trained with a hinge loss, which asks for scores above +1 for real and below -1 for generated
pictures and for no more; the better the generator, the closer the two come. So a score means
something only beside others of the same network, and those of real and of fresh generated pictures
are told with it. It has seen its training pictures and the generator's, and nothing else: of a
drawing in another style it can say anything.
"""

import functools
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from models._gan_latent import draw
from models._gan_network import (
    BATCH,
    Label,
    Labels,
    ModelName,
    classifier_of,
    find_gan,
    from_pictures,
    network_of,
    paint,
    read_label,
)
from models._gan_sight import Pictures, show_to
from models._gate import turn
from models._images import Note, Pixels
from models._load import device_of
from models._ranges import checked
from models.networks._gan_files import training_pictures

__all__ = [
    "Judgement",
    "ScoreParts",
    "Yardstick",
    "judge",
    "judge_labels",
    "recognise",
    "score",
    "score_parts",
    "yardstick",
]

COMPARED = 200  # pictures of each kind that scores are compared with


@dataclass(frozen=True, eq=False)
class Yardstick:
    """What scores are usual, each picture judged as its own class."""

    real: NDArray[np.float32]  # (M,) of training pictures, ascending; none where none may be kept
    generated: NDArray[np.float32]  # (M,) of fresh samples, ascending


@dataclass(frozen=True, eq=False)
class Judgement:
    """What the discriminator thinks of pictures, in the order they were given."""

    scores: NDArray[np.float32]  # (N,) higher: more like a training picture
    order: NDArray[np.int64]  # (N,) numbers of the pictures, the highest score first
    labels: Labels  # (N,) the class each was judged as
    answers: Labels  # (N,) which of the model's classes the classifier sees
    confidences: NDArray[np.float32]  # (N,) its probability of that class, 0..1
    above_real: NDArray[np.float32]  # (N,) share of real pictures with a lower score; or NaN
    above_generated: NDArray[np.float32]  # (N,) share of fresh samples with a lower score
    shown: Pixels  # (N, side, side, channels) what the networks saw
    notes: tuple[tuple[Note, ...], ...]  # what was done to each picture to get there


@checked
def judge(images: Pictures, model: ModelName = "gan_digits", label: Label = None) -> Judgement:
    """Have pictures judged by the discriminator: samples, or a drawing or photo.

    Args:
        images: One picture, several of any sizes, or a stack (N, height, width, channels) such as
            ``sample`` gives; at most 256. Where their size is not the network's they are brought
            to the form of its training pictures, and ``notes`` say how.
        model: Whose discriminator.
        label: The class they are judged as; None: the one the classifier sees in each.

    Returns:
        Scores, their order, and where they stand among real and generated pictures.

    Raises:
        InputError: ``photo_shape``, ``pictures_count``, ``class_range``.
    """
    number = read_label(label, model)
    seen = show_to(images, model)
    _, probabilities = recognise(seen.pictures, model)
    answers = probabilities.argmax(1)
    labels = answers if number is None else np.full(len(answers), number)
    scores = score(seen.pictures, labels, model)
    usual = yardstick(model)
    return Judgement(
        scores=scores,
        order=np.argsort(-scores, kind="stable"),
        labels=labels,
        answers=answers,
        confidences=probabilities.max(1),
        above_real=_share_below(scores, usual.real),
        above_generated=_share_below(scores, usual.generated),
        shown=seen.pictures,
        notes=seen.notes,
    )


@checked
def judge_labels(image: Pixels, model: ModelName = "gan_digits") -> NDArray[np.float32]:
    """Have one picture judged as a member of every class.

    Args:
        image: uint8 (height, width) or (height, width, 3), of any size.
        model: Whose discriminator.

    Returns:
        (classes,) scores.

    Raises:
        InputError: ``photo_shape``.
    """
    known = len(find_gan(model).classes)
    seen = show_to(image, model).pictures[:1]
    return score(np.repeat(seen, known, 0), np.arange(known), model)


@dataclass(frozen=True, eq=False)
class ScoreParts:
    """A score taken apart: D(x, y) = (w h + b) + e_y h."""

    plain: float  # w h + b, the same for every class
    of_class: NDArray[np.float32]  # (classes,) e_y h


def score_parts(image: Pixels, model: ModelName) -> ScoreParts:
    """Take apart what ``judge_labels`` says of one picture."""
    network = network_of(model)
    judge_of, seen = network.discriminator, show_to(image, model).pictures[:1]
    with turn(), torch.inference_mode():
        features = judge_of.features(from_pictures(seen, device_of(network))).sum((2, 3))
        plain = float(judge_of.score(features)[0, 0])
        of_class = (judge_of.match.weight @ features[0]).float().cpu().numpy()
    return ScoreParts(plain, of_class)


@checked
def yardstick(model: ModelName = "gan_digits") -> Yardstick:
    """Score real and generated pictures, so that other scores can be compared.

    Args:
        model: Whose discriminator.

    Returns:
        200 scores of training pictures (none where their licence lets none be kept) and 200 of
        samples, each judged as its own class.
    """
    return _yardstick(model)


@functools.lru_cache(maxsize=4)
def _yardstick(model: ModelName) -> Yardstick:
    kind = find_gan(model)
    labels = np.arange(COMPARED) % len(kind.classes)
    latents = draw(range(2**31 - COMPARED, 2**31), kind.latent)
    generated = score(paint(latents, labels, model), labels, model)
    kept = training_pictures(kind)
    if kept is None:
        return Yardstick(np.empty(0, np.float32), np.sort(generated))
    chosen = np.linspace(0, len(kept.labels) - 1, COMPARED).astype(int)
    real = score(kept.pixels[chosen], kept.labels[chosen], model)
    return Yardstick(np.sort(real), np.sort(generated))


def score(pictures: Pixels, labels: Labels, model: ModelName) -> NDArray[np.float32]:
    """The discriminator's scores of (N, side, side, channels) as members of classes (N,)."""
    network = network_of(model)
    place = device_of(network)
    found = []
    for start in range(0, len(pictures), BATCH):
        part = slice(start, start + BATCH)
        with turn(), torch.inference_mode():
            given = torch.tensor(labels[part], device=place)
            scores = network.discriminator(from_pictures(pictures[part], place), given)
            found.append(scores.float().cpu().numpy())
    return np.concatenate(found)


def recognise(
    pictures: Pixels, model: ModelName
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Ask the classifier, which has seen real pictures only.

    Args:
        pictures: (N, side, side, channels).
        model: Whose classes.

    Returns:
        Its features (N, dimensions) and probabilities (N, classes).
    """
    network, kind = classifier_of(model), find_gan(model)
    batch = BATCH if kind.channels == 1 else BATCH // 4  # the one for colour is far larger
    features, probabilities = [], []
    for start in range(0, len(pictures), batch):
        with turn(), torch.inference_mode():
            values = from_pictures(pictures[start : start + batch], device_of(network))
            seen, logits = kind.look(network, values)
            features.append(seen.float().cpu().numpy())
            probabilities.append(logits.float().softmax(1).cpu().numpy())
    return np.concatenate(features), np.concatenate(probabilities)


def _share_below(scores: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    if not len(others):
        return np.full(len(scores), np.nan, np.float32)
    return np.asarray(np.searchsorted(others, scores) / len(others), np.float32)
