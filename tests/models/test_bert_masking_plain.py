"""Twenty plain sentences a language: how many are answered sensibly, and which are limits."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from models._spec import read_card
from models.bert_masking import fill

SENTENCES = tomllib.loads((Path(__file__).parent / "plain_sentences.toml").read_text("utf-8"))
CARD = read_card("mini_bert")
LEAST = {"en": 18, "zh": 16}  # may only rise
LANGUAGE = pytest.mark.parametrize("language", ["en", "zh"])


def is_sensible(sentence: dict[str, Any]) -> bool:
    (gap,) = fill(sentence["text"], top=5).gaps
    return bool({each.token for each in gap.candidates} & set(sentence["sensible"]))


@LANGUAGE
def test_twenty_plain_sentences(language: str) -> None:
    rows = SENTENCES[language]
    assert len({row["text"] for row in rows}) == 20
    assert all(row["text"].count("[MASK]") == 1 and row["sensible"] for row in rows)
    is_chinese = [any("一" <= sign <= "鿿" for sign in row["text"]) for row in rows]
    assert set(is_chinese) == {language == "zh"}


@LANGUAGE
def test_most_are_answered_sensibly_and_the_others_are_said(language: str) -> None:
    rows = SENTENCES[language]
    failing = [row for row in rows if not is_sensible(row)]
    assert CARD["limits"][language] == failing, "python -m training.evaluate writes them anew"
    assert CARD["plain"][language] == [20 - len(failing), 20]
    assert 20 - len(failing) >= LEAST[language]
