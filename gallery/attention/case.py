"""One text or a pair of texts, one network, and the words to speak of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from gallery import controls, show
from gallery.answers import answer
from gallery.case import PageCase
from gallery.components.attention import ShownToken
from gallery.demos import Control, Language
from gallery.page import Page
from gallery.passage import Passage
from models import attention_heatmaps as att
from models._spec import ModelSpec

__all__ = ["USUAL", "Case", "Head", "code_of", "head_of", "named_tokens", "open_case"]

Head = tuple[int, int]  # layer, head, from 0
USUAL: Head = (2, 6)  # of MiniBERT, looks from "it" to "animal" where it begins
OPENING: Mapping[Language, str] = {"en": "tired", "zh": "zh_tired"}


@dataclass(frozen=True, eq=False)
class Case(PageCase):
    """What every section of the page works on."""

    text: Passage
    pair: Passage | None
    spec: ModelSpec

    @property
    def model(self) -> att.ModelName:
        """The network's name."""
        return cast("att.ModelName", self.spec.name)

    @property
    def settings(self) -> dict[str, Any]:
        """What the model's functions are given beside the text."""
        pair = {} if self.pair is None else {"pair": self.pair}
        return {"model": self.model, **pair}

    @property
    def attention(self) -> att.Attention:
        """What every head looks at."""
        return answer(att.attend, self.text, **self.settings)

    @property
    def names(self) -> tuple[att.HeadName, ...]:
        """Every head named by what it does on this text, the clearest first."""
        return answer(att.name_heads, self.attention)

    @property
    def tag(self) -> str:
        """What tells this text and network from others, within the session."""
        return f"{self.model}\n{self.text.text}\n{self.pair.text if self.pair else ''}"

    def said(self, name: att.HeadName) -> str:
        """A head with its name and the score that earned it: ``2-1 · previous token 97 %``."""
        return f"{name.layer}-{name.head} · {self.role(name)}"

    def role(self, name: att.HeadName) -> str:
        """What a head does on this text, and the score."""
        role = str(self.words[f"role_{name.name}"])
        return role if name.name == "none" else f"{role} {100 * name.score:.0f} %"

    def choose_head(self) -> Head:
        """Any head, those with the clearest names on top."""
        listed = {code_of((each.layer, each.head)): self.said(each) for each in self.names}
        words = self.knobs.head
        named = Control(words.key, words.label, words.help, listed)
        return head_of(controls.choice(named, listed, self.usual_head))

    @property
    def usual_head(self) -> str:
        """The head shown to begin with, or the last one of a smaller network."""
        layers, heads = self.attention.weights.shape[:2]
        return code_of((min(USUAL[0], layers - 1), min(USUAL[1], heads - 1)))

    def say_cut(self) -> None:
        """Say it where the text was too long."""
        reading = self.attention.reading
        show.cut(len(reading.tokens), reading.cut)


def open_case(page: Page) -> Case:
    """Ask for the text and the network."""
    text, pair = controls.pair_or_one(OPENING)
    return Case(page, text, pair, controls.model(att.MODELS))


def code_of(head: Head) -> str:
    """A head as the address and the model write it: ``2-1``."""
    return f"{head[0]}-{head[1]}"


def head_of(code: str) -> Head:
    """The head that a code stands for."""
    layer, _, head = code.partition("-")
    return int(layer), int(head)


def named_tokens(attention: att.Attention, places: Sequence[int]) -> list[ShownToken]:
    """Some of the tokens as they stand on the page."""
    reading = attention.reading
    words, segments = reading.words.tolist(), reading.segments.tolist()
    found = []
    for place in places:
        word = words[place]
        joined = word >= 0 and place > 0 and words[place - 1] == word
        label = attention.labels[place] or attention.tokens[place]
        found.append(
            ShownToken(
                place=int(place),
                text=label,
                name=f"##{label}" if joined else label,
                special=word < 0,
                joined=joined,
                breaks=place > 0 and segments[place] != segments[place - 1],
            )
        )
    return found
