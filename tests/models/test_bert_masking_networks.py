"""Every network of the demo, tiny and random, through a hub on loopback: each part is its own."""

import copy
import gc

import numpy as np
import pytest
import torch

from models import _readers, _surprise
from models import bert_masking as bert
from models._errors import HubUnavailable, InputError
from models._load import forget
from models._readers import (
    find_model,
    inputs_of,
    network_of,
    rows_at_once,
    runs_of,
    transformer_of,
)
from models._reading import MASK
from models._vocabulary import vocabulary_of
from models.networks._language import vocabulary_scores
from tests.small_hub import closed_port
from tests.tiny_models import offer, small_hub

NAMES = [model.spec.name for model in bert.MODELS if not model.spec.is_embedded]
TEXT = "The [MASK] sat on the mat because [mask] was warm."
SECOND = "It is a soft mat, 台北."


@pytest.fixture(scope="module", params=NAMES)
def model(request, tmp_path_factory):
    with small_hub(tmp_path_factory.mktemp("hub")) as hub:
        offer(hub, find_model(request.param).spec)
        yield request.param
    gc.unfreeze()


def whole(reading, model, ids=None, **more):
    """All of transformers' network: natural logarithms (rows, tokens, vocabulary)."""
    network = copy.deepcopy(network_of(model))  # asked for its states, it sets hooks
    outcome = network(**inputs_of(reading, model, ids), **more)
    scores = getattr(outcome, "prediction_logits", None)
    return outcome, (outcome.logits if scores is None else scores).log_softmax(-1)


@torch.inference_mode()
def test_answers_are_those_of_the_whole_network(model):
    found = bert.fill(TEXT, model, top=20)
    _, logs = whole(found.reading, model)
    assert len(found.gaps) == 2
    for gap in found.gaps:
        row = logs[0, gap.place].exp().numpy()
        best = np.argsort(-row, kind="stable")[:20]
        assert [each.number for each in gap.candidates] == best.tolist()
        chances = [each.probability for each in gap.candidates]
        np.testing.assert_allclose(chances, row[best], atol=1e-5)
        names = vocabulary_of(model).tokens
        assert [each.token for each in gap.candidates] == [names[number] for number in best]
        assert found.reading.tokens[gap.place] == find_model(model).mask
        assert found.reading.shown(gap.place) == MASK


@torch.inference_mode()
def test_every_layer_is_that_of_transformers(model):
    reading = bert.fill(TEXT, model).reading
    outcome, _ = whole(reading, model, output_hidden_states=True)
    network, kind = network_of(model), find_model(model)
    layers = transformer_of(model)
    ours = layers.all_states(layers.embed(**inputs_of(reading, model)))
    assert len(ours) == len(outcome.hidden_states) == 3
    for one, other in zip(ours, outcome.hidden_states, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-5)
    found = bert.lens(TEXT, model)
    for gap in found.gaps:
        assert gap.rank[-1] == 1
        for layer, state in enumerate(outcome.hidden_states):
            row = kind.head(network, state[:, gap.place])[0].softmax(-1)
            assert gap.probability[layer] == pytest.approx(float(row[gap.answer.number]), abs=1e-5)


def test_gradients_are_those_of_transformers(model):
    found = bert.saliency(TEXT, model, gap=1)
    inputs = inputs_of(found.reading, model)
    table = network_of(model).get_input_embeddings().weight
    vectors = table[inputs.pop("input_ids")].detach().requires_grad_()
    outcome = network_of(model)(inputs_embeds=vectors, **inputs)
    scores = getattr(outcome, "prediction_logits", None)
    scores = outcome.logits if scores is None else scores
    logs = scores[0, found.place].log_softmax(-1)
    logs[found.answer.number].backward()
    expected = (vectors.grad * vectors).sum(-1)[0].detach().numpy() / np.log(2)
    np.testing.assert_allclose(found.gradient, expected, atol=1e-4)


@torch.inference_mode()
def test_surprise_is_that_of_the_whole_network(model):
    found = bert.surprise("The cat sat on a mat.", model)
    reading = found.reading
    for word in found.words:
        ids = reading.ids.copy()
        ids[list(word.places)] = vocabulary_of(model).tokens.index(find_model(model).mask)
        _, logs = whole(reading, model, ids)
        first = word.places[0]
        bits = -float(logs[0, first, reading.ids[first]]) / np.log(2)
        assert found.bits[first] == pytest.approx(bits, abs=1e-3)


def test_everything_else_answers(model):
    joint = bert.fill_jointly(TEXT, model)
    assert len(joint.steps) == 2
    found = bert.rank(TEXT, "cat", model)
    assert all(0 < gap.probability <= 1 for gap in found.gaps)
    chosen = bert.choose_masks(TEXT, model, seed=5)
    assert len(chosen.tokens) == len(chosen.fates)
    rows = bert.templates("{} [MASK].", ["He", "She"], model).rows
    assert [row.gap for row in rows] == [bert.fill(row.text, model).gaps[0] for row in rows]


@pytest.mark.parametrize("model", ["roberta-base"], indirect=True)
def test_two_networks_are_compared_by_the_words_they_share(model):
    found = bert.compare_models(TEXT, model, "mini_bert", top=3, points=100)
    names = [vocabulary_of(each).shown for each in (model, "mini_bert")]
    shared = set(names[0]) & set(names[1])
    assert found.shared == len(shared)
    assert set(found.words) <= shared
    assert 0 < found.divergence <= 1
    sides = zip((found.first, found.second), (found.first_share, found.second_share), strict=True)
    for (gap, share), name in zip(sides, (model, "mini_bert"), strict=True):
        expected = bert.fill(TEXT, name, top=3).gaps[0]
        assert [each.number for each in gap.candidates] == [
            each.number for each in expected.candidates
        ]
        assert gap.entropy == pytest.approx(expected.entropy, abs=1e-4)
        assert 0 < share < 1
    for row in (*found.more_in_first, *found.more_in_second):
        chances = [
            bert.rank(TEXT, token, each).gaps[0].probability
            for each, token in ((model, f"Ġ{row.shown}"), ("mini_bert", row.shown))
            if not row.shown.startswith("…") and row.shown.isalnum()
        ]
        assert chances in ([], pytest.approx([row.first, row.second], abs=1e-5))


@torch.inference_mode()
def test_following_is_asked_of_those_who_learned_it(model):
    if find_model(model).follows:
        found = bert.next_sentence(TEXT, SECOND, model)
        outcome, _ = whole(found.reading, model)
        expected = outcome.seq_relationship_logits.softmax(-1)[0, 0]
        assert found.probability == pytest.approx(float(expected), abs=1e-5)
        return
    with pytest.raises(InputError) as caught:
        bert.next_sentence(TEXT, SECOND, model)
    assert caught.value.code == "no_next_sentence"


def test_words_are_hidden_and_shown(model):
    before = bert.words("The cat sat on it.", model).words
    after = bert.words(bert.hide("The cat sat on it.", [1, 4], model), model).words
    assert [word.text for word in before] == ["The", "cat", "sat", "on", "it", "."]
    assert [word.text for word in after] == ["The", MASK, "sat", "on", MASK, "."]


@pytest.mark.parametrize("model", ["roberta-base"], indirect=True)
def test_a_vocabulary_that_knows_spaces_is_asked_with_them(model):
    shown = dict(zip(vocabulary_of(model).tokens, vocabulary_of(model).shown, strict=True))
    assert all(word.isprintable() for word in shown.values())
    letter = next(each[1:] for each in shown if each[0] == "Ġ" and len(each) == 2)
    assert (shown[f"Ġ{letter}"], shown[letter], shown["."]) == (letter, f"…{letter}", ".")
    for text, word, token in (
        ("a <mask>", letter, f"Ġ{letter}"),
        ("a<mask>", letter, letter),
        ("<mask> a", letter, letter),
        ("a<mask>", f"Ġ{letter}", f"Ġ{letter}"),
    ):
        assert [each.token for each in bert.rank(text, word, model).gaps[0].pieces] == [token]


def test_a_hub_that_is_away_is_said_after_what_is_wrong_with_the_text(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_ENDPOINT", closed_port())
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    forget()
    with pytest.raises(InputError):
        bert.fill("nothing is hidden", "roberta-base")
    with pytest.raises(HubUnavailable):
        bert.fill(TEXT, "roberta-base")
    forget()
    gc.unfreeze()


@pytest.mark.parametrize("words", [16, 100, 30522 // 10])
@pytest.mark.parametrize("asked", [(1,), (3, 5), (17,), (0,)])
def test_the_product_with_a_vocabulary_in_parts_is_the_whole_one(words, asked):
    torch.manual_seed(0)
    for bias in (True, False):
        decoder = torch.nn.Linear(24, words, bias=bias)
        states = torch.randn(*asked, 24, requires_grad=True)
        scores = vocabulary_scores(decoder, states)
        torch.testing.assert_close(scores, decoder(states), rtol=0, atol=1e-5)
        ours, theirs = (
            torch.autograd.grad(each.square().sum(), states)[0]
            for each in (scores, decoder(states))
        )
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


def test_a_larger_network_is_given_fewer_rows_at_once(model, monkeypatch):
    monkeypatch.setattr(_readers, "SMALL", 32 * 32 * 2)
    size, tokens = transformer_of(model).size, 64
    usual = rows_at_once(tokens, model)
    monkeypatch.setattr(_readers, "SMALL", size // 18)  # as MiniBERT is to a network of base size
    assert 1 <= rows_at_once(tokens, model) <= max(1, usual // 8)
    for rows in (1, 7, 64):
        assert runs_of(rows, tokens, model) == -(-rows // rows_at_once(tokens, model))
    found = list(_surprise.surprise_so_far("The cat sat on the mat, and the bird sang.", model))
    assert len(found) == runs_of(int(found[-1].asked.sum()), len(found[-1].reading.ids), model)
