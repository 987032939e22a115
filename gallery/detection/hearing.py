"""What is judged: photos, what a network found in them, and what is true of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gallery.answers import answer
from gallery.components.judge import Found, Marked
from gallery.detection.truths import TrueBox, labelled, true_boxes
from gallery.photo import Photo, open_sample
from gallery.takeaway import snippet
from models import object_detection as od
from models._spec import ModelSpec

__all__ = ["Hearing", "code", "hear", "hear_samples", "marked", "ranked"]

FLOOR = 0.05  # score from which on boxes take part
RIVALS = 0.5  # IoU of the suppression
LEFT_OUT = ("collage", "temple")  # objects of other samples again; eleven boats of four pixels


@dataclass(frozen=True, eq=False)
class Hearing:
    """Photos, what a network found in them, and what is true of them."""

    photos: tuple[Photo, ...]
    found: tuple[od.Detections, ...]
    truth: tuple[tuple[Marked, ...], ...]

    @cached_property
    def labels(self) -> list[int]:
        """Every kind that was found or is there."""
        seen = {int(label) for each in self.found for label in each.labels}
        return sorted(seen | {one.label for each in self.truth for one in each})

    @property
    def count(self) -> int:
        """True boxes."""
        return sum(map(len, self.truth))

    def judged(self, agreed: float) -> od.Precision:
        """What became of each box."""
        return answer(
            od.average_precision,
            list(self.found),
            [_truth(each) for each in self.truth],
            iou=agreed,
            interpolation="every",
        )


def marked(boxes: Iterable[TrueBox]) -> list[Marked]:
    """Boxes by the places of their classes instead of COCO's names."""
    keys = [each.key for each in od.CLASSES]
    return [Marked(keys.index(each.key), each.box) for each in boxes]


def hear(photo: Photo, spec: ModelSpec, truth: Sequence[Marked]) -> Hearing:
    """One photo, with true boxes of its own."""
    return Hearing((photo,), (_find(photo, spec),), (tuple(truth),))


def hear_samples(spec: ModelSpec, known: Sequence[int]) -> Hearing:
    """Every sample with true boxes of classes that the network knows, but those left out."""
    photos = tuple(open_sample(key) for key in labelled() if key not in LEFT_OUT)
    truth = tuple(
        tuple(each for each in marked(true_boxes(photo.sample) or ()) if each.label in known)
        for photo in photos
    )
    return Hearing(photos, tuple(_find(photo, spec) for photo in photos), truth)


def ranked(hearing: Hearing, curve: od.Curve) -> list[Found]:
    """All boxes that a curve is made of, the surest first."""
    boxes = []
    for photo, place in zip(curve.photos.tolist(), curve.detections.tolist(), strict=True):
        found = hearing.found[photo]
        left, top, right, bottom = found.boxes[place].tolist()
        label, score = int(found.labels[place]), float(found.scores[place])
        boxes.append(Found(photo, label, (left, top, right, bottom), score))
    return boxes


def _find(photo: Photo, spec: ModelSpec) -> od.Detections:
    raw = answer(od.raw, photo, model=spec.name)
    return od.select(raw.boxes, raw.scores, raw.labels, score=FLOOR, iou=RIVALS)


def _truth(boxes: Sequence[Marked]) -> od.Truth:
    return od.Truth(
        np.array([each.box for each in boxes], float).reshape(-1, 4),
        np.array([each.label for each in boxes], np.int64),
    )


def code(hearing: Hearing, spec: ModelSpec, agreed: float) -> str:
    """Python that judges the same boxes again."""
    settings = {"model": spec.name, "score": FLOOR, "iou": RIVALS}
    truths = [
        f"object_detection.Truth(np.array({[list(one.box) for one in each]}, float)"
        f".reshape(-1, 4), np.array({[one.label for one in each]}, int))"
        for each in hearing.truth
    ]
    judge = f"average_precision(found, truth, iou={agreed:g}, interpolation='every')"
    ask = ", ".join(f"{name}={value!r}" for name, value in settings.items())
    if len(hearing.photos) == 1:
        opening = snippet(od.detect, hearing.photos[0], **settings)
        lines = [
            opening.split("\n\nanswer = ")[0],
            "",
            f"found = object_detection.detect(photo, {ask})",
        ]
        lines += [f"truth = {truths[0]}"]
    else:
        keys = [photo.sample for photo in hearing.photos]
        lines = [
            "from models import object_detection",
            "from gallery.photo import open_sample",
            "",
            f"photos = [open_sample(key).pixels for key in {keys}]",
            f"found = [object_detection.detect(photo, {ask}) for photo in photos]",
            "truth = [",
            *(f"    {each}," for each in truths),
            "]",
        ]
    imports, _, rest = "\n".join([*lines, f"print(object_detection.{judge})"]).partition("\n\n")
    return f"{imports}\nimport numpy as np\n\n{rest}"
