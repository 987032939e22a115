"""One network and the words to speak of it."""

from dataclasses import dataclass
from typing import cast

from gallery import controls
from gallery.case import PageCase
from gallery.page import Page
from models import bert_masking as bert
from models._spec import ModelSpec

__all__ = ["Case", "coded", "open_case"]


@dataclass(frozen=True, eq=False)
class Case(PageCase):
    """What every section of the page works on."""

    spec: ModelSpec

    @property
    def model(self) -> bert.ModelName:
        """The network's name."""
        return cast("bert.ModelName", self.spec.name)

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.page.frame.worded.title


def open_case(page: Page) -> Case:
    """Ask which network."""
    return Case(page, controls.model(each.spec for each in bert.MODELS))


def coded(word: str) -> str:
    """A word in Markdown, set apart as the characters that it is."""
    bare = word.replace("`", "'").strip()
    return f"`{bare}`" if bare else "–"
