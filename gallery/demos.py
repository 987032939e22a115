"""The demos, read from the files that word them: ``pages/NN_Name.toml``.

A demo is declared once. Home, the pages, the API, README and the tests all read this; a key that
is unknown, missing or worded in one language only is refused with its file and its place.
Knows neither streamlit nor torch.
"""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, get_args

__all__ = [
    "LANGUAGES",
    "PAGES",
    "Control",
    "Correction",
    "Demo",
    "DemoError",
    "DemoWords",
    "Experiment",
    "Language",
    "SectionWords",
    "Text",
    "Words",
    "demo_of",
    "demos",
    "unkeyed",
]

T = TypeVar("T")
Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
PAGES = Path(__file__).resolve().parent.parent / "pages"
BRING = frozenset({"photo", "text", "nothing"})
REQUIRED = frozenset({"section", "icon", "bring", "experiments", *LANGUAGES})
WORDED = frozenset(
    {"title", "summary", "notes", "sections", "controls", "words", "experiments", "corrections"}
)


class DemoError(Exception):
    """A page's ``.toml`` does not say what it should; the message names the file and the key."""


@dataclass(frozen=True)
class Control:
    """The words of one control; ``key`` is also its name in the URL."""

    key: str
    label: str
    help: str
    options: Mapping[str, str]  # code -> label, empty for a number

    def option(self, code: object) -> str:
        """The label of an option, or the option itself where it is a name of its own."""
        return self.options.get(str(code), str(code))


@dataclass(frozen=True)
class SectionWords:
    """The words around one thing to see."""

    key: str
    title: str
    lead: str
    explain: str  # Markdown with LaTeX, under the result


@dataclass(frozen=True)
class Experiment:
    """What to try, the query string that sets the controls, and what to notice."""

    attempt: str
    query: Mapping[str, str]
    notice: str


@dataclass(frozen=True)
class Correction:
    """What is often said, and what is right."""

    said: str
    right: str


class Text(str):
    """A sentence with ``{placeholders}``: ``text(count=3)`` fills them in."""

    __slots__ = ()

    def __call__(self, **values: object) -> str:
        """Put the values in."""
        return self.format(**values)


class Words(Generic[T]):
    """The words of one page in one language, by attribute; a missing one is named."""

    def __init__(self, place: str, entries: Mapping[str, T]) -> None:
        """Keep the entries and where they stand."""
        self._place = place
        self._entries = entries

    def __getattr__(self, key: str) -> T:
        """The entry of that name."""
        if key.startswith("__"):
            raise AttributeError(key)
        try:
            return self._entries[key]
        except KeyError:
            raise DemoError(f"{self._place}: no entry '{key}'") from None

    __getitem__ = __getattr__

    def __iter__(self) -> Iterator[str]:
        """The names, in the order of the file."""
        return iter(self._entries)


@dataclass(frozen=True)
class DemoWords:
    """Everything one page says in one language."""

    title: str
    summary: str
    notes: str
    sections: Mapping[str, SectionWords]
    controls: Words[Control]
    words: Words[Text]
    experiments: tuple[Experiment, ...]
    corrections: tuple[Correction, ...]


@dataclass(frozen=True)
class Demo:
    """One demo, as its page's ``.toml`` declares it."""

    name: str  # edge_filters: its model module
    number: int  # 21: its place; the tens are its section
    page: Path  # pages/21_Edge_Filters.py
    section: str  # a key of the section names in words.toml
    icon: str
    bring: tuple[str, ...]
    en: DemoWords
    zh: DemoWords

    @property
    def picture(self) -> Path:
        """The picture of its card on Home."""
        return self.page.with_suffix(".webp")

    @property
    def url_path(self) -> str:
        """The path Streamlit serves it under: ``Edge_Filters``."""
        return re.sub(r"^\d+_", "", self.page.stem)

    def worded(self, language: Language) -> DemoWords:
        """Its words in that language."""
        return self.en if language == "en" else self.zh


@functools.cache
def demos(folder: Path = PAGES) -> tuple[Demo, ...]:
    """Read every demo of a folder, in the order of their numbers."""
    return tuple(_read(path) for path in sorted(folder.glob("[0-9][0-9]_*.toml")))


def demo_of(page: Path) -> Demo:
    """The demo that a page file shows."""
    folder = page.resolve().parent
    return next(demo for demo in demos(folder) if demo.page.stem == page.stem)


def _read(path: Path) -> Demo:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise DemoError(f"{path.name}: {error}") from error
    _check_keys(path.name, content, REQUIRED)
    _check_languages(path.name, content["en"], content["zh"], "")
    if not BRING.issuperset(content["bring"]):
        raise DemoError(f"{path.name}: bring allows {sorted(BRING)}")
    words = {language: _words(path.name, language, content) for language in LANGUAGES}
    number, name = path.stem.split("_", 1)
    return Demo(
        name.lower(),
        int(number),
        path.with_suffix(".py"),
        content["section"],
        content["icon"],
        tuple(content["bring"]),
        **words,
    )


def _check_keys(place: str, table: Mapping[str, Any], expected: frozenset[str]) -> None:
    for key in sorted(expected - table.keys()):
        raise DemoError(f"{place}: '{key}' is missing")
    for key in sorted(table.keys() - expected):
        raise DemoError(f"{place}: '{key}' is unknown")


def unkeyed(value: Any, place: str) -> str | None:
    """Find the first empty sentence below a table; ``None`` where every one says something."""
    if isinstance(value, str):
        return None if value.strip() else place
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    found = (unkeyed(below, f"{place}.{key}") for key, below in pairs)
    return next((empty for empty in found if empty), None)


def _check_languages(file: str, english: Any, chinese: Any, place: str) -> None:
    """Both languages have the same keys, everywhere below."""
    if type(english) is not type(chinese):
        raise DemoError(f"{file}: '{place}' differs in kind between en and zh")
    if isinstance(english, dict):
        for key in english.keys() ^ chinese.keys():
            only = "en" if key in english else "zh"
            raise DemoError(f"{file}: '{place}.{key}' exists in {only} only")
        for key, value in english.items():
            _check_languages(file, value, chinese[key], f"{place}.{key}")
    elif isinstance(english, list):
        if len(english) != len(chinese):
            raise DemoError(f"{file}: '{place}' has another length in zh")
        for index, pair in enumerate(zip(english, chinese, strict=True)):
            _check_languages(file, *pair, f"{place}[{index}]")
    elif place.startswith(".words.") and _placeholders(english) != _placeholders(chinese):
        raise DemoError(f"{file}: '{place}' has other placeholders in zh")


def _placeholders(sentence: str) -> set[str]:
    return set(re.findall(r"(?<!\{)\{([a-z_]+)[^{}]*\}(?!\})", sentence))


def _words(file: str, language: Language, content: Mapping[str, Any]) -> DemoWords:
    table = content[language]
    place = f"{file} [{language}]"
    _check_keys(place, table, WORDED)
    if empty := unkeyed(table, place):
        raise DemoError(f"{empty} says nothing")
    try:
        return DemoWords(
            title=table["title"],
            summary=table["summary"],
            notes=table["notes"],
            sections={key: SectionWords(key, **entry) for key, entry in table["sections"].items()},
            controls=Words(f"{place}.controls", _controls(table["controls"])),
            words=Words(f"{place}.words", {k: Text(v) for k, v in table["words"].items()}),
            experiments=_experiments(place, table["experiments"], content["experiments"]),
            corrections=tuple(Correction(**entry) for entry in table["corrections"]),
        )
    except TypeError as error:
        raise DemoError(f"{place}: {error}") from error


def _controls(table: Mapping[str, Any]) -> dict[str, Control]:
    return {
        key: Control(key, entry["label"], entry["help"], entry.get("options", {}))
        for key, entry in table.items()
    }


def _experiments(
    place: str, worded: list[dict[str, str]], queries: list[str]
) -> tuple[Experiment, ...]:
    if len(worded) != len(queries):
        raise DemoError(f"{place}: experiments needs one entry for each query of the file")
    pairs = zip(worded, queries, strict=True)
    return tuple(
        Experiment(
            entry["attempt"], dict(part.split("=", 1) for part in query.split("&")), entry["notice"]
        )
        for entry, query in pairs
    )
