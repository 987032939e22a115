"""The words that a hand hides, the figures that show them, and the game against the network."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from gallery import figures
from gallery.components import word_row
from gallery.components.hand import heard
from gallery.demos import LANGUAGES, demos
from gallery.masking import guessing
from gallery.masking.case import coded
from gallery.masking.comparing import PAIRS as SIDES
from gallery.masking.fillers import split_fillers
from gallery.masking.following import OFFERED, PAIRS, shuffled
from gallery.masking.hiding import gaps_of, row_of_words
from gallery.masking.schooling import add_up
from gallery.masking.subject import ONE, OPENING, SEVERAL
from gallery.passage import open_text, plain, texts
from gallery.words import shared
from models import bert_masking as bert
from models._reading import MASK

DEMO = next(demo for demo in demos() if demo.name == "bert_masking")
TEXTS = [
    "Unbelievable! He said: “playing the bagpipes is easy”.",
    "他在 2008 年学 Python，不是吗？",
    "One [MASK] typed, and 👩‍🚀 an emoji.",
    "[MASK]",
    "...",
]


@pytest.mark.parametrize("text", TEXTS)
def test_the_words_drawn_are_the_text(text):
    found = bert.words(text)
    row = row_of_words(found)
    drawn = "".join(word.before + word.text for word in row)
    assert text.startswith(drawn)
    assert text[len(drawn) :].strip() == ""
    assert [word.number >= 0 for word in row] == [not word.hidden for word in found.words]


@pytest.mark.parametrize("text", TEXTS)
def test_hidden_words_are_those_that_the_model_hides(text):
    found = bert.words(text)
    numbers = [word.number for word in found.words if not word.hidden][::2]
    gaps = gaps_of(found, numbers)
    assert gaps.text == bert.hide(text, numbers)
    assert len(gaps.truths) == len(gaps.words) == gaps.text.count(MASK)
    stood = iter(gaps.truths)
    again = "".join(
        part + (next(stood) or MASK if place < len(gaps.truths) else "")
        for place, part in enumerate(gaps.text.split(MASK))
    )
    assert again == text


def test_a_word_of_pieces_can_have_a_mask_for_each():
    found = bert.words("An unbelievable story.")
    word = next(each for each in found.words if each.text == "unbelievable")
    assert len(word.tokens) > 1
    gaps = gaps_of(found, [word.number], by_piece=True)
    assert gaps.text == f"An {MASK * len(word.tokens)} story."
    assert gaps.truths == word.tokens
    assert len(bert.fill(gaps.text).gaps) == len(word.tokens)


def test_numbers_in_an_address_are_numbers_or_nothing():
    assert word_row._parse("3.7") == {3, 7}
    assert word_row._parse("none") == set()
    for wrong in ("", "a", "1,2", "-1", "1..2", "٣", "99999", "3.7;drop"):
        assert word_row._parse(wrong) is None, wrong
    for numbers in ([], [4], [7, 3]):
        assert word_row._parse(word_row._write(numbers)) == set(numbers)


@pytest.mark.parametrize(
    "sent",
    [None, 3, [], {}, {"value": 5, "number": 1}, {"value": [1], "number": "x"}],
)
def test_what_a_browser_makes_up_presses_nothing(sent, monkeypatch):
    state = {"w": "2", "w-words": {"pressed": sent}}
    monkeypatch.setattr(st, "session_state", state)
    word_row._take("w", frozenset({1, 2}))
    assert state["w"] == "2"


def test_only_words_that_are_there_can_be_pressed(monkeypatch):
    state = {"w": "2", "w-words": {"pressed": {"value": [1, 9, "2", None], "number": 4}}}
    monkeypatch.setattr(st, "session_state", state)
    word_row._take("w", frozenset({1, 2}))
    assert (state["w"], heard("w-words")) == ("1", 4)


def test_words_reach_the_browser_as_plain_data():
    words = [word_row.Word("a", 0, bar=(-0.5, "red")), word_row.Word("b", under=("x",))]
    data = json.loads(json.dumps(word_row._data(words, "label", "hint", "rest")))
    assert data["signed"] is True
    assert data["words"][0]["bar"] == [-0.5, "red"]
    assert data["words"][1]["under"] == ["x"]


def test_the_examples_hide_words_that_are_there():
    for table in (ONE, SEVERAL):
        for key, numbers in table.items():
            words = {word.number for word in bert.words(open_text(key).text).words}
            assert set(numbers) <= words
    assert {texts()[key].language for key in OPENING.values()} == set(LANGUAGES)


@pytest.mark.parametrize("table", [SIDES, PAIRS, OFFERED])
def test_pairs_are_pairs_in_their_language(table):
    for language in LANGUAGES:
        for key in table[language]:
            entry = texts()[key]
            assert entry.language == language
            assert entry.pair is not None
            assert (MASK in entry.text and MASK in entry.pair) == (table is SIDES)


def test_fillers_are_parted_by_commas_of_both_languages():
    assert split_fillers("he, she,my father；他，她、 我们\nthey ,") == (
        "he", "she", "my father", "他", "她", "我们", "they",
    )  # fmt: skip
    assert split_fillers(" ,， ") == ()


def test_a_guess_is_right_whatever_its_capitals():
    assert guessing.is_same("York", "york")
    assert guessing.is_same("##ing", "…ing")
    assert guessing.is_same(" 克 ", "克")
    assert not guessing.is_same("York", "new")


def test_a_visitors_words_mean_nothing_to_markdown():
    assert plain("**[x](y)** `a` $b$") == r"\*\*\[x\]\(y\)\*\* \`a\` \$b\$"
    assert coded("`` a") == "`'' a`"
    assert coded("  ") == "–"


def test_a_shuffle_keeps_every_text():
    assert sorted(shuffled(6, 5)) == list(range(6))
    assert shuffled(6, 5) == shuffled(6, 5)
    assert len({tuple(shuffled(6, seed)) for seed in range(20)}) > 10


def test_shares_are_of_the_chosen():
    counts = Counter(masked=8, replaced=1, kept=1, chosen=10, tokens=70)
    assert add_up(counts, ["a", "b", "c"])["shares"] == ["80.0%", "10.0%", "10.0%"]
    assert add_up(Counter(), ["a", "b", "c"])["shares"] == ["0.0%"] * 3


def test_a_grid_of_words_says_each_word_with_its_number():
    drawn = figures.named_grid(
        np.array([[0.5, 0.25], [0.1, 0.9]]), ["r", "s"], ["x", "y"],
        x="across", y="down", value="p", words=[["a", "<b>"], ["c", "d"]],
    )  # fmt: skip
    (grid,) = drawn.figure.data
    assert (grid.zmin, grid.zmax) == (0, 0.9)
    assert drawn.table == {
        "down": ["r", "s"], "0 x": ["a: 50.0%", "c: 10.0%"], "1 y": ["<b>: 25.0%", "d: 90.0%"],
    }  # fmt: skip
    assert list(grid.text[0]) == ["a", "&lt;b&gt;"], "no word is taken for markup"
    assert grid.customdata[0][1] == "r · y: &lt;b&gt;: 25.0%"


def test_a_scatter_names_what_is_marked_and_draws_the_rest():
    drawn = figures.scatter(["a", "b", "c"], [-1, -2, -3], [-3, -2, -1], marked=[1], x="l", y="r")
    diagonal, rest, marked = drawn.figure.data
    assert list(diagonal.x) == list(diagonal.y) == [-3, -1]
    assert (list(rest.text), list(marked.text)) == (["a", "c"], ["b"])
    assert (rest.mode, marked.mode) == ("markers", "markers+text")


def test_names_of_points_that_meet_in_a_scatter_stand_apart():
    drawn = figures.scatter(
        list("abcde"), [-2, -2.01, -2, -1, -4], [-1.9, -1.9, -2.1, -1.1, 0], marked=range(4)
    )
    stands = drawn.figure.data[2].textposition
    assert stands == ("top left", "middle left", "bottom right", "bottom right")


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", DEMO.en.sections)
def test_every_section_is_taken_away_as_picture_table_and_data(section, language):
    for subject in ("texts", "fillers") if section == "compare" else ("",):
        app = AppTest.from_file(str(DEMO.page), default_timeout=60)
        app.query_params["section"], app.query_params["lang"] = section, language
        if subject:
            app.query_params["subject"] = subject
        app.run()
        assert not app.exception
        labels = shared(language).labels
        offered = {each.proto.label for each in app.get("download_button")}
        assert {labels.take_png, labels.take_csv, labels.take_json} <= offered


def test_the_page_parts_are_shown_as_source():
    from gallery.closing import sources

    found = {path.name for path in sources(DEMO.name, DEMO.page)}
    assert {"bert_masking.py", "filling.py", "guessing.py"} <= found
    assert Path("gallery/masking").is_dir()


def test_an_svg_is_well_formed_whatever_stands_in_it():
    from xml.etree import ElementTree

    drawn = figures.bars_svg({"a <b> & c": [("<i>", 0.5, True), ("词", 0.25, False)]}, "x < y & z")
    root = ElementTree.fromstring(drawn)
    space = "{http://www.w3.org/2000/svg}"
    texts_ = [each.text for each in root.iter(f"{space}text")]
    assert texts_ == ["x < y & z", "a <b> & c", "<i>", "50.0%", "词", "25.0%"]
    widths = [float(each.get("width")) for each in root.iter(f"{space}rect") if each.get("rx")]
    assert widths[0] == pytest.approx(2 * widths[1])


def test_bars_in_a_picture_are_as_long_as_their_amounts():
    bars = [("york", 0.8, True), ("mexico", 0.4, False), ("词", 0.0, False)]
    picture = figures.bars_picture(bars, "He was born")
    assert (picture.dtype, picture.shape[2]) == (np.uint8, 3)
    blue = (picture == (0x00, 0x72, 0xB2)).all(2)
    orange = (picture == (0xE6, 0x9F, 0x00)).all(2)
    assert orange.sum(1).max() == pytest.approx(2 * blue.sum(1).max(), rel=0.02)
