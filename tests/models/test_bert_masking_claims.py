"""What the page of hidden words says of MiniBERT is what its weights do."""

import pytest

from gallery.passage import open_text, texts
from models import bert_masking as bert

FIRST = {"new_york": (4, 5), "zh_australia": (4, 5)}  # the words hidden: a phrase


@pytest.mark.parametrize("key", FIRST)
def test_the_neighbour_knows(key):
    text, (one, other) = open_text(key).text, FIRST[key]
    truth = next(word.text for word in bert.words(text).words if word.number == other)
    seen = bert.rank(bert.hide(text, [other]), truth).gaps[0]
    alone = bert.rank(bert.hide(text, [one, other]), truth).gaps[1]
    assert seen.rank == 1
    assert seen.probability > 0.6
    assert alone.probability < seen.probability / 1.5


@pytest.mark.parametrize("key", FIRST)
def test_one_after_the_other_finds_the_phrase(key):
    text = open_text(key).text
    found = bert.fill_jointly(bert.hide(text, FIRST[key]))
    assert found.text.casefold() == text.casefold()
    assert found.text_alone.casefold() != text.casefold()
    assert found.bits < found.bits_alone - 2


def test_a_king_and_a_queen_leave_others_behind():
    entry = texts()["king_queen"]
    for word, is_first in (("father", True), ("wife", True), ("mother", False), ("husband", False)):
        first, second = (bert.rank(text, word).gaps[0] for text in (entry.text, entry.pair))
        assert (first.probability > second.probability) == is_first, word


def test_beijing_and_paris_are_elsewhere():
    entry = texts()["zh_cities"]
    for word, is_first in (("中", True), ("法", False)):
        first, second = (bert.rank(text, word).gaps[0] for text in (entry.text, entry.pair))
        assert (first.probability > second.probability) == is_first, word


def test_not_makes_no_difference():
    entry = texts()["negation"]
    found = bert.compare_texts(entry.text, entry.pair)
    for gap in (found.first, found.second):
        assert "instrument" in {each.shown for each in gap.candidates[:3]}
    assert found.divergence < 0.1


@pytest.mark.parametrize(("key", "odd"), [("wrong_words", ("banana", "carpet")),
                                           ("zh_wrong_words", ("毯", "蕉"))])  # fmt: skip
def test_words_that_do_not_belong_surprise(key, odd):
    found = bert.surprise(open_text(key).text)
    bits = sorted((word.bits for word in found.words), reverse=True)[:12]
    for word in found.words:
        if word.text in odd:
            assert word.bits >= bits[-1], word.text
    before = next(word for word in found.words if word.text == odd[1])
    assert before.bits > found.mean


def test_at_the_bottom_the_language_is_not_known():
    (gap,) = bert.lens("He was born in New [MASK] City in 1950.").gaps
    assert any(not each.shown.isascii() for each in gap.candidates[0])
    assert all(each.shown.isascii() for each in gap.candidates[-1])
    assert gap.probability[0] < 0.01 < 0.6 < gap.probability[-1]
