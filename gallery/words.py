"""The words that all pages share, in one language. Knows neither streamlit nor torch."""

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gallery.demos import LANGUAGES, DemoError, Language, Text, Words, unkeyed
from models._errors import GalleryError
from models._images import Note

__all__ = ["note_sentence", "sentence", "shared"]

FILE = Path(__file__).with_name("words.toml")


class SharedWords:
    """Section names, buttons and labels, error sentences and remarks of one language."""

    def __init__(self, place: str, table: Mapping[str, Mapping[str, str]]) -> None:
        """Wrap each group of the file."""
        groups = {
            key: Words(f"{place}.{key}", {name: Text(value) for name, value in entries.items()})
            for key, entries in table.items()
        }
        self.sections: Words[Text] = groups["sections"]
        self.labels: Words[Text] = groups["labels"]
        self.errors: Words[Text] = groups["errors"]
        self.remarks: Words[Text] = groups["remarks"]


@functools.cache
def shared(language: Language) -> SharedWords:
    """The words of ``words.toml`` in one language.

    Raises:
        DemoError: A group or an entry is missing in one of the languages, or says nothing.
    """
    content: dict[str, Any] = tomllib.loads(FILE.read_text("utf-8"))
    groups = content.keys()
    for group in groups:
        for name, entry in content[group].items():
            if set(entry) != set(LANGUAGES) or unkeyed(entry, name):
                raise DemoError(f"{FILE.name}: {group}.{name} needs a sentence in en and in zh")
    table = {
        group: {name: entry[language] for name, entry in content[group].items()} for group in groups
    }
    return SharedWords(f"{FILE.name} [{language}]", table)


def sentence(error: GalleryError, language: Language) -> str:
    """What to tell a visitor about an error."""
    values = {
        name: sentence(value, language) if isinstance(value, GalleryError) else value
        for name, value in error.values.items()
    }
    return shared(language).errors[error.code](**values)


def note_sentence(note: Note, language: Language) -> str:
    """What to tell a visitor about something that was done to the input."""
    return shared(language).remarks[note.code](**note.values)
