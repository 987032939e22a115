"""Texts as tokens: what is cleaned, what is hidden, what is cut, and where everything stands."""

import re
import time
import unicodedata

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models._errors import InputError
from models._reading import CHARACTERS, MASK, clean, read
from models.networks._language import tokenizer_of
from models.networks.mini_bert import MODEL

SIGNS = st.sampled_from("aZé ñ台北大学。,.!?'’-\t\n12😀👩\u200d🔬\u0301ﬁİßΩ한글あ\u202e\u00a0#@")
TEXTS = st.lists(SIGNS | st.sampled_from([MASK, "[mask]", "un", "ing "]), max_size=60).map("".join)


def refused(text, pair=None):
    with pytest.raises(InputError) as caught:
        read(text, MODEL, pair)
    return caught.value.code


def tokens_of(text):
    return list(read(text, MODEL).tokens[1:-1])


# --- cleaning


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  a b \n", "a b"),
        ("[mask]", MASK),
        ("a <MASK> b [Mask]", f"a {MASK} b {MASK}"),
        ("a\u202eb\u2066c\u2069", "abc"),
        ("a\x00\x07\x1bb", "ab"),
        ("\ufeffa\u200b", "a"),
        ("a\ud83db", "ab"),
        ("e\u0301", "é"),
        ("a\tb\nc", "a\tb\nc"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("[MASK", "[MASK"),
        ("[ma\u200bsk]", MASK),
    ],
)
def test_a_text_is_cleaned(raw, cleaned):
    assert clean(raw) == cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize("raw", ["", " ", "\n\t", "\x00", "\u200b\u202e", "\u3000", "\ud800"])
def test_nothing_is_refused(raw):
    assert refused(raw) == "text_empty"
    assert refused("a", raw) == "text_empty"


def test_two_megabytes_are_refused_at_once():
    start = time.thread_time()
    assert refused("word " * 400_000) == "text_too_long"
    assert refused("a", "字" * 700_000) == "text_too_long"
    assert time.thread_time() - start < 0.5


def test_the_longest_text_is_read_within_a_second():
    for text in ("字" * CHARACTERS, "a" * CHARACTERS, MASK * (CHARACTERS // 6), "😀" * CHARACTERS):
        start = time.thread_time()
        reading = read(text, MODEL)
        assert time.thread_time() - start < 1
        assert len(reading.ids) <= MODEL.longest


# --- tokens


def test_a_sentence_becomes_tokens():
    reading = read("The city is.", MODEL)
    assert reading.tokens == ("[CLS]", "the", "city", "is", ".", "[SEP]")
    assert reading.spans.tolist() == [[-1, -1], [0, 3], [4, 8], [9, 11], [11, 12], [-1, -1]]
    assert reading.words.tolist() == [-1, 0, 1, 2, 3, -1]
    assert [reading.shown(place) for place in range(6)] == [
        *("[CLS]", "The", "city", "is", ".", "[SEP]")
    ]
    assert reading.masks == ()
    assert reading.cut == 0
    assert reading.special.tolist() == [True, *[False] * 4, True]


def test_chinese_is_read_by_character():
    reading = read("我在台北。", MODEL)
    assert reading.tokens[1:-1] == tuple("我在台北。")
    assert reading.words.tolist() == [-1, 0, 1, 2, 3, 4, -1]


def test_a_rare_word_is_several_tokens_and_one_word():
    reading = read("A neuroscientist!", MODEL)
    pieces = [token for token, word in zip(reading.tokens, reading.words, strict=True) if word == 1]
    assert len(pieces) > 1
    assert "".join(piece.removeprefix("##") for piece in pieces) == "neuroscientist"


@pytest.mark.parametrize(
    "text", ["[CLS] a [SEP]", "[UNK]", "<s> </s>", "[PAD][PAD]", "<|endoftext|>"]
)
def test_marks_that_somebody_types_are_plain_characters(text):
    reading = read(text, MODEL)
    inside = reading.ids[~reading.special]
    ours = [tokenizer_of(MODEL).token_to_id(name) for name in ("[CLS]", "[SEP]", "[PAD]")]
    assert not np.isin(inside, ours).any()
    assert reading.masks == ()


@pytest.mark.parametrize(
    ("text", "masks"),
    [
        ("台[MASK]大学", (2,)),
        ("[mask] is <mask>.", (1, 3)),
        ("[MASK][MASK]", (1, 2)),
        ("play[MASK]", (2,)),
        ("[[MASK]]", (2,)),
        ("no mask: MASK", ()),
    ],
)
def test_hidden_words_stand_where_they_were_typed(text, masks):
    reading = read(text, MODEL)
    assert reading.masks == masks
    for place in masks:
        start, end = reading.spans[place]
        assert reading.text[start:end] == MASK
        assert reading.tokens[place] == reading.shown(place) == MASK
        assert (reading.words == reading.words[place]).sum() == 1


@settings(max_examples=80)
@given(TEXTS)
@example("İstanbul [MASK] ﬁn")
@example("\u0301[MASK]")
@example("#\u200d[MASK]👩\u200d🔬")
def test_any_text_is_read_or_refused(text):
    if not text.replace("\u202e", "").strip():
        assert refused(text) == "text_empty"
        return
    reading = read(text, MODEL)
    ordinary = ~reading.special
    assert reading.tokens[0] == "[CLS]"
    assert reading.tokens[-1] == "[SEP]"
    assert ordinary.sum() == len(reading.ids) - 2
    assert unicodedata.is_normalized("NFC", reading.text)
    spans, words = reading.spans[ordinary], reading.words[ordinary]
    assert (spans[:, 0] >= 0).all()
    assert (spans[:, 0] < spans[:, 1]).all()
    assert (spans[:, 1] <= len(reading.text)).all()
    assert (np.diff(spans[:, 0]) >= 0).all()
    assert np.isin(np.diff(words), (0, 1)).all()  # no word is left out, none comes back
    assert len(reading.masks) == reading.text.count(MASK) - (reading.cut and hidden_behind(reading))
    known = tokenizer_of(MODEL)
    assert [known.id_to_token(int(each)) for each in reading.ids] == list(reading.tokens)


def hidden_behind(reading):
    return reading.text[reading.spans[-2, 1] :].count(MASK)


WORD = ["the", "cat", "sat", "on", "a", "mat", "unbelievable", "台", "北", ".", ","]
WORDS = st.lists(st.sampled_from(WORD), min_size=1)


@given(WORDS)
def test_the_tokens_are_those_of_the_tokenizer(words):
    text = " ".join(words)
    expected = tokenizer_of(MODEL).encode(text)
    reading = read(text, MODEL, most=MODEL.longest)
    assert reading.ids[:-1].tolist() == expected.ids[: len(reading.ids) - 1]
    assert reading.cut == max(0, len(expected.ids) - MODEL.longest)


@given(WORDS, st.integers(0, 9), st.integers(2, 20))
def test_hiding_a_word_leaves_the_others_as_they_were(words, number, most):
    text = " ".join(words)
    number %= len(words)
    hidden = " ".join(MASK if n == number else word for n, word in enumerate(words))
    before, after = read(text, MODEL), read(hidden, MODEL)
    others = before.words != number
    kept = np.ones(len(after.ids), bool)
    kept[list(after.masks)] = False
    if not before.cut and not after.cut:
        assert before.ids[others].tolist() == after.ids[kept].tolist()
    assert len(read(text, MODEL, most=most).ids) <= most


# --- cutting, and pairs


def test_a_long_text_loses_its_end():
    reading = read("字" * 300, MODEL)
    assert len(reading.ids) == MODEL.longest == 128
    assert reading.cut == 300 - 126
    assert reading.tokens[-1] == "[SEP]"


def test_a_hidden_word_behind_the_cut_is_lost():
    assert read("字" * 300 + MASK, MODEL).masks == ()


def test_no_network_reads_more_than_it_can():
    assert len(read("字" * 300, MODEL, most=1000).ids) == MODEL.longest


@given(st.integers(1, 200), st.integers(1, 200))
def test_of_two_texts_the_longer_one_is_shortened(first, second):
    reading = read("一" * first, MODEL, "二" * second)
    ours, theirs = reading.tokens.count("一"), reading.tokens.count("二")
    room = MODEL.longest - 3
    assert ours + theirs == min(first + second, room)
    assert reading.cut == first + second - ours - theirs
    assert ours == first or ours >= room // 2
    assert theirs == second or theirs >= room // 2
    assert ours < first or theirs < second or not reading.cut


def test_a_pair_has_two_segments():
    reading = read("The cat.", MODEL, "它 [MASK]。")
    assert reading.tokens == ("[CLS]", "the", "cat", ".", "[SEP]", "它", MASK, "。", "[SEP]")
    assert reading.segments.tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1]
    assert reading.words.tolist() == [-1, 0, 1, 2, -1, 3, 4, 5, -1]
    assert reading.shown(5) == "它"
    assert reading.pair == "它 [MASK]。"
    assert reading.masks == (6,)


def test_only_the_network_decides_what_hides_a_word():
    assert re.fullmatch(r"\[MASK\]", MODEL.mask or "")
    assert tokens_of("a [MASK]")[-1] == MODEL.mask
