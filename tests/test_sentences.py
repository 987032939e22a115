"""Whatever the code says by a code, words.toml says as a sentence, in both languages."""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gallery.demos import LANGUAGES, demos
from gallery.words import FILE, shared

ROOT = Path(__file__).resolve().parents[1]
WORDS = tomllib.loads(FILE.read_text("utf-8"))
FILES = [*ROOT.glob("*.py"), *ROOT.glob("models/**/*.py"), *ROOT.glob("gallery/**/*.py")]
GROUPS = {
    "InputError": "errors",
    "WeightsMissing": "errors",
    "WeightsCorrupt": "errors",
    "HubUnavailable": "errors",
    "Note": "remarks",
}


def placeholders(sentence: str) -> set[str]:
    return set(re.findall(r"(?<!\{)\{([a-z_]+)[^{}]*\}(?!\})", sentence))


def constants(node: ast.AST) -> set[str]:
    """Every string an expression may turn out to be: 'a' if x else 'b' gives both."""
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and type(n.value) is str}


def given_values(call: ast.Call) -> set[str] | None:
    """The names of the values that a call hands over; None where only running it would tell."""
    if isinstance(call.func, ast.Name) and call.func.id == "HubUnavailable":
        return None  # models/_fetch.py adds the model when it passes the error on
    names = {keyword.arg for keyword in call.keywords}
    for argument in call.args[1:]:
        if not isinstance(argument, ast.Dict):
            return None
        names |= {key.value if isinstance(key, ast.Constant) else None for key in argument.keys}
    return None if None in names else {name for name in names if name}


def said() -> dict[tuple[str, str], list[set[str] | None]]:
    """(group, code) -> the names of the values given, one entry a place in the code."""
    found: dict[tuple[str, str], list[set[str] | None]] = defaultdict(list)
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                group = GROUPS.get(node.func.id)
                for code in constants(node.args[0]) if group and node.args else ():
                    found[group or "", code].append(given_values(node))
    return found


def test_every_code_has_its_sentence() -> None:
    codes = said()
    assert len(codes) > 15
    assert {key for key in codes if key[1] not in WORDS[key[0]]} == set()


def test_every_sentence_gets_its_values() -> None:
    lacking = {
        code: placeholders(WORDS[group][code]["en"]) - values
        for (group, code), places in said().items()
        for values in places
        if values is not None
        and code in WORDS[group]
        and not placeholders(WORDS[group][code]["en"]) <= values
    }
    assert lacking == {}


def test_no_sentence_is_left_over() -> None:
    mentioned = {text for file in FILES for text in constants(ast.parse(file.read_text("utf-8")))}
    codes = {code for group in ("errors", "remarks") for code in WORDS[group]}
    assert codes - mentioned == set()


@pytest.mark.parametrize("group", WORDS)
def test_both_languages_have_the_same_placeholders(group: str) -> None:
    assert WORDS[group]
    for name, entry in WORDS[group].items():
        assert set(entry) == set(LANGUAGES), name
        assert placeholders(entry["en"]) == placeholders(entry["zh"]), name


@pytest.mark.parametrize("group", WORDS)
def test_chinese_is_chinese_and_english_is_not(group: str) -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    neutral = re.compile(r"^[^a-z]*$")  # symbols, numbers, names in capitals
    for name, entry in WORDS[group].items():
        assert not han.search(entry["en"]), name
        assert han.search(entry["zh"]) or neutral.match(re.sub(r"\{.*?\}", "", entry["zh"])), name


def test_the_words_of_every_page_are_read() -> None:
    assert demos()
    for demo in demos():
        assert demo.section in WORDS["sections"]
        for language in LANGUAGES:
            words = demo.worded(language)
            assert words.title
            assert 3 <= len(words.experiments) <= 6, "page.md: three to six experiments a page"


@pytest.mark.parametrize("language", LANGUAGES)
def test_shared_words_open(language: str) -> None:
    assert shared(language).labels.gallery


def glossary() -> dict[str, str]:
    """English term -> its one translation, from CONTRIBUTING.md; (remarks) need a reader."""
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Glossary")[2]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    cells = [cell.strip() for row in rows[2:] for cell in row]
    both = zip(cells[::2], cells[1::2], strict=True)
    return {english: chinese for english, chinese in both if "(" not in english}


def pairs(english: Any, chinese: Any, place: str) -> Iterator[tuple[str, str, str]]:
    """(where, English, Chinese) of every text below two tables of the same keys."""
    if isinstance(english, str):
        yield place, english, chinese
        return
    for key in english if isinstance(english, dict) else range(len(english)):
        yield from pairs(english[key], chinese[key], f"{place}.{key}")


def test_a_term_has_one_translation() -> None:
    terms = glossary()
    assert len(terms) > 40
    texts = [(f"words.{g}.{k}", *e.values()) for g in WORDS for k, e in WORDS[g].items()]
    for file in sorted(ROOT.glob("pages/*.toml")):
        words = tomllib.loads(file.read_text("utf-8"))
        texts += pairs(words["en"], words["zh"], file.stem)
    wrong = [
        (place, english, chinese, terms[term])
        for place, english, chinese in texts
        for term in {english.lower().rstrip("."), english.lower().rstrip(".").removesuffix("s")}
        if term in terms and terms[term] not in chinese
    ]
    assert wrong == []
