"""Live, or a picture of a picture: all shots of a challenge together.

Whoever is there can turn the head to both sides when asked; a flat photo cannot (``head_pose`` says
why). A photo of somebody whose head is turned already passes for that one side, so both sides are
always asked for. A tilt is another matter, for a photo can be tilted as well as a head: it only
shows that somebody answers.

What this cannot catch: a film of a person who turns as asked; several photos of a person turned to
both sides, swapped at the right moment; a mask, or a photo bent around a head; pictures made by a
computer. The shots are also compared with each other, or two people could share the work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models._errors import InputError
from models._face import Face, checked_faces, photo_pixels
from models._face_describe import Threshold, describe
from models._face_find import find
from models._face_live import TASKS, Shot, Task, judge_shot
from models._face_measured import threshold_of
from models._face_names import DescriberName, FinderName
from models._images import Pixels
from models._ranges import checked

__all__ = ["Challenge", "challenge", "judge_shots"]

SIDES: set[Task] = {"left", "right"}  # both have to be asked for


@dataclass(frozen=True, eq=False)
class Challenge:
    """Whether somebody is there."""

    passed: bool
    reasons: tuple[str, ...]  # why not: not_turned, not_tilted, other_person
    shots: tuple[Shot, ...]
    faces: tuple[Face, ...]  # the largest of each shot
    distances: NDArray[np.float64]  # (shots,) Euclidean, of each vector and that of the first shot
    threshold: float  # largest distance that passes as one person


@checked
def challenge(
    photos: Sequence[Pixels],
    asked: Sequence[str] = ("left", "right"),
    model: FinderName = "tiny_face_finder",
    describer: DescriberName = "tiny_face_embedder",
    threshold: Threshold = None,
    mirrored: bool = False,
) -> Challenge:
    """Judge the shots of a challenge.

    Args:
        photos: One for each movement; of several faces the largest counts.
        asked: Two or three different ones of ``left``, ``right`` and ``tilt``, in the order of the
            photos; left and right, the person's own, are both among them.
        model: Name of one of ``FINDERS``.
        describer: Name of one of ``DESCRIBERS``: all shots have to be of one person.
        threshold: Largest distance that passes as one person; None: ``threshold_of`` the network.
        mirrored: Whether the photos are mirror images.

    Returns:
        The verdict, with what was measured in each shot.

    Raises:
        InputError: ``shots_asked``, ``shots_count``, ``shot_no_face``.
    """
    tasks = _check_asked(asked)
    if len(photos) != len(tasks):
        raise InputError("shots_count", wanted=len(tasks), count=len(photos))
    pictures = [photo_pixels(photo) for photo in photos]
    faces = [_largest(picture, number, model) for number, picture in enumerate(pictures)]
    pairs = zip(pictures, faces, strict=True)
    vectors = np.stack([describe(picture, face, describer) for picture, face in pairs])
    limit = threshold_of(describer) if threshold is None else threshold
    return judge_shots(faces, tasks, vectors, limit, mirrored)


def judge_shots(
    faces: Sequence[Face],
    asked: Sequence[str],
    vectors: NDArray[np.floating],
    threshold: float,
    mirrored: bool = False,
) -> Challenge:
    """Judge a challenge from landmarks and vectors.

    Args:
        faces: Of each shot.
        asked: As for ``challenge``.
        vectors: (shots, numbers) of length one.
        threshold: Largest distance that passes as one person.
        mirrored: Whether the photos are mirror images.

    Returns:
        The verdict.

    Raises:
        InputError: ``shots_asked``, ``shots_count``, ``face_box``.
    """
    tasks, known = _check_asked(asked), checked_faces(list(faces))
    if not len(known) == len(tasks) == len(vectors):
        raise InputError("shots_count", wanted=len(tasks), count=len(known))
    judged = zip(known, tasks, strict=True)
    shots = tuple(judge_shot(face, task, mirrored) for face, task in judged)
    apart = np.linalg.norm(np.asarray(vectors, np.float64) - vectors[0], axis=1)
    missed = {shot.task for shot in shots if not shot.passed}
    reasons = ["not_turned"] * bool(missed & SIDES)
    reasons += ["not_tilted"] * bool(missed - SIDES)
    reasons += ["other_person"] * bool((apart > threshold).any())
    return Challenge(not reasons, tuple(reasons), shots, known, apart, threshold)


def _check_asked(asked: Any) -> tuple[Task, ...]:
    several = isinstance(asked, list | tuple) and all(each in TASKS for each in asked)
    if not several or len(set(asked)) != len(asked) or not set(asked) >= SIDES:
        raise InputError("shots_asked", allowed=", ".join(TASKS))
    return tuple(asked)


def _largest(picture: Pixels, number: int, model: FinderName) -> Face:
    found = find(picture, model)
    if not found:
        raise InputError("shot_no_face", number=number + 1)
    return found[0]
