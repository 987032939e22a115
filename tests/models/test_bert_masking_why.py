"""Where answers come from and how a network was taught: against transformers, and by counting."""

import copy
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, spearmanr

from models import _readers
from models import bert_masking as bert
from models._errors import InputError
from models._fill import joint_effort, joint_so_far
from models._readers import network_of
from models._reading import MASK, read
from models._saliency import saliency_effort, saliency_so_far
from models._surprise import surprise_effort, surprise_so_far
from models.networks.mini_bert import MODEL

TEXT = "San Francisco is a city in [MASK]."
TWO = "她[MASK]岁时在北京[MASK]学读书。"
PLAIN = "The neuroscientist has a beautiful car, 在台北。"
WORDS = st.sampled_from(["the", "city", "of", "unbelievably", "was", "他", "在", "北", ",", MASK])
TEXTS = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)


@pytest.fixture(scope="module")
def network():
    return copy.deepcopy(network_of("mini_bert"))  # asked for its states, it sets hooks


@torch.inference_mode()
def logs_of(network, rows):
    """Every row through the whole of transformers' network: log2 of all probabilities."""
    scores = network(torch.as_tensor(np.array(rows))).prediction_logits
    return scores.double().log_softmax(-1).numpy() / np.log(2)


def hidden(ids, *places):
    changed = np.array(ids)
    changed[list(places)] = 4  # [MASK]
    return changed


# --- layer by layer


@pytest.mark.parametrize("text", [TEXT, TWO])
@torch.inference_mode()
def test_each_layer_is_read_by_the_head(network, text):
    found = bert.lens(text, top=3)
    ids = torch.from_numpy(found.reading.ids)[None]
    states = network.bert(ids, output_hidden_states=True).hidden_states
    assert len(found.gaps) == text.count(MASK)
    for gap in found.gaps:
        assert len(gap.candidates) == len(gap.rank) == len(states) == 7
        for layer, state in enumerate(states):
            chances = network.cls.predictions(state[0, gap.place]).softmax(-1).numpy()
            best = np.sort(chances)[:-4:-1]
            ours = [each.probability for each in gap.candidates[layer]]
            np.testing.assert_allclose(ours, best, atol=1e-5)
            assert gap.probability[layer] == pytest.approx(chances[gap.answer.number], abs=1e-5)
            rank = 1 + (chances > chances[gap.answer.number]).sum()
            assert gap.rank[layer] == pytest.approx(rank, abs=2, rel=1e-3)
            bits = -(chances * np.log2(chances)).sum()
            assert gap.entropy[layer] == pytest.approx(bits, abs=1e-3)


@pytest.mark.parametrize("text", [TEXT, TWO])
def test_the_last_layer_says_what_the_network_says(text):
    for gap, filled in zip(bert.lens(text).gaps, bert.fill(text, top=5).gaps, strict=True):
        assert gap.rank[-1] == 1
        assert gap.answer == gap.candidates[-1][0]
        for ours, whole in zip(gap.candidates[-1], filled.candidates, strict=True):
            assert ours.number == whole.number
            assert ours.probability == pytest.approx(whole.probability, abs=1e-5)


# --- what an answer rests on


@pytest.mark.parametrize(("text", "gap"), [(TEXT, 0), (TWO, 0), (TWO, 1)])
def test_leaving_out_is_hiding_in_turn(network, text, gap):
    found = bert.saliency(text, gap=gap)
    ids, number = found.reading.ids, found.answer.number
    assert found.place == found.reading.masks[gap]
    places = np.flatnonzero(found.asked)
    logs = logs_of(network, [ids, *(hidden(ids, place) for place in places)])
    logs = logs[:, found.place, number]
    np.testing.assert_allclose(found.left_out[places], logs[0] - logs[1:], atol=1e-4)
    assert not found.left_out[~found.asked].any()
    assert set(np.flatnonzero(~found.asked)) == {0, len(ids) - 1, *found.reading.masks}
    assert found.answer.probability == pytest.approx(2 ** logs[0], abs=1e-5)


@pytest.mark.parametrize(("text", "word"), [(TEXT, None), (TEXT, "japan"), (TWO, "大")])
def test_the_gradient_is_that_of_the_whole_network(network, text, word):
    found = bert.saliency(text, gap=text.count(MASK) - 1, word=word)
    table = network.get_input_embeddings().weight
    vectors = table[torch.from_numpy(found.reading.ids)].detach()[None].requires_grad_()
    scores = network(inputs_embeds=vectors).prediction_logits[0, found.place]
    bits = scores.log_softmax(-1)[found.answer.number] / np.log(2)
    bits.backward()
    expected = (vectors.grad * vectors).sum(-1)[0].detach().numpy()
    np.testing.assert_allclose(found.gradient, expected, atol=1e-4)
    if word:
        assert found.answer.shown == word


def test_the_gradient_is_the_slope_of_small_changes(network):
    found = bert.saliency(TEXT)
    table = network.get_input_embeddings().weight
    vectors = table[torch.from_numpy(found.reading.ids)][None]
    for place in (1, 2, 4):
        bits = []
        for sign in (-1, 1):
            scaled = vectors.clone()
            scaled[0, place] *= 1 + sign * 1e-2
            with torch.inference_mode():
                scores = network(inputs_embeds=scaled).prediction_logits[0, found.place]
            bits.append(float(scores.log_softmax(-1)[found.answer.number]) / np.log(2))
        slope = (bits[1] - bits[0]) / 2e-2
        assert found.gradient[place] == pytest.approx(slope, abs=0.02, rel=0.02)


def test_agreement_is_that_of_the_orders():
    found = bert.saliency(TEXT)
    one, other = found.left_out[found.asked], found.gradient[found.asked]
    assert found.agreement == pytest.approx(spearmanr(one, other).statistic)
    assert -1 <= found.agreement <= 1
    assert bert.saliency("[MASK]").agreement is None
    assert bert.saliency("a [MASK]").agreement is None


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"gap": 1}, "gap_range"),
        ({"gap": 128}, "out_of_range"),
        ({"gap": -1}, "out_of_range"),
        ({"word": "neuroscientist"}, "word_pieces"),
        ({"word": "😀"}, "word_unknown"),
    ],
)
def test_what_cannot_be_explained_is_refused(values, code):
    with pytest.raises(InputError) as caught:
        bert.saliency(TEXT, **values)
    assert caught.value.code == code


# --- surprise


def test_a_words_pieces_are_asked_for_from_left_to_right(network):
    found = bert.surprise(PLAIN)
    ids, words = found.reading.ids, found.reading.words
    total = 0.0
    for word in found.words:
        bits = 0.0
        for place in word.places:
            rest = [other for other in word.places if other >= place]
            bits -= logs_of(network, [hidden(ids, *rest)])[0, place, ids[place]]
            assert len({int(words[other]) for other in rest}) == 1
        assert word.bits == pytest.approx(bits, abs=1e-3)
        total += bits
    assert any(len(word.places) > 2 for word in found.words)
    assert found.mean == pytest.approx(total / found.asked.sum(), abs=1e-4)
    assert found.pseudo_perplexity == pytest.approx(2**found.mean)


@settings(max_examples=6)
@given(TEXTS.filter(lambda text: text.replace(MASK, "").strip()))
def test_a_single_word_is_as_surprising_as_its_rank_says(text):
    found = bert.surprise(text)
    names = bert.words(text).words
    assert [word.text for word in found.words] == [word.text for word in names if not word.hidden]
    assert (found.bits >= 0).all()
    assert not found.bits[~found.asked].any()
    assert found.bits.sum() == pytest.approx(sum(word.bits for word in found.words), rel=1e-5)
    for word, name in zip(found.words, (each for each in names if not each.hidden), strict=True):
        if len(word.places) == 1:
            gap = next(
                each
                for each in bert.rank(bert.hide(text, [name.number]), word.text).gaps
                if each.place == word.places[0]
            )
            assert word.bits == pytest.approx(-np.log2(gap.probability), abs=1e-3)
            assert abs(word.rank - gap.rank) <= 1 + gap.rank // 100
            assert word.expected.probability == pytest.approx(gap.best.probability, abs=1e-5)


def test_a_wrong_word_stands_out():
    right = "He was born in New York City in the United States."
    wrong = right.replace("United", "table")
    calm, odd = bert.surprise(right), bert.surprise(wrong)
    assert max(odd.words, key=lambda word: word.bits).text == "table"
    assert odd.words[9].expected.shown == "united"
    assert odd.pseudo_perplexity > calm.pseudo_perplexity


# --- how it was taught


@torch.inference_mode()
def test_following_is_what_the_whole_network_says(network):
    for pair in [
        ("He went home.", "He slept."),
        ("他在北京。", "她[MASK]学。"),
        ("字" * 300, "a b c"),
    ]:
        found = bert.next_sentence(*pair)
        reading = read(pair[0], MODEL, pair[1])
        whole = network(
            torch.from_numpy(reading.ids)[None],
            token_type_ids=torch.from_numpy(reading.segments)[None],
        )
        expected = whole.seq_relationship_logits.softmax(-1)[0, 0]
        assert found.probability == pytest.approx(float(expected), abs=1e-5)
        assert found.reading.cut == reading.cut


def test_who_never_learned_it_is_not_asked():
    for name in ("distilbert-base-uncased", "roberta-base"):  # said without opening them
        with pytest.raises(InputError) as caught:
            bert.next_sentence("One.", "Two.", name)
        assert caught.value.code == "no_next_sentence"


@settings(max_examples=30)
@given(TEXTS.filter(lambda text: text.replace(MASK, "").strip()), st.integers(0, 2**31 - 1))
def test_whole_words_are_chosen(text, seed):
    found = bert.choose_masks(text, seed=seed)
    reading, fates = found.reading, np.array(found.fates)
    chosen = fates != "not_chosen"
    ordinary = ~reading.special
    ordinary[list(reading.masks)] = False
    assert not chosen[~ordinary].any()
    words = set(reading.words[chosen])
    assert len(words) == found.chosen == max(1, round(0.15 * found.words))
    assert found.words == len(set(reading.words[ordinary]))
    assert np.isin(reading.words, list(words)).sum() == chosen.sum()  # never half a word
    assert (found.ids[fates == "masked"] == 4).all()
    same = (fates == "not_chosen") | (fates == "kept")
    assert (found.ids[same] == reading.ids[same]).all()
    assert (found.ids[fates == "replaced"] >= 5).all()  # not one of the special tokens
    again = bert.choose_masks(text, seed=seed)
    assert (again.fates, again.tokens) == (found.fates, found.tokens)


def test_of_many_draws_the_shares_are_those_of_the_paper():
    text = "the city of the old man was in the new world . " * 10
    draws = [bert.choose_masks(text, seed=seed) for seed in range(50)]
    fates = np.concatenate([draw.fates for draw in draws])
    chosen = fates[fates != "not_chosen"]
    assert len(chosen) == 50 * round(0.15 * 120)
    for fate, share in (("masked", 0.8), ("replaced", 0.1), ("kept", 0.1)):
        low, high = binom.interval(0.9999, len(chosen), share)
        assert low <= (chosen == fate).sum() <= high
    assert all(one.fates != other.fates for one, other in pairwise(draws))
    places = np.stack([np.array(draw.fates) != "not_chosen" for draw in draws])[:, 1:-1].sum(0)
    low, high = binom.interval(1 - 1e-5, 50, 0.15)
    assert low <= places.min()
    assert places.max() <= high


def test_bert_sees_all_and_gpt_what_stands_before():
    for sight in ("bert", "gpt"):
        found = bert.visible("He sat. 台北", sight)
        tokens = len(found.reading.ids)
        assert found.sees.shape == (tokens, tokens)
        for row, column in np.ndindex(tokens, tokens):
            assert found.sees[row, column] == (sight == "bert" or column <= row)


# --- looking on


LONG = "The river flows through the old town and into the sea. " * 9
LONG_HIDDEN = LONG + "It is [MASK]."


@pytest.mark.slow
def test_surprise_is_known_word_by_word():
    takes, found = surprise_effort(LONG), list(surprise_so_far(LONG))
    whole = bert.surprise(LONG)
    assert len(found) == takes.runs > 1
    assert takes.seconds > 0.5
    for one, later in pairwise(found):
        assert later.words[: len(one.words)] == one.words
        assert one.asked.sum() < later.asked.sum()
        np.testing.assert_array_equal(one.bits[one.asked], later.bits[one.asked])
    assert found[-1].words == whole.words
    np.testing.assert_array_equal(found[-1].bits, whole.bits)
    assert found[-1].pseudo_perplexity == whole.pseudo_perplexity


def test_no_word_is_known_before_all_of_its_pieces(monkeypatch):
    monkeypatch.setattr(_readers, "ROWS_AT_ONCE", 1)
    text = "An unbelievable neuroscientist."
    whole, found = bert.surprise(text), list(surprise_so_far(text))
    assert max(len(word.places) for word in whole.words) > 1
    for number, each in enumerate(found, 1):
        assert each.asked.sum() == number
        known = [word for word in whole.words if each.asked[list(word.places)].all()]
        assert [word.text for word in each.words] == [word.text for word in known]


@pytest.mark.slow
def test_what_was_left_out_so_far_is_known():
    takes, found = saliency_effort(LONG_HIDDEN), list(saliency_so_far(LONG_HIDDEN))
    whole = bert.saliency(LONG_HIDDEN)
    assert len(found) == takes.runs > 1
    for one, later in pairwise(found):
        assert one.asked.sum() < later.asked.sum()
        assert not one.left_out[~one.asked].any()
        np.testing.assert_array_equal(one.gradient, later.gradient)
    np.testing.assert_array_equal(found[-1].left_out, whole.left_out)
    assert found[-1].agreement == whole.agreement


def test_steps_of_filling_in_are_known_one_by_one():
    text = "The [MASK] of [MASK] is [MASK]."
    whole, found = bert.fill_jointly(text), list(joint_so_far(text))
    assert len(found) == joint_effort(text).runs == 3
    for count, each in enumerate(found, 1):
        assert each.steps == whole.steps[:count]
        assert each.text.count(MASK) == 3 - count
    assert (found[-1].text, found[-1].bits) == (whole.text, whole.bits)


def test_short_texts_take_no_second():
    assert surprise_effort(TEXT).seconds < 0.1
    assert saliency_effort(TEXT).seconds < 0.1
    assert joint_effort(TEXT).seconds < 0.1
