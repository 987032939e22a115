"""One photo, a detector, and all that it said of the photo; what every section works on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gallery import controls, figures
from gallery.answers import answer
from gallery.case import PageCase
from gallery.demos import Control, Language
from gallery.page import Page
from gallery.photo import Photo, sample_of
from gallery.takeaway import snippet
from models import object_detection as od
from models._images import Pixels
from models._spec import ModelSpec

__all__ = ["SAMPLES", "Case", "open_case"]

SAMPLES = (
    "collage",
    "coffee",
    "astronaut",
    "hopper",
    "cameraman",
    "motorcycle",
    "cat",
    "temple",
    "flower",
    "coins",
)


@dataclass(frozen=True, eq=False)
class Case(PageCase):
    """What every section of the page works on."""

    photo: Photo

    def name(self, label: int, language: Language | None = None) -> str:
        """What a kind of thing is called; ``label`` is its place in ``CLASSES``."""
        return str(getattr(od.CLASSES[label], language or self.page.language))

    def names(self, labels: Iterable[int]) -> dict[int, str]:
        """What several kinds are called, by label."""
        return {int(label): self.name(int(label)) for label in set(labels)}

    def keys(self, labels: Iterable[int]) -> dict[int, str]:
        """What several kinds are called in an address, by label."""
        return {int(label): od.CLASSES[int(label)].key for label in set(labels)}

    def key(self, label: int) -> str:
        """What COCO calls a kind of thing."""
        return str(od.CLASSES[label].key)

    @property
    def described(self) -> str:
        """The photo's alternative text."""
        key = self.photo.sample
        title = self.words.own_photo if key is None else sample_of(key).title[self.page.language]
        return self.words.photo_alt(name=title)

    def choose_model(self, name: str = "model") -> ModelSpec:
        """Which detector answers."""
        return controls.model(od.MODELS, name)

    def choose(self, words: Control, labels: Mapping[str, str]) -> int:
        """One of several that only this photo has, by its place, from a list."""
        listed = Control(words.key, words.label, words.help, labels)
        return int(controls.choice(listed, tuple(labels), listed=True))

    def ask(self, spec: ModelSpec) -> od.Raw:
        """All that a detector says of the photo, before any threshold moves."""
        return answer(od.raw, self.photo, model=spec.name)

    def code(self, spec: ModelSpec, *calls: str) -> str:
        """Python that asks the detector, as ``found``, and then does what the page did."""
        asked = snippet(od.raw, self.photo, model=spec.name).removesuffix("print(answer)")
        found = asked.replace("answer = object_detection", "found = object_detection")
        return "\n".join([found.rstrip("\n"), *calls, "print(answer)"])

    def boxed(
        self, boxes: NDArray[np.float64], labels: NDArray[np.int64], scores: NDArray[np.float64]
    ) -> Pixels:
        """The photo with boxes drawn into it, the best on top, to take away."""
        rows = list(zip(boxes.tolist(), labels.tolist(), scores.tolist(), strict=True))
        outlines = [
            figures.Outline(box, self.colour(label), f"{self.key(label)} {score:.2f}")
            for box, label, score in reversed(rows)
        ]
        return figures.boxed(self.photo.pixels, outlines)

    @staticmethod
    def colour(label: int) -> str:
        """The colour of a kind of thing, as the components have it."""
        return figures.OKABE_ITO[label % len(figures.OKABE_ITO)]

    def table(
        self, boxes: Sequence[Sequence[float]], labels: Sequence[int], scores: Sequence[float]
    ) -> Mapping[str, Sequence[object]]:
        """Boxes as columns of numbers."""
        words = self.words
        corners = np.asarray(boxes, float).reshape(-1, 4)
        return {
            words.number: list(range(1, len(corners) + 1)),
            words["class"]: [self.name(int(label)) for label in labels],
            words.score: [round(float(score), 4) for score in scores],
            words.left: corners[:, 0].round(1).tolist(),
            words.top: corners[:, 1].round(1).tolist(),
            words.width: (corners[:, 2] - corners[:, 0]).round(1).tolist(),
            words.height: (corners[:, 3] - corners[:, 1]).round(1).tolist(),
        }


def open_case(page: Page, sample: str, offered: Sequence[str]) -> Case:
    """Ask for the photo."""
    return Case(page, controls.photo(sample=sample, offered=offered))
