"""What nobody should type: each gets a sentence or an answer, within a second."""

import time

import pytest

from models import bert_masking as bert
from models._errors import InputError
from models._readers import network_of
from models._reading import MASK
from models._vocabulary import vocabulary_of
from tests.strategies import ends, outside

ENGLISH = "He was born in New [MASK] City."
TWO = "The [MASK] was written [MASK] a young woman."


@pytest.fixture(scope="module", autouse=True)
def warm():
    network_of("mini_bert")  # opening it is not what is timed
    vocabulary_of("mini_bert")


def code_of(call, *arguments, **more):
    start = time.thread_time()
    with pytest.raises(InputError) as caught:
        call(*arguments, **more)
    assert time.thread_time() - start < 1
    return caught.value.code


MASK_FIRST = [
    *(bert.fill, bert.fill_jointly, bert.lens, bert.saliency),
    lambda text: bert.rank(text, "word"),
    lambda text: bert.compare_texts(text, ENGLISH),
    lambda text: bert.compare_texts(ENGLISH, text),
    lambda text: bert.compare_models(text, "mini_bert", "mini_bert"),
    lambda text: bert.templates("{}" + text, ["He"]),
]
ANY_TEXT = [
    *(bert.words, bert.surprise, bert.choose_masks, bert.visible),
    lambda text: bert.hide(text, [0]),
    lambda text: bert.next_sentence(text, "He is here."),
    lambda text: bert.next_sentence("He is here.", text),
]


@pytest.mark.parametrize("call", [*MASK_FIRST[:-1], *ANY_TEXT])
@pytest.mark.parametrize("text", ["", "   \n", "\u202e\u2066\u200b", "\x00\x1b"])
def test_no_text_is_refused(call, text):
    assert code_of(call, text) == "text_empty"


@pytest.mark.parametrize("call", [*MASK_FIRST, *ANY_TEXT])
def test_two_megabytes_are_refused(call):
    assert code_of(call, "[MASK] " * 300_000) == "text_too_long"


@pytest.mark.parametrize("call", MASK_FIRST)
@pytest.mark.parametrize(
    "text", ["A cat.", "台北", "!?…", "MASK", "👩\u200d🔬", "[MASK", "[ MASK ]"]
)
def test_a_text_without_a_hidden_word_is_refused(call, text):
    assert code_of(call, text) == "no_mask"


@pytest.mark.parametrize("call", MASK_FIRST)
@pytest.mark.parametrize("text", ["字" * 300 + MASK, "[MASK]" + "word " * 300 + "[MASK]"])
def test_a_hidden_word_behind_the_cut_is_said(call, text):
    assert code_of(call, text) == "mask_cut"


@pytest.mark.parametrize("call", [*MASK_FIRST, *ANY_TEXT[:4]])
@pytest.mark.parametrize(
    "text",
    [
        *(
            "[mask]",
            "\u202e[MASK] abc\u202c",
            "👩\u200d🔬 [MASK] 😀",
            "!?[MASK]…",
            "<mask> 台北 is 大",
        ),
        *("[MASK]\x00\x07", "[CLS] [MASK] [SEP] [UNK]", "\u0301 [MASK]", "한글 [MASK] Ω ئە"),
    ],
)
def test_odd_texts_are_answered_within_a_second(call, text):
    start = time.thread_time()
    call(f"one {text}")  # of [MASK] alone, nothing is left to ask about
    assert time.thread_time() - start < 1


@pytest.mark.parametrize("call", [bert.surprise, bert.choose_masks])
@pytest.mark.parametrize("text", ["[MASK]", "[mask] <mask>", "\u0301[MASK]\u200d"])
def test_nothing_but_hidden_words_is_refused(call, text):
    assert code_of(call, text) == "no_words"


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("", "word_empty"),
        (" \u202e", "word_empty"),
        ("😀", "word_unknown"),
        ("\u0301", "word_unknown"),
        ("x" * 101, "word_too_long"),
        ("a b c d e f g h i j k l m n o p q", "word_too_long"),
        ("x" * 2_000_000, "word_too_long"),
    ],
)
def test_a_word_that_cannot_be_asked_for_is_refused(word, code):
    assert code_of(bert.rank, TWO, word) == code


def test_other_bad_arguments_are_refused():
    assert code_of(bert.fill_jointly, MASK * 33) == "masks_too_many"
    assert code_of(bert.lens, MASK * 25) == "masks_too_many"
    assert code_of(bert.rank, MASK * 13, "neuroscientist") == "masks_too_many"
    assert len(bert.rank(MASK * 13, "city").gaps) == 13
    assert code_of(bert.hide, "one two", [2]) == "word_range"
    assert code_of(bert.hide, "one two", [-1]) == "word_range"
    assert code_of(bert.templates, "He is [MASK].", ["a"]) == "template_slot"
    assert code_of(bert.templates, "{} {} [MASK].", ["a"]) == "template_slot"
    assert code_of(bert.templates, "{} is [MASK].", []) == "fillers_count"
    assert code_of(bert.templates, "{} is [MASK].", ["a"] * 25) == "fillers_count"
    assert code_of(bert.templates, "{} is [MASK].", ["a", " "]) == "filler_empty"
    assert code_of(bert.templates, "{} is [MASK].", [1]) == "not_a_text"
    assert (
        code_of(bert.templates, "{} is [MASK].", ["a"], words=["neuroscientist"]) == "word_pieces"
    )


LIMITED = {
    bert.fill: {"text": ENGLISH},
    bert.lens: {"text": ENGLISH},
    bert.compare_texts: {"first": ENGLISH, "second": TWO},
    bert.compare_models: {"text": ENGLISH, "second": "mini_bert"},
    bert.templates: {"template": "{} is [MASK].", "fillers": ["He"]},
    bert.choose_masks: {"text": TWO},
}


@pytest.mark.parametrize("call", LIMITED, ids=lambda call: call.__name__)
def test_limits_are_held(call):
    subjects = LIMITED[call]
    for name, value in ends(call):
        if value not in bert.ModelName.__args__:
            call(**subjects | {name: value})
    for name, value in outside(call):
        refused = code_of(call, **subjects | {name: value})
        assert refused in {"out_of_range", "not_whole", "not_a_choice"}
