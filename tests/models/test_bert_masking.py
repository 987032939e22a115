"""Filling in hidden words: as transformers does, as is known, and what holds for any weights."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy

from models import bert_masking as bert
from models._readers import network_of
from models._reading import MASK
from models._spec import WEIGHTS
from models._vocabulary import vocabulary_of

ENGLISH = "He was born in New [MASK] City."
CHINESE = "台[MASK]大学是一所学校。"
TWO = "The [MASK] was written [MASK] a young woman."
ONE_MASK = [
    ENGLISH,
    CHINESE,
    "[MASK]",
    "[mask] is old",
    "北京 is the [MASK] of 中国!",
    "play[MASK] 😀",
]
WORDS = st.sampled_from(["the", "city", "of", "York", "was", "他", "在", "北京", ",", ".", MASK])
MASKED = st.lists(WORDS, min_size=1, max_size=12).map(" ".join).filter(lambda text: MASK in text)


def probabilities(text):
    """What transformers says of every word at every hidden place, all at once."""
    found = bert.fill(text)
    with torch.inference_mode():
        scores = network_of("mini_bert")(torch.from_numpy(found.reading.ids)[None])
        chances = scores.prediction_logits[0].double().softmax(-1).numpy()
    return found, chances[list(found.reading.masks)]


@pytest.fixture(scope="module")
def pipeline():
    """The peer: transformers' own, on the same weights."""
    from transformers import BertForMaskedLM, FillMaskPipeline, PreTrainedTokenizerFast

    folder = WEIGHTS / "mini_bert"
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"),
        mask_token=MASK,
        pad_token="[PAD]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )
    network = BertForMaskedLM.from_pretrained(folder, dtype=torch.float32)
    return FillMaskPipeline(model=network.eval(), tokenizer=tokenizer, device=-1)


# --- against transformers


@pytest.mark.parametrize("text", [*ONE_MASK, "字" * 120 + MASK])
def test_answers_are_those_of_the_pipeline(pipeline, text):
    theirs = pipeline(text.replace("[mask]", MASK), top_k=50)
    (gap,) = bert.fill(text, top=50).gaps
    assert [each.number for each in gap.candidates] == [each["token"] for each in theirs]
    for ours, peer in zip(gap.candidates, theirs, strict=True):
        assert ours.probability == pytest.approx(peer["score"], abs=1e-5)
        assert ours.token == pipeline.tokenizer.convert_ids_to_tokens(peer["token"])


def test_several_places_are_answered_as_by_the_pipeline(pipeline):
    for gap, theirs in zip(bert.fill(TWO, top=5).gaps, pipeline(TWO), strict=True):
        assert [each.number for each in gap.candidates] == [each["token"] for each in theirs]
        for ours, peer in zip(gap.candidates, theirs, strict=True):
            assert ours.probability == pytest.approx(peer["score"], abs=1e-5)


@settings(max_examples=12)
@given(MASKED)
def test_every_place_is_what_the_whole_network_says(text):
    found, chances = probabilities(text)
    assert len(found.gaps) == text.count(MASK)
    for gap, row in zip(found.gaps, chances, strict=True):
        best = [each.probability for each in gap.candidates]
        np.testing.assert_allclose(best, np.sort(row)[:-11:-1], atol=1e-5)
        assert gap.entropy == pytest.approx(entropy(row, base=2), abs=1e-3)
        assert found.reading.text[slice(*gap.span)] == MASK


# --- known answers


def test_a_city_and_a_university():
    assert bert.fill(ENGLISH).gaps[0].candidates[0].shown == "york"
    assert {"北", "湾"} & {each.shown for each in bert.fill(CHINESE).gaps[0].candidates[:5]}


def test_the_names_are_those_of_the_models():
    assert tuple(model.spec.name for model in bert.MODELS) == bert.ModelName.__args__
    assert bert.MODELS[0].spec.is_embedded
    assert not any(model.spec.is_embedded for model in bert.MODELS[1:])


def test_every_word_of_the_vocabulary_is_shown_in_its_own_way():
    vocabulary = vocabulary_of("mini_bert")
    assert len(set(vocabulary.shown)) == len(vocabulary.tokens) == 16000
    assert all(vocabulary.shown)
    pairs = dict(zip(vocabulary.tokens, vocabulary.shown, strict=True))
    assert (pairs["##ing"], pairs["the"], pairs["北"]) == ("…ing", "the", "北")


# --- one after the other


def test_one_hidden_word_is_filled_in_as_alone():
    alone, joint = bert.fill(ENGLISH), bert.fill_jointly(ENGLISH)
    (step,) = joint.steps
    best = alone.gaps[0].candidates[0]
    for each in (step.chosen, step.alone):
        assert each.number == best.number
        assert each.probability == pytest.approx(best.probability, abs=1e-5)
    assert joint.text == joint.text_alone == "He was born in New york City."
    assert joint.bits == pytest.approx(-np.log2(step.chosen.probability))
    assert joint.bits_alone == pytest.approx(joint.bits, abs=1e-5)


@settings(max_examples=8)
@given(MASKED)
def test_the_most_certain_place_is_filled_in_first(text):
    joint = bert.fill_jointly(text)
    assert sorted(step.gap for step in joint.steps) == list(range(text.count(MASK)))
    ids = torch.from_numpy(joint.reading.ids.copy())[None]
    hidden = list(joint.reading.masks)
    bits = 0.0
    for step in joint.steps:  # by the whole network, one step after the other
        with torch.inference_mode():
            scores = network_of("mini_bert")(ids).prediction_logits[0].softmax(-1)
        assert step.chosen.probability == pytest.approx(float(scores[hidden].max()), abs=1e-5)
        assert step.chosen.probability == pytest.approx(
            float(scores[step.place, step.chosen.number]), abs=1e-5
        )
        assert step.alone_now == pytest.approx(
            float(scores[step.place, step.alone.number]), abs=1e-5
        )
        bits -= np.log2(step.chosen.probability)
        ids[0, step.place] = step.chosen.number
        hidden.remove(step.place)
    assert joint.bits == pytest.approx(bits)
    assert MASK not in joint.text
    assert joint.bits_alone >= 0
    gaps = bert.fill(text).gaps
    assert all(step.alone == gaps[step.gap].candidates[0] for step in joint.steps)


def test_a_piece_is_written_onto_the_word_before_it():
    from models._vocabulary import written

    reading = bert.fill("play [MASK] now [MASK].").reading
    first, second = reading.masks
    assert written(reading, {first: "…ing", second: "then"}) == "playing now then."
    assert written(reading, {first: "␣(", second: "then"}) == "play ( now then."
    assert written(reading, {second: "then"}) == "play [MASK] now then."


# --- a proposed word


def test_the_networks_own_answer_has_rank_one():
    best = bert.fill(TWO).gaps
    for place, gap in enumerate(best):
        mine = bert.rank(TWO, gap.candidates[0].token).gaps[place]
        assert (mine.rank, mine.best) == (1, gap.candidates[0])
        assert mine.probability == pytest.approx(gap.candidates[0].probability, abs=1e-5)


@settings(max_examples=10)
@given(MASKED, st.sampled_from(["York", "the", "他", "##ing", "CITY", "é"]))
def test_a_rank_counts_what_is_more_probable(text, word):
    _, chances = probabilities(text)
    for gap, row in zip(bert.rank(text, word).gaps, chances, strict=True):
        (piece,) = gap.pieces
        assert gap.probability == piece.probability == pytest.approx(row[piece.number], abs=1e-5)
        more, less = (row > row[piece.number] * (1 + step) for step in (1e-4, -1e-4))
        assert 1 + more.sum() <= gap.rank <= 1 + less.sum()


@pytest.mark.parametrize("word", ["neuroscientist", "New York", "北京大学", "don't"])
@pytest.mark.parametrize("text", [TWO, "他是[MASK]。"])
def test_a_word_of_several_pieces_is_a_chain(text, word):
    found = bert.rank(text, word)
    for number, gap in enumerate(found.gaps):
        assert gap.rank is None
        assert len(gap.pieces) > 1
        parts = text.split(MASK)
        opened = MASK.join(parts[: number + 1]) + MASK * len(gap.pieces)
        opened += MASK.join(parts[number + 1 :])
        ids = torch.from_numpy(bert.fill(opened).reading.ids)[None]
        for step, piece in enumerate(gap.pieces):
            with torch.inference_mode():
                scores = network_of("mini_bert")(ids).prediction_logits[0].softmax(-1)
            expected = float(scores[gap.place + step, piece.number])
            assert piece.probability == pytest.approx(expected, abs=1e-6, rel=1e-4)
            ids[0, gap.place + step] = piece.number
        product = np.prod([piece.probability for piece in gap.pieces])
        assert gap.probability == pytest.approx(product)


# --- comparing


def test_a_text_does_not_differ_from_itself():
    found = bert.compare_texts(ENGLISH, ENGLISH)
    assert found.divergence == 0
    assert found.more_in_first == found.more_in_second == ()
    np.testing.assert_array_equal(found.first_bits, found.second_bits)
    assert found.first == found.second == bert.fill(ENGLISH).gaps[0]


def test_he_and_she_differ_as_the_whole_network_says():
    first, second = "She is a [MASK].", "He is a [MASK]."
    found = bert.compare_texts(first, second, top=12, points=300)
    p, q = (probabilities(text)[1][0] for text in (first, second))
    assert found.divergence == pytest.approx(jensenshannon(p, q, base=2) ** 2, abs=1e-5)
    assert found.shared == len(p) == 16000
    assert (found.first_share, found.second_share) == pytest.approx((1, 1), abs=1e-5)
    order = np.argsort(-np.maximum(p, q))[:300]
    names = vocabulary_of("mini_bert").shown
    assert set(found.words) == {names[number] for number in order}
    numbers = [names.index(word) for word in found.words]
    np.testing.assert_allclose(found.first_bits, np.log2(p[numbers]), atol=1e-3)
    np.testing.assert_allclose(found.second_bits, np.log2(q[numbers]), atol=1e-3)
    gains = [row.first - row.second for row in found.more_in_first]
    np.testing.assert_allclose(gains, np.sort(p - q)[: -len(gains) - 1 : -1], atol=1e-5)
    gains = [row.second - row.first for row in found.more_in_second]
    np.testing.assert_allclose(gains, np.sort(q - p)[: -len(gains) - 1 : -1], atol=1e-5)
    for row in (*found.more_in_first, *found.more_in_second):
        assert row.bits == pytest.approx(np.log2(row.first / row.second), abs=1e-6)


def test_swapping_the_texts_swaps_the_answer():
    one, other = bert.compare_texts(ENGLISH, TWO), bert.compare_texts(TWO, ENGLISH)
    assert one.divergence == pytest.approx(other.divergence)
    assert [row.shown for row in one.more_in_first] == [row.shown for row in other.more_in_second]
    assert one.words == other.words


def test_a_network_does_not_differ_from_itself():
    found = bert.compare_models(ENGLISH, "mini_bert", "mini_bert")
    assert found.divergence == 0
    assert found.shared == 16000


def test_templates_are_filled_one_by_one():
    fillers = ["She", "He", "A doctor", "他"]
    found = bert.templates("{} was a good [MASK].", fillers, top=7)
    table = np.stack([probabilities(f"{filler} was a good [MASK].")[1][0] for filler in fillers])
    names = vocabulary_of("mini_bert").shown
    best = np.argsort(-table.mean(0), kind="stable")[:7]
    assert found.words == tuple(names[number] for number in best)
    np.testing.assert_allclose(found.chances, table[:, best], atol=1e-5)
    np.testing.assert_allclose(found.mean, table[:, best].mean(0), atol=1e-5)
    np.testing.assert_allclose(found.spread, table[:, best].std(0), atol=1e-5)
    assert found.favourites == tuple(fillers[n] for n in table[:, best].argmax(0))
    for row, filler, own in zip(found.rows, fillers, table, strict=True):
        assert row.filler == filler
        assert row.gap == bert.fill(row.text, top=7).gaps[0]
        expected = jensenshannon(own, table.mean(0), base=2) ** 2
        assert row.divergence == pytest.approx(expected, abs=1e-5)


def test_words_of_interest_are_followed_through_the_templates():
    found = bert.templates("{} [MASK] here.", ["She", "He"], words=["was", "lived"])
    assert found.words == ("was", "lived")
    for row, filler in zip(found.chances, ["She", "He"], strict=True):
        for value, word in zip(row, found.words, strict=True):
            gap = bert.rank(f"{filler} [MASK] here.", word).gaps[0]
            assert value == pytest.approx(gap.probability, abs=1e-5)


# --- words, and hiding them


def test_words_are_shown_with_their_tokens():
    found = bert.words("A neuroscientist, 台北 [mask]!").words
    assert [word.text for word in found] == [*("A", "neuroscientist", ",", "台", "北", MASK, "!")]
    assert [word.number for word in found] == list(range(7))
    assert [word.hidden for word in found] == [False] * 5 + [True, False]
    assert "".join(piece.removeprefix("##") for piece in found[1].tokens) == "neuroscientist"
    assert all(len(word.tokens) == len(word.ids) == len(word.places) for word in found)


def test_words_are_hidden_by_their_numbers():
    text = "The cat sat, 在台北."
    assert bert.hide(text, [1, 5]) == "The [MASK] sat, 在[MASK]北."
    assert bert.hide(text, ()) == text
    assert bert.hide(text, (1, 1)) == "The [MASK] sat, 在台北."


@settings(max_examples=30)
@given(st.lists(WORDS, min_size=1, max_size=15).map(" ".join), st.sets(st.integers(0, 40)))
def test_hidden_words_are_masks_and_all_others_stay(text, numbers):
    before = bert.words(text).words
    numbers = {number % len(before) for number in numbers}
    after = bert.words(bert.hide(text, sorted(numbers))).words
    assert len(after) == len(before)
    for old, new in zip(before, after, strict=True):
        assert new.hidden == (old.hidden or old.number in numbers)
        assert new.hidden or (new.text, new.ids) == (old.text, old.ids)


# --- many at once


def test_twenty_callers_get_the_answers_of_one():
    texts = [*ONE_MASK, TWO, "字" * 90 + MASK, "[MASK] of [MASK]", "He [MASK]."] * 2
    alone = [bert.fill(text) for text in texts]
    with ThreadPoolExecutor(20) as pool:
        together = list(pool.map(bert.fill, texts))
    assert [each.gaps for each in together] == [each.gaps for each in alone]


def test_the_same_question_gets_the_same_answer():
    assert bert.fill(TWO).gaps == bert.fill(TWO).gaps
    assert bert.fill_jointly(TWO).steps == bert.fill_jointly(TWO).steps


def test_the_network_is_left_as_it_was():
    network = network_of("mini_bert")
    state = {name: values.clone() for name, values in network.state_dict().items()}
    bert.fill_jointly(TWO), bert.saliency(TWO), bert.lens(TWO), bert.surprise(TWO)
    assert all(torch.equal(values, state[name]) for name, values in network.state_dict().items())
    assert not network.training
    assert all(values.grad is None and not values.requires_grad for values in network.parameters())
    assert not any(module._forward_hooks for module in network.modules())
