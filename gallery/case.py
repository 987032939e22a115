"""What every section of a page works on, whatever the page is about."""

from dataclasses import dataclass

from gallery.demos import Control, Text, Words
from gallery.page import Page

__all__ = ["PageCase"]


@dataclass(frozen=True, eq=False)
class PageCase:
    """A page, and the words to speak of it; each page adds what its visitor has chosen."""

    page: Page

    @property
    def words(self) -> Words[Text]:
        """The page's sentences."""
        return self.page.words

    @property
    def knobs(self) -> Words[Control]:
        """The words of its controls."""
        return self.page.controls
