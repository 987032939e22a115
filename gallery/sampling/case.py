"""One generator, and the words to speak of it."""

from dataclasses import dataclass
from typing import cast

from gallery import controls
from gallery.answers import answer
from gallery.case import PageCase
from gallery.demos import Control
from gallery.page import Page
from models import gan_sampling as gan
from models._spec import ModelSpec, read_card

__all__ = ["EACH", "Case", "open_case"]

EACH = "each"  # every class in turn


@dataclass(frozen=True, eq=False)
class Case(PageCase):
    """What every section of the page works on."""

    spec: ModelSpec

    @property
    def model(self) -> gan.ModelName:
        """The generator's name."""
        return cast("gan.ModelName", self.spec.name)

    @property
    def names(self) -> list[str]:
        """The classes in the visitor's language."""
        return [getattr(one, self.page.language) for one in answer(gan.classes, self.model)]

    @property
    def is_grey(self) -> bool:
        """Whether its pictures have one channel."""
        return self.model != "gan_colour"

    @property
    def has_pictures(self) -> bool:
        """Whether any of its training pictures may be shown."""
        return "training.webp" in read_card(self.spec.name)["files"]

    def choose_class(
        self, words: Control, default: int | None = None, each: bool = False
    ) -> int | None:
        """One of the generator's classes.

        Args:
            words: The control's words; where ``each``, with an option of that name.
            default: Number of the class chosen to begin with.
            each: Whether all classes in turn may be chosen, too.

        Returns:
            The number of the class; ``None`` for all in turn.
        """
        labels = {str(number): name for number, name in enumerate(self.names)}
        codes = [*([EACH] if each else []), *labels]
        first = codes[0] if default is None else str(default)
        listed = Control(words.key, words.label, words.help, {**labels, **words.options})
        chosen = controls.choice(listed, codes, first)
        return None if chosen == EACH else int(chosen)


def open_case(page: Page) -> Case:
    """Ask for the generator."""
    specs = {spec.name: spec for spec in gan.MODELS}
    return Case(page, specs[controls.choice(page.controls.model, tuple(specs))])
