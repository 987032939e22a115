"""What is said of heads and predictions: known answers, and formulas written out again."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gallery.attention.case import USUAL
from gallery.passage import open_text
from models import attention_heatmaps as heatmaps
from models._attention_flow import roll
from models._errors import InputError

TEXT = "the cat saw the dog and a bird"
ASKED = "The [MASK] of Germany is Berlin, a large city."


@pytest.fixture(scope="module")
def plain_attention():
    return heatmaps.attend(TEXT)


def with_head(attention, square, causal=False):
    """The same text, one head that looks as told."""
    weights = np.asarray(square, np.float32)[None, None]
    return dataclasses.replace(attention, weights=weights, causal=causal)


def pattern(kind, count):
    """A head that does one thing only, (query, key)."""
    square = np.eye(count)
    if kind == "previous":
        return np.eye(count, k=-1) + np.eye(count)[0] * (np.arange(count) == 0)[:, None]
    if kind == "next":
        return np.eye(count, k=1) + np.eye(count)[-1] * (np.arange(count) == count - 1)[:, None]
    if kind == "special":
        return np.tile((square[0] + square[-1]) / 2, (count, 1))
    if kind == "one_token":
        return np.tile(square[4], (count, 1))
    return square if kind == "itself" else np.full((count, count), 1 / count)


@pytest.mark.parametrize("kind", ["previous", "next", "itself", "special", "one_token", "spread"])
def test_a_head_that_does_one_thing_is_named_for_it(plain_attention, kind):
    found = with_head(plain_attention, pattern(kind, len(plain_attention.tokens)))
    (head,) = heatmaps.name_heads(found)
    assert head.name == kind
    assert head.score == pytest.approx(1, abs=1e-6)
    assert head.scores[kind] == head.score


def test_a_head_that_finds_the_same_word(plain_attention):
    """Both places of "the" look at each other; everyone else at random."""
    tokens = plain_attention.tokens
    first, second = (place for place, token in enumerate(tokens) if token == "the")
    square = np.random.default_rng(0).dirichlet(np.ones(len(tokens)), len(tokens))
    square[[first, second]] = np.eye(len(tokens))[[second, first]]
    (head,) = heatmaps.name_heads(with_head(plain_attention, square))
    assert head.name == "same_word"
    assert head.score == 1


def test_pieces_of_a_word_are_the_same_word():
    found = heatmaps.attend("unbelievableness")
    inside = ~found.special
    assert inside.sum() > 1
    square = inside[:, None] & inside[None] & ~np.eye(len(inside), dtype=bool)
    square = square / np.maximum(square.sum(-1, keepdims=True), 1)
    (head,) = heatmaps.name_heads(with_head(found, square))
    assert head.scores["same_word"] == pytest.approx(1)


def test_a_name_has_to_be_earned(plain_attention):
    count = len(plain_attention.tokens)
    chance = np.random.default_rng(3).permutation(count)
    square = 0.45 * pattern("previous", count) + 0.55 * np.eye(count)[chance]
    found = with_head(plain_attention, square)
    assert heatmaps.name_heads(found, 0.4)[0].name == "previous"
    (head,) = heatmaps.name_heads(found, 0.9)
    assert head.name == "none"
    assert head.score == max(head.scores[name] for name in head.scores if name != "spread")


def test_a_causal_head_has_no_next_and_looks_at_the_first(plain_attention):
    count = len(plain_attention.tokens)
    bare = dataclasses.replace(plain_attention, special=np.zeros(count, bool))
    (head,) = heatmaps.name_heads(with_head(bare, np.tile(np.eye(count)[0], (count, 1)), True))
    assert head.name == "special"
    assert head.score == 1
    assert head.scores["next"] == 0
    even = np.tril(np.ones((count, count)))
    (head,) = heatmaps.name_heads(with_head(bare, even / even.sum(-1, keepdims=True), True))
    assert head.name == "spread"
    assert head.score == pytest.approx(1, abs=1e-6)


def test_names_are_sorted_by_what_earned_them():
    found = heatmaps.name_heads("The animal did not cross the street because it was tired.")
    assert {(each.layer, each.head) for each in found} == set(np.ndindex(6, 8))
    named = [each.score for each in found if each.name != "none"]
    assert named == sorted(named, reverse=True)
    assert [each.name == "none" for each in found] == sorted(each.name == "none" for each in found)
    assert {each.name for each in found} <= set(heatmaps.PATTERNS)


@settings(max_examples=20)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 7), st.sampled_from([0.0, 0.3, 0.5]))
def test_rollout_is_the_formula(layers, heads, count, residual):
    generator = np.random.default_rng(layers * 100 + heads * 10 + count)
    weights = generator.dirichlet(np.ones(count), (layers, heads, count)).astype(np.float32)
    product = np.eye(count)
    for layer in range(layers):
        mean = np.zeros((count, count))
        for head in range(heads):
            mean += weights[layer, head] / heads
        product = (residual * np.eye(count) + (1 - residual) * mean) @ product
        found = roll(weights, residual)[layer]
        np.testing.assert_allclose(found, product, atol=1e-5)
        np.testing.assert_allclose(found.sum(-1), 1, atol=1e-5)


def test_rollout_leaves_out_heads_that_are_off():
    found = heatmaps.attend(TEXT, off="0-1,3")
    values = heatmaps.rollout(found).values
    np.testing.assert_array_equal(values[3], values[2])
    others = [head for head in range(8) if head != 1]
    mean = found.weights[0, others].mean(0)
    np.testing.assert_allclose(values[0], (mean + np.eye(len(mean))) / 2, atol=1e-6)


def test_explanations_are_shares():
    found = heatmaps.explain(ASKED)
    for method in heatmaps.METHODS:
        values = getattr(found, method)
        assert values.shape == (len(found.labels),)
        assert (values >= 0).all()
        assert values.sum() == pytest.approx(1, abs=1e-5)
    assert found.answer == heatmaps.attend(ASKED).answers[0]


def test_each_hidden_word_has_its_own_explanation():
    text = "The [MASK] of Germany is [MASK]."
    found = [heatmaps.explain(text, which=which) for which in (0, 1)]
    assert [each.answer.place for each in found] == [2, 6]
    assert not np.array_equal(found[0].raw, found[1].raw)


def test_the_deletion_test_takes_words_away_in_order():
    found = heatmaps.deletion_test(ASKED, seeds=4, steps=32)
    first = found.explanation.answer.candidates[0].probability
    others = set(range(1, len(found.explanation.labels) - 1)) - {found.explanation.answer.place}
    assert found.counts.tolist() == list(range(len(others) + 1))
    assert found.fractions[0] == 0
    assert found.fractions[-1] == 1
    assert found.random.shape == (4, len(found.counts))
    curves = [*found.curves.values(), *found.random]
    for curve in curves:
        assert curve[0] == pytest.approx(first, abs=1e-5)
        assert curve[-1] == pytest.approx(curves[0][-1], abs=1e-5)
    for method, order in found.orders.items():
        assert set(order) == others
        values = getattr(found.explanation, method)[list(order)]
        assert (np.diff(values) <= 0).all()
        area = ((found.curves[method][1:] + found.curves[method][:-1]) / 2).mean()
        assert found.areas[method] == pytest.approx(area, abs=1e-5)
        worse = sum(each > found.areas[method] for each in found.random_areas)
        assert found.beaten[method] == worse / 4
    assert found.areas[found.best] == min(found.areas.values())


def test_the_deletion_test_is_the_same_every_time():
    one, other = (heatmaps.deletion_test(ASKED, seeds=3) for _ in range(2))
    np.testing.assert_array_equal(one.random, other.random)
    assert one.orders == other.orders
    more = heatmaps.deletion_test(ASKED, seeds=5)
    np.testing.assert_allclose(more.random[:3], one.random, atol=1e-5)
    assert len(set(map(tuple, more.random.tolist()))) > 1


def test_long_texts_take_few_steps():
    found = heatmaps.deletion_test("The [MASK] of Germany is Berlin. " * 30, seeds=1, steps=4)
    assert len(found.counts) == 5
    assert found.counts[-1] == 125


def test_switching_off_moves_the_same_words():
    found = heatmaps.switch_off(ASKED, "0-1,2")
    usual, changed = heatmaps.attend(ASKED), heatmaps.attend(ASKED, off="0-1,2")
    assert found.off == changed.off
    for one, other in ((found.usual, usual.answers[0]), (found.changed, changed.answers[0])):
        assert [each.number for each in one.candidates] == [e.number for e in other.candidates]
        for each, wanted in zip(one.candidates, other.candidates, strict=True):
            assert each.probability == pytest.approx(wanted.probability, abs=1e-5)
    before = {each.number: each.probability for each in found.usual.candidates}
    after = {each.number: each.probability for each in found.changed.candidates}
    assert {each.number for each in found.shifts} == before.keys() | after.keys()
    for each in found.shifts:
        assert each.before == pytest.approx(before.get(each.number, each.before), abs=1e-6)
        assert each.after == pytest.approx(after.get(each.number, each.after), abs=1e-6)
    first = found.shifts[0]
    assert first.number == found.usual.candidates[0].number
    assert found.change == pytest.approx(np.log(first.after / first.before), abs=1e-4)


def test_switching_nothing_off_moves_nothing():
    found = heatmaps.switch_off(ASKED, "")
    assert found.change == 0
    assert all(each.before == each.after for each in found.shifts)


def test_effects_say_what_switching_off_says():
    effects = heatmaps.effect_of_heads(ASKED)
    for each in (*effects.ranked[:2], effects.ranked_layers[0]):
        off = f"{each.layer}" if each.head is None else f"{each.layer}-{each.head}"
        found = heatmaps.switch_off(ASKED, off)
        assert found.change == pytest.approx(each.change, abs=1e-4)
        assert found.changed.candidates[0].shown == each.instead
        assert each.probability == pytest.approx(found.shifts[0].after, abs=1e-5)


# --- views


def test_a_selection_is_a_part(plain_attention):
    found = heatmaps.select(plain_attention)
    inside = np.flatnonzero(~plain_attention.special)
    np.testing.assert_array_equal(found.places, inside)
    wanted = plain_attention.weights[:, :, inside][..., inside]
    np.testing.assert_array_equal(found.weights, wanted)
    np.testing.assert_allclose(found.hidden, 1 - wanted.sum(-1), atol=1e-5)
    again = heatmaps.select(plain_attention, renormalise=True)
    np.testing.assert_allclose(again.weights.sum(-1), 1, atol=1e-5)
    np.testing.assert_allclose(again.weights * wanted.sum(-1, keepdims=True), wanted, atol=1e-5)
    np.testing.assert_array_equal(again.hidden, found.hidden)


def test_tokens_can_be_hidden_one_by_one(plain_attention):
    everything = heatmaps.select(plain_attention, special=True)
    np.testing.assert_array_equal(everything.weights, plain_attention.weights)
    assert not everything.hidden.max() > 1e-5
    some = heatmaps.select(plain_attention, special=True, hidden=[1, 3])
    assert some.labels == tuple(
        label for place, label in enumerate(plain_attention.labels) if place not in {1, 3}
    )


def test_a_row_without_anything_left_stays_empty(plain_attention):
    count = len(plain_attention.tokens)
    found = with_head(plain_attention, pattern("special", count))
    shown = heatmaps.select(found, renormalise=True)
    assert not shown.weights.any()
    np.testing.assert_allclose(shown.hidden, 1)


@pytest.mark.parametrize(
    ("hidden", "code"),
    [([99], "no_such_token"), (["a"], "no_such_token"), ([-1], "no_such_token")],
)
def test_tokens_that_are_not_there_cannot_be_hidden(plain_attention, hidden, code):
    with pytest.raises(InputError) as caught:
        heatmaps.select(plain_attention, hidden=hidden)
    assert caught.value.code == code


def test_hiding_everything_is_refused(plain_attention):
    with pytest.raises(InputError) as caught:
        heatmaps.select(plain_attention, hidden=range(len(plain_attention.tokens)))
    assert caught.value.code == "no_token_left"


def test_masks_are_the_three_rules():
    found = heatmaps.masks("a b", pair="c")
    assert found.labels == ("[CLS]", "a", "b", "[SEP]", "c", "[SEP]")
    assert found.bidirectional.all()
    for query, key in np.ndindex(6, 6):
        assert found.causal[query, key] == (key <= query)
        assert found.cross[query, key] == (query >= 4 and key < 4)
    assert found.used == "bidirectional"
    assert heatmaps.masks("a b").cross is None


# --- what the page says of MiniBERT


@pytest.mark.parametrize("key", ["cats_and_dogs", "zh_cats_and_dogs"])
def test_the_clearest_heads_do_plain_things(key):
    found = heatmaps.name_heads(open_text(key).text)[:8]
    assert {each.name for each in found} == {"previous", "next", "special", "one_token"}


@pytest.mark.parametrize("key", ["wide", "tired"])
def test_it_looks_at_the_animal_and_nothing_rests_on_that(key):
    text = open_text(key).text
    found = heatmaps.attend(text)
    looks = found.weights[USUAL][found.tokens.index("it")]
    assert found.tokens[looks.argmax()] == "animal"
    effects = heatmaps.effect_of_heads(text.replace(" it ", " [MASK] "))
    assert effects.answer.candidates[0].token == "it"
    assert abs(effects.heads[USUAL]) < 0.2 < np.abs(effects.heads).max() / 5


def test_the_answer_rests_far_down():
    text = open_text("zh_capital").text

    def answers(off):
        return heatmaps.attend(text, off=off).answers[0].candidates

    whole, half = answers("")[0], answers("3,4,5")[0]
    assert whole.token == half.token == "北"
    assert abs(whole.probability - half.probability) < 0.05
    assert "北" not in [each.token for each in answers("0-1")[:3]]
    names = {(each.layer, each.head): each.name for each in heatmaps.name_heads(text)}
    assert names[0, 1] == "next"


def test_where_attention_misleads():
    text = open_text("zh_capital").text
    explained = heatmaps.explain(text)
    labels = np.array(explained.labels)
    assert set(labels[np.argsort(explained.raw)[-2:]]) == {"[SEP]", "。"}
    assert set(labels[np.argsort(explained.gradient)[-2:]]) == {"[MASK]", "京"}
    found = heatmaps.deletion_test(text)
    assert found.areas["gradient"] < found.random_areas.mean() / 2
    assert found.areas["raw"] > 1.5 * found.random_areas.mean()
    assert found.curves["gradient"][1] < 0.1 < 0.5 < found.curves["raw"][1]


def test_a_head_looks_one_ahead():
    found = heatmaps.name_heads(open_text("tired").text)
    (head,) = (each for each in found if (each.layer, each.head) == (0, 1))
    assert head.name == "next"
