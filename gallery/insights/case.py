"""One photo, one network, and the words to speak of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from gallery import controls
from gallery.answers import answer
from gallery.case import PageCase
from gallery.demos import Control
from gallery.frame import current
from gallery.page import Page
from gallery.photo import Photo
from models import cnn_visualization as cnn
from models._spec import ModelSpec

__all__ = ["FIRST", "Case", "open_case"]

FIRST = "first"  # the class that the network names first


@dataclass(frozen=True, eq=False)
class Case(PageCase):
    """What every section of the page works on."""

    photo: Photo
    spec: ModelSpec

    @property
    def model(self) -> cnn.ModelName:
        """The network's name."""
        return cast("cnn.ModelName", self.spec.name)

    @property
    def axes(self) -> dict[str, Any]:
        """What the axes of a map are called."""
        labels = current().shared.labels
        return {"x": labels.column, "y": labels.row}

    @property
    def names(self) -> list[str]:
        """The network's classes in the visitor's language."""
        return [getattr(one, self.page.language) for one in cnn.classes(self.model)]

    @property
    def said(self) -> cnn.Classification:
        """What the network takes the photo for."""
        return answer(cnn.classify, self.photo, self.model)

    @property
    def rows(self) -> list[cnn.LayerRow]:
        """The network's layers."""
        return answer(cnn.layers, self.model)

    @property
    def places(self) -> list[cnn.LayerRow]:
        """The layers whose values are maps, with more than one place."""
        return [row for row in self.rows if len(row.shape) == 3 and row.shape[1] > 1]

    @property
    def finer(self) -> int:
        """A side at which a small network's maps have enough places to look at, in pixels."""
        own: int = self.said.sight.pixels.shape[0]
        return max(128, own)

    def choose_class(self, words: Control, default: str = FIRST) -> int:
        """Any class of the network, the likeliest on top.

        Args:
            words: The control's words; its option ``first`` stands before the first answer's name.
            default: Code of the class chosen to begin with.
        """
        names = self.names
        likeliest: Sequence[int] = self.said.probabilities.argsort()[::-1].tolist()
        labels = {str(number): names[number] for number in likeliest}
        labels[FIRST] = f"{words.option(FIRST)}: {names[likeliest[0]]}"
        listed = Control(words.key, words.label, words.help, labels)
        chosen = controls.choice(listed, [FIRST, *map(str, likeliest)], default)
        return likeliest[0] if chosen == FIRST else int(chosen)


def open_case(page: Page, sample: str, offered: Sequence[str]) -> Case:
    """Ask for the photo and the network."""
    photo = controls.photo(sample=sample, offered=offered)
    return Case(page, photo, controls.model(cnn.MODELS))
