"""Attention on texts: its form, what is refused, and that all callers are told the same."""

import dataclasses
import json
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gallery.api.plain import plain
from gallery.api.unplain import unplain
from models import _readers
from models import attention_heatmaps as heatmaps
from models._attention_deletion import deletion_effort, deletion_so_far
from models._attention_effect import effects_effort, effects_so_far
from models._attention_off import heads_off, write_off
from models._errors import GalleryError, HubUnavailable, InputError
from models._load import forget
from models._reading import clean
from tests.patience import within
from tests.small_hub import closed_port

TEXT = "The [MASK] of Germany is Berlin, a large city."
CHINESE = "台[MASK]大学是一所好学校。"
SECOND = "It stands on the river Spree."
ASKING = (
    heatmaps.explain,
    heatmaps.deletion_test,
    heatmaps.effect_of_heads,
    heatmaps.switch_off,
)
LOOKING = (
    heatmaps.name_heads,
    heatmaps.rollout,
    heatmaps.select,
    heatmaps.masks,
    heatmaps.cell,
)


@pytest.fixture(scope="module")
def attention():
    return heatmaps.attend(TEXT, pair=SECOND)


def refusal(function, *given, **more):
    """The code of a refusal, which has to come within a second of work."""
    start = time.thread_time()
    with pytest.raises(InputError) as caught:
        function(*given, **more)
    assert time.thread_time() - start < 1
    return caught.value.code


def is_readable(text):
    try:
        return bool(clean(text))
    except InputError:
        return False


# --- what comes back


def test_the_names_are_those_of_the_models():
    assert tuple(each.name for each in heatmaps.MODELS) == heatmaps.ModelName.__args__
    assert heatmaps.MODELS[0].is_embedded
    photos = tuple(each.name for each in heatmaps.PHOTO_MODELS)
    assert photos == heatmaps.PhotoModelName.__args__
    assert set(heatmaps.__all__) <= set(dir(heatmaps))


@pytest.mark.parametrize(
    "text", [TEXT, CHINESE, "混合 both [MASK] 语言", "👩‍👩‍👧", "?!…", "[MASK]"]
)
def test_rows_add_up_to_one(text):
    found = heatmaps.attend(text)
    layers, heads, *square = found.weights.shape
    assert (layers, heads, *square) == (6, 8, len(found.tokens), len(found.tokens))
    assert found.weights.dtype == np.float32
    assert (found.weights >= 0).all()
    np.testing.assert_allclose(found.weights.sum(-1), 1, atol=1e-5)
    assert len(found.answers) == text.count("[MASK]")
    assert found.tokens[0] == "[CLS]"
    assert found.tokens[-1] == "[SEP]"
    assert found.special.tolist() == [token in {"[CLS]", "[SEP]"} for token in found.tokens]


@pytest.mark.slow
@settings(max_examples=15)
@given(st.text(min_size=1, max_size=60), st.text(max_size=20))
def test_any_text_is_answered_or_refused(text, pair):
    if not (is_readable(text) and (is_readable(pair) or not pair)):
        assert refusal(heatmaps.attend, text, pair=pair) == "text_empty"
        return
    found = heatmaps.attend(text, pair=pair)
    np.testing.assert_allclose(found.weights.sum(-1), 1, atol=1e-5)
    assert len(found.labels) == len(found.tokens) == found.weights.shape[-1]
    assert all(0 <= each.score <= 1 for each in heatmaps.name_heads(found))


def test_a_long_text_loses_its_end_and_says_so():
    found = heatmaps.attend("word " * 500)
    assert found.weights.shape == (6, 8, 128, 128)
    assert found.reading.cut == 500 - 126
    assert found.tokens[-1] == "[SEP]"


def test_a_pair_is_two_segments(attention):
    segments = attention.reading.segments
    place = attention.tokens.index("[SEP]")
    assert segments.tolist() == [0] * (place + 1) + [1] * (len(segments) - place - 1)
    assert attention.tokens.count("[SEP]") == 2
    np.testing.assert_array_equal(heatmaps.attend(TEXT, pair="").weights.shape[-1], place + 1)


def test_the_words_of_the_visitor_stand_beside_the_tokens():
    found = heatmaps.attend("Unbelievable Berlin")
    assert "".join(found.labels[1:-1]) == "UnbelievableBerlin"
    assert found.labels[0] == "[CLS]"


# --- heads that are off


@pytest.mark.parametrize(
    ("off", "pairs"),
    [
        ("", ()),
        ((), ()),
        ("2-1", ((2, 1),)),
        ("2-1, 2-1", ((2, 1),)),
        ([[2, 1], (0, 3)], ((0, 3), (2, 1))),
        (["2-1"], ((2, 1),)),
        ("5", tuple((5, head) for head in range(8))),
        ([5], tuple((5, head) for head in range(8))),
        (5, tuple((5, head) for head in range(8))),
        ("5，0-0", ((0, 0), *((5, head) for head in range(8)))),
    ],
)
def test_off_is_read_in_every_form(off, pairs):
    assert heads_off(off, 6, 8) == pairs
    assert heads_off(write_off(pairs, 8), 6, 8) == pairs


@given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 7))))
def test_off_survives_an_address(pairs):
    assert heads_off(write_off(pairs, 8), 6, 8) == tuple(sorted(pairs))


@pytest.mark.parametrize(
    ("off", "code"),
    [
        ("6", "no_such_head"),
        ("0-8", "no_such_head"),
        ([[0, -1]], "no_such_head"),
        ([-1], "no_such_head"),
        ("first", "off_unreadable"),
        ("1-2-3", "off_unreadable"),
        ("9" * 5000, "off_unreadable"),
        ([0.5], "off_unreadable"),
        ([[0, 1, 2]], "off_unreadable"),
        ([True], "off_unreadable"),
        ([None], "off_unreadable"),
        (2.1, "off_unreadable"),
        ({"layer": 2}, "off_unreadable"),
    ],
)
def test_what_names_no_head_is_refused(off, code):
    assert refusal(heatmaps.attend, TEXT, off=off) == code


def test_everything_off_is_answered():
    found = heatmaps.attend(TEXT, off="0,1,2,3,4,5")
    assert found.off_code == "0,1,2,3,4,5"
    assert np.isfinite(found.weights).all()
    rolled = heatmaps.rollout(found).values
    np.testing.assert_array_equal(rolled, np.broadcast_to(np.eye(len(found.tokens)), rolled.shape))


# --- bad input

BAD = [
    ("", "text_empty"),
    ("  \n\t ", "text_empty"),
    ("\x00\x01\x1f", "text_empty"),
    ("\u202e\u2066\u200f", "text_empty"),
    ("a" * 2_000_000, "text_too_long"),
    ("[MASK]" * 400_000, "text_too_long"),
]


@pytest.mark.parametrize("function", [heatmaps.attend, *ASKING, *LOOKING])
@pytest.mark.parametrize(("text", "code"), BAD)
def test_a_bad_text_is_refused_with_a_sentence(function, text, code):
    assert refusal(function, text) == code
    assert refusal(function, TEXT, pair=text) == code if text else True


@pytest.mark.parametrize(
    ("function", "text", "model", "code"),
    [
        (heatmaps.attend, "", "bert-base-uncased", "text_empty"),
        (heatmaps.attend, "a [MASK]", "gpt2", "no_mask_token"),
        (heatmaps.effect_of_heads, "a [MASK]", "gpt2", "no_mask_token"),
        (heatmaps.explain, "", "gpt2", "text_empty"),
        (heatmaps.explain, "Nothing is hidden.", "roberta-base", "no_mask"),
        (heatmaps.switch_off, "a [MASK]", "bert-base-chinese", "no_such_mask"),
    ],
)
def test_a_bad_text_is_refused_before_a_network_is_opened(function, text, model, code, monkeypatch):
    monkeypatch.delattr(_readers, "load")
    more = {"which": 1} if code == "no_such_mask" else {}
    assert refusal(function, text, model=model, **more) == code


@pytest.mark.parametrize("function", ASKING)
@pytest.mark.parametrize(
    ("text", "which", "code"),
    [
        ("Nothing is hidden.", 0, "no_mask"),
        ("word " * 200 + "[MASK]", 0, "mask_cut"),
        ("[MASK] and [MASK].", 2, "no_such_mask"),
        ("[MASK] " + "word " * 200 + "[MASK]", 1, "mask_cut"),
    ],
)
def test_without_a_hidden_word_there_is_no_prediction(function, text, which, code):
    assert refusal(function, text, which=which) == code


@pytest.mark.parametrize("text", ["The [mask] is here.", "The <mask> is here.", "The [Mask] is"])
def test_a_mask_may_be_written_as_one_likes(text):
    assert heatmaps.attend(text).reading.masks == (2,)


def test_marks_of_the_network_are_plain_characters():
    found = heatmaps.attend("a [SEP] b [CLS]")
    assert found.special.sum() == 2


def test_a_lone_mask_has_nothing_to_delete():
    assert refusal(heatmaps.deletion_test, "[MASK]") == "nothing_to_delete"
    assert heatmaps.effect_of_heads("[MASK]").heads.shape == (6, 8)
    assert heatmaps.explain("[MASK]").raw.shape == (3,)


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ({"layer": 6}, "no_such_head"),
        ({"head": 8}, "no_such_head"),
        ({"query": 127}, "no_such_token"),
        ({"key": 127}, "no_such_token"),
        ({"key": -1}, "out_of_range"),
        ({"layer": 1.5}, "not_whole"),
    ],
)
def test_a_cell_that_is_not_there_is_refused(attention, place, code):
    assert refusal(heatmaps.cell, attention, **place) == code


@pytest.mark.parametrize("model", ["", "bert-large", 3])
def test_an_unknown_network_is_refused(model):
    assert refusal(heatmaps.attend, TEXT, model) == "not_a_choice"


@pytest.mark.parametrize("function", [heatmaps.attend, *LOOKING])
def test_a_hub_that_is_away_is_an_answer(function, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_ENDPOINT", closed_port())
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    forget()
    with within(5), pytest.raises(HubUnavailable):
        function(TEXT, model="bert-base-uncased")


# --- through the second door


def test_a_text_does_for_its_attention(attention):
    names = heatmaps.name_heads(TEXT, pair=SECOND)
    assert names == heatmaps.name_heads(attention)
    rolled = heatmaps.rollout(TEXT, pair=SECOND, off="2").values
    off = heatmaps.attend(TEXT, pair=SECOND, off="2")
    np.testing.assert_array_equal(rolled, heatmaps.rollout(off).values)
    assert refusal(heatmaps.name_heads, 12) == "not_a_text"
    assert refusal(heatmaps.name_heads, None) == "not_a_text"


def test_attention_survives_json():
    found = heatmaps.attend("[MASK] a", off="1-2")
    data = json.loads(json.dumps(plain(found).data))
    back = unplain(heatmaps.Attention | str, data, "attention")
    np.testing.assert_allclose(back.weights, found.weights, rtol=1e-6)
    assert heatmaps.name_heads(back) == heatmaps.name_heads(found)
    one, other = (heatmaps.cell(each, 3, 1, 2, 1) for each in (found, back))
    assert one.weight == other.weight == pytest.approx(found.weights[3, 1, 2, 1], abs=1e-6)


@pytest.mark.parametrize(
    "change",
    [
        {"weights": np.zeros((1, 1, 2, 2), np.float32)},
        {"weights": np.zeros(3, np.float32)},
        {"labels": ("a",)},
        {"labels": (1, 2, 3, 4)},
        {"model": "bert"},
        {"off": ((9, 9),)},
        {"off": ((9,),)},
        {"off": "x"},
        {"special": np.zeros(9, bool)},
    ],
)
@pytest.mark.parametrize("function", LOOKING)
def test_attention_that_does_not_belong_together_is_refused(function, change):
    odd = dataclasses.replace(heatmaps.attend("[MASK] a"), **change)
    with pytest.raises(GalleryError):
        function(odd)


def test_attention_of_another_text_has_no_cells():
    one, other = heatmaps.attend("a b"), heatmaps.attend("c d")
    mixed = dataclasses.replace(one, reading=dataclasses.replace(other.reading))
    assert refusal(heatmaps.cell, mixed) == "attention_other"


# --- many at once


def test_twenty_callers_are_told_the_same():
    texts = [TEXT, CHINESE, "Short.", "The [MASK] is a long text. " * 9] * 5
    offs = ["", "0", "2-1,3", ""] * 5
    alone = [heatmaps.attend(text, off=off) for text, off in zip(texts, offs, strict=True)]
    effects = heatmaps.effect_of_heads(TEXT)
    with ThreadPoolExecutor(20) as pool:
        together = list(pool.map(lambda text, off: heatmaps.attend(text, off=off), texts, offs))
        others = list(pool.map(lambda _: heatmaps.effect_of_heads(TEXT), range(3)))
    for one, other in zip(alone, together, strict=True):
        assert one.tokens == other.tokens
        np.testing.assert_array_equal(one.weights, other.weights)
        assert one.answers == other.answers
    assert all(each.ranked == effects.ranked for each in others)


# --- looking on


LONG = "The river flows through the old town and into the sea. " * 9 + "It is [MASK]."


@pytest.mark.slow
def test_curves_of_the_deletion_test_grow():
    takes, found = deletion_effort(LONG, seeds=20), list(deletion_so_far(LONG, seeds=20))
    whole = heatmaps.deletion_test(LONG, seeds=20)
    assert len(found) == takes.runs > len(whole.counts)
    assert takes.seconds > 1 > deletion_effort(TEXT).seconds
    assert [each.is_whole for each in found] == [False] * (takes.runs - 1) + [True]
    for each in found:
        known = len(each.counts)
        np.testing.assert_array_equal(each.counts, whole.counts[:known])
        for method in heatmaps.METHODS:
            np.testing.assert_array_equal(each.curves[method], whole.curves[method][:known])
        np.testing.assert_array_equal(each.random, whole.random[:, :known])
    assert found[-1].areas == whole.areas


def test_effects_are_known_layer_by_layer():
    found, whole = list(effects_so_far(TEXT)), heatmaps.effect_of_heads(TEXT)
    assert len(found) == effects_effort(TEXT).runs == len(whole.layers)
    for number, each in enumerate(found, 1):
        np.testing.assert_array_equal(each.heads[:number], whole.heads[:number])
        assert np.isnan(each.heads[number:]).all()
        assert {one.layer for one in each.ranked} == set(range(number))
    assert found[-1].ranked == whole.ranked
    assert found[-1].ranked_layers == whole.ranked_layers


def test_heads_of_a_large_network_are_tried_a_few_at_a_time(monkeypatch):
    whole = heatmaps.effect_of_heads(TEXT)
    monkeypatch.setattr(_readers, "ROWS_AT_ONCE", 2)
    found = list(effects_so_far(TEXT))
    assert len(found) == effects_effort(TEXT).runs == len(whole.layers) * -(-9 // 2)
    np.testing.assert_allclose(found[-1].heads, whole.heads, rtol=0, atol=1e-4)
    np.testing.assert_allclose(found[-1].layers, whole.layers, rtol=0, atol=1e-4)
