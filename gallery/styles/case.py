"""One photo and the words to speak of styles; what every section of the page works on."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import streamlit as st

from gallery import controls
from gallery.answers import answer
from gallery.case import PageCase
from gallery.components.tiles import choose_tile
from gallery.demos import LANGUAGES, Control, Language
from gallery.page import Page
from gallery.photo import Photo, finest, sample_of, samples
from gallery.styles.inquiries import faces
from models import style_transfer as styles
from models._images import Pixels
from models.networks.loss_networks import LossNetwork

__all__ = ["KEEP", "OPENING", "PICTURES", "PREVIEW", "STYLE_KEYS", "Case", "open_case"]

PREVIEW = 512  # pixels of the longer side of what is shown at once
FACE = 160  # pixels of the photo that a style is chosen by
FINEST = "_made-finest"  # photo
OPENING = "stained_glass"  # the style that the page opens with: ours, so its picture is here
FIRST = f"style_{OPENING}"  # of the pictures whose style can be taken
KEEP = "own"  # the colours that the style brings along
STYLE_KEYS = tuple(styles.STYLES)
PICTURES = (
    FIRST,
    *(key for key in samples("style") if key != FIRST),
    "brick",
    "flower",
    "coffee",
)  # whose style can be taken
Names = dict[Language, str]


@dataclass(frozen=True, eq=False)
class Case(PageCase):
    """What every section of the page works on."""

    photo: Photo

    def name(self, key: str, language: Language | None = None) -> str:
        """What a style is called; ``photo`` is the photo as it is."""
        language = language or self.page.language
        if key == "photo":
            return str(self.page.frame.demo.worded(language).words.kept)
        return str(getattr(styles.STYLES[key], language))

    def credit(self, key: str) -> str:
        """A style with its artist and year, and why it is free."""
        style, words = styles.STYLES[key], self.words
        digits = re.sub(r"\D", "", style.year)
        year = style.year if digits == style.year else words.around(year=digits)
        died = re.search(r"died in (\d+)", style.source)
        free = words.painting_free(died=died[1]) if died else words.own_free
        return " · ".join((self.name(key), style.by, year, free))

    def finest(self, side: int) -> Pixels:
        """The photo with as many of its pixels as there are, up to that longer side."""
        kept = st.session_state.get(FINEST)
        if kept is None or kept[:2] != (self.photo.digest, side):
            kept = (self.photo.digest, side, finest(self.photo, side))
            st.session_state[FINEST] = kept
        return cast("Pixels", kept[2])

    def names(self, keys: Iterable[str]) -> Names:
        """What several styles are called together, in both languages."""
        keys = list(keys)
        return {one: " + ".join(self.name(key, one) for key in keys) for one in LANGUAGES}

    def pictured(self, photo: Photo, language: Language | None = None) -> str:
        """What a picture is called."""
        language = language or self.page.language
        if photo.sample is None:
            return str(self.page.frame.demo.worded(language).words.own_picture)
        return sample_of(photo.sample).title[language]

    @property
    def faces(self) -> dict[str, Pixels]:
        """The photo in every style, small."""
        return dict(zip(STYLE_KEYS, answer(faces, self.photo, FACE), strict=True))

    def choose_style(self, words: Control, default: str | None = None) -> str:
        """A style, by what it does to the photo."""
        return choose_tile(
            words.key,
            words.label,
            list(self.faces.values()),
            [self.name(key) for key in STYLE_KEYS],
            STYLE_KEYS,
            84,
            default,
        )

    def list_styles(self, words: Control, options: Sequence[str], default: str) -> str:
        """A style from a list; options of the words themselves come along."""
        labels = {key: self.name(key) for key in STYLE_KEYS} | dict(words.options)
        listed = Control(words.key, words.label, words.help, labels)
        return controls.choice(listed, options, default, listed=True)

    def choose_colours(self) -> dict[str, Any]:
        """Whose colours the painting has, as the functions of the model want to know."""
        chosen = controls.choice(self.knobs.colours, (KEEP, "luminance", "histogram"))
        if chosen == KEEP:
            return {}
        return {"keep_colours": True, "colours": chosen}

    def choose_picture(self) -> Photo:
        """The picture whose style is taken."""
        return controls.photo(PICTURES[0], PICTURES, self.knobs.picture)

    def choose_network(self) -> LossNetwork:
        """The network that says what content and style are."""
        spec = controls.model(each.spec for each in styles.LOSS_NETWORKS)
        return next(each for each in styles.LOSS_NETWORKS if each.spec == spec)


def open_case(page: Page, sample: str, offered: Sequence[str]) -> Case:
    """Ask for the photo."""
    return Case(page, controls.photo(sample=sample, offered=offered))
