"""Attention on every architecture, loaded from a hub on loopback, against transformers' own."""

import copy
import gc

import numpy as np
import pytest
import torch

from models import attention_heatmaps as heatmaps
from models._attention_reader import open_text
from models._load import load
from models._readers import READERS
from tests.tiny_models import offer, small_hub

NAMES = ["mini_bert", "bert-base-uncased", "distilbert-base-uncased", "roberta-base", "gpt2"]
TEXT = "The [MASK] sat on the mat, and the dog looked at it."
SECOND = "She is a doctor, 台北."
CLOSE = {"rtol": 0, "atol": 1e-5}


@pytest.fixture(scope="module", params=NAMES)
def reader(request, tmp_path_factory):
    """The name of a model that the public functions find: the embedded one, or a tiny one."""
    if request.param == "mini_bert":
        yield request.param
        return
    with small_hub(tmp_path_factory.mktemp("hub")) as hub:
        offer(hub, model_of(request.param).spec)
        yield request.param
    gc.unfreeze()


def text_for(name):
    """GPT-2 hides no words: it is asked for the next one."""
    return TEXT.replace("[MASK]", "cat") if name == "gpt2" else TEXT


def original(name):
    """A copy of the loaded network, to be changed and run by transformers itself."""
    return copy.deepcopy(open_text("x", name).network)


def run(network, attention, model, **more):
    """What transformers makes of the same tokens."""
    reading = attention.reading
    inputs = {"input_ids": torch.from_numpy(reading.ids)[None]}
    if model.segments:
        inputs["token_type_ids"] = torch.from_numpy(reading.segments)[None]
    with torch.inference_mode():
        return network(**inputs, output_attentions=True, output_hidden_states=True, **more)


def model_of(name):
    return next(each for each in READERS if each.spec.name == name)


def logs_at(outcome, place):
    scores = getattr(outcome, "prediction_logits", None)
    scores = outcome.logits if scores is None else scores
    return scores[0, place].log_softmax(-1).numpy()


def silence(network, layer, head):
    """Zero what a head has to say in its layer's output projection."""
    kind = type(network).__name__
    with torch.no_grad():
        if kind.startswith("DistilBert"):
            columns = network.distilbert.transformer.layer[layer].attention.out_lin.weight
        elif kind.startswith("GPT2"):  # its Conv1D has inputs in rows
            columns = network.transformer.h[layer].attn.c_proj.weight.T
        else:
            body = network.roberta if kind.startswith("Roberta") else network.bert
            columns = body.encoder.layer[layer].attention.output.dense.weight
        heads = network.config.num_attention_heads
        width = columns.shape[1] // heads
        columns[:, head * width : (head + 1) * width] = 0


@pytest.mark.parametrize("pair", [None, SECOND])
def test_weights_are_those_of_transformers(reader, pair):
    found = heatmaps.attend(text_for(reader), reader, pair)
    wanted = run(original(reader), found, model_of(reader))
    weights = torch.cat(wanted.attentions).numpy()
    assert found.weights.dtype == np.float32
    assert found.weights.shape == weights.shape
    np.testing.assert_allclose(found.weights, weights, **CLOSE)
    np.testing.assert_allclose(found.weights.sum(-1), 1, atol=1e-5)
    assert found.causal == (reader == "gpt2")
    if found.causal:
        assert not np.triu(found.weights, 1).any()
    assert found.reading.segments.max() == (pair is not None)


def test_answers_are_those_of_transformers(reader):
    found = heatmaps.attend(text_for(reader), reader, SECOND)
    answer = found.answers[0]
    place = len(found.tokens) - 1 if found.causal else found.reading.masks[0]
    assert answer.place == place
    logs = logs_at(run(original(reader), found, model_of(reader)), place)
    best = np.argsort(-logs, kind="stable")[: len(answer.candidates)]
    assert [each.number for each in answer.candidates] == best.tolist()
    probabilities = [each.probability for each in answer.candidates]
    np.testing.assert_allclose(probabilities, np.exp(logs[best]), **CLOSE)


@pytest.mark.parametrize("off", ["1-2", "0", "0-1,1-0,1-3"])
def test_off_is_as_if_a_head_had_nothing_to_say(reader, off):
    found = heatmaps.attend(text_for(reader), reader, off=off)
    network = original(reader)
    for layer, head in found.off:
        silence(network, layer, head)
    wanted = run(network, found, model_of(reader))
    np.testing.assert_allclose(found.weights, torch.cat(wanted.attentions).numpy(), **CLOSE)
    logs = logs_at(wanted, found.answers[0].place)
    for each in found.answers[0].candidates:
        assert each.probability == pytest.approx(np.exp(logs[each.number]), abs=1e-5)
    assert heatmaps.attend(text_for(reader), reader, off=found.off_code).off == found.off


def test_effects_are_those_of_silenced_heads(reader):
    effects = heatmaps.effect_of_heads(text_for(reader), reader)
    found = heatmaps.attend(text_for(reader), reader)
    layers, heads = found.weights.shape[:2]
    place, number = effects.answer.place, effects.answer.candidates[0].number
    usual = logs_at(run(original(reader), found, model_of(reader)), place)[number]
    for layer in range(0, layers, max(1, layers // 2)):
        network = original(reader)
        silence(network, layer, 1)
        logs = logs_at(run(network, found, model_of(reader)), place)
        assert effects.heads[layer, 1] == pytest.approx(logs[number] - usual, abs=1e-4)
        for head in range(heads):
            silence(network, layer, head)
        logs = logs_at(run(network, found, model_of(reader)), place)
        assert effects.layers[layer] == pytest.approx(logs[number] - usual, abs=1e-4)
        effect = next(each for each in effects.ranked_layers if each.layer == layer)
        assert effect.probability == pytest.approx(np.exp(logs[number]), abs=1e-5)
    assert len(effects.ranked) == layers * heads
    changes = [abs(each.change) for each in effects.ranked]
    assert changes == sorted(changes, reverse=True)
    for each in effects.ranked:
        assert each.change == pytest.approx(effects.heads[each.layer, each.head], abs=1e-6)


def test_a_cell_is_the_arithmetic_of_its_weight(reader):
    found = heatmaps.attend(text_for(reader), reader, off="0-3")
    layers, heads, count = found.weights.shape[:3]
    for layer, head, query, key in [(0, 1, 2, 1), (1, 0, 4, 2), (layers - 1, heads - 1, 3, 3)]:
        cell = heatmaps.cell(found, layer, head, query, key)
        assert cell.weight == pytest.approx(found.weights[layer, head, query, key], abs=1e-5)
        np.testing.assert_allclose(cell.weights, found.weights[layer, head, query], atol=1e-5)
        assert cell.terms.sum(dtype=np.float64) == pytest.approx(cell.product, abs=1e-4)
        assert cell.query_vector @ cell.key_vector == pytest.approx(cell.product, abs=1e-4)
        assert cell.scale == pytest.approx(len(cell.query_vector) ** -0.5)
        np.testing.assert_allclose(cell.scores, cell.products * cell.scale, rtol=1e-5, atol=1e-6)
        assert cell.products[key] == cell.product
        assert cell.exponentials[key] / cell.total == pytest.approx(cell.weight, abs=1e-6)
        assert cell.visible.sum() == (query + 1 if found.causal else count)


def test_vectors_of_a_cell_are_those_of_the_projection(reader):
    """The first layer's queries, worked out in numpy from transformers' hidden states."""
    found = heatmaps.attend(text_for(reader), reader)
    network = original(reader)
    states = run(network, found, model_of(reader)).hidden_states[0][0].double()
    body = model_of(reader).body_of(network).double()
    if reader == "gpt2":
        layer = body.h[0]
        made = torch.nn.functional.layer_norm(
            states, states.shape[-1:], layer.ln_1.weight, layer.ln_1.bias, layer.ln_1.eps
        )
        made = made @ layer.attn.c_attn.weight + layer.attn.c_attn.bias
        queries, keys, _ = made.chunk(3, dim=-1)
    elif reader.startswith("distil"):
        inner = body.transformer.layer[0].attention
        queries, keys = inner.q_lin(states), inner.k_lin(states)
    else:
        inner = body.encoder.layer[0].attention.self
        queries, keys = inner.query(states), inner.key(states)
    cell = heatmaps.cell(found, 0, 1, 3, 2)
    width = len(cell.query_vector)
    wanted = queries[3, width : 2 * width].detach().numpy()
    np.testing.assert_allclose(cell.query_vector, wanted, atol=1e-4)
    wanted = keys[2, width : 2 * width].detach().numpy()
    np.testing.assert_allclose(cell.key_vector, wanted, atol=1e-4)


def test_gradients_are_those_of_transformers(reader):
    found = heatmaps.explain(text_for(reader), reader)
    attention = heatmaps.attend(text_for(reader), reader)
    network, kind = original(reader), model_of(reader)
    reading = attention.reading
    words = network.get_input_embeddings()(torch.from_numpy(reading.ids)[None]).requires_grad_()
    inputs = {"inputs_embeds": words}
    if kind.segments:
        inputs["token_type_ids"] = torch.from_numpy(reading.segments)[None]
    outcome = network(**inputs, output_attentions=True)
    scores = getattr(outcome, "prediction_logits", None)
    scores = outcome.logits if scores is None else scores
    place = found.answer.place
    number = found.answer.candidates[0].number
    slopes = torch.autograd.grad(scores[0, place].log_softmax(-1)[number], outcome.attentions)
    relevance = torch.eye(len(reading.ids))
    for heads, slope in zip(outcome.attentions, slopes, strict=True):
        relevance = relevance + (heads * slope)[0].clamp(min=0).mean(0) @ relevance
    row = (relevance - torch.eye(len(reading.ids)))[place]
    np.testing.assert_allclose(found.gradient, (row / row.sum()).detach().numpy(), atol=1e-5)
    raw = outcome.attentions[-1][0].mean(0)[place].detach().numpy()
    np.testing.assert_allclose(found.raw, raw, atol=1e-5)
    rolled = heatmaps.rollout(attention).values
    np.testing.assert_allclose(found.rollout, rolled[-1, place], atol=1e-6)


def test_deleting_is_what_transformers_calls_masking_out(reader):
    found = heatmaps.deletion_test(text_for(reader), reader, seeds=2, steps=4)
    attention = heatmaps.attend(text_for(reader), reader)
    answer = found.explanation.answer
    number = answer.candidates[0].number
    network, kind = original(reader), model_of(reader)
    for name in ("raw", "rollout", "gradient"):
        for step, count in enumerate(found.counts):
            seen = torch.ones(1, len(attention.tokens), dtype=torch.long)
            seen[0, list(found.orders[name][:count])] = 0
            outcome = run(network, attention, kind, attention_mask=seen)
            wanted = np.exp(logs_at(outcome, answer.place)[number])
            assert found.curves[name][step] == pytest.approx(wanted, abs=1e-5)


def test_nothing_is_left_behind_in_the_shared_network(reader):
    network = open_text("x", reader).network
    before = {name: values.clone() for name, values in network.state_dict().items()}
    settings = network.config.to_dict()
    text = text_for(reader)
    for function in (heatmaps.effect_of_heads, heatmaps.explain, heatmaps.deletion_test):
        function(text, reader)
    heatmaps.attend(text, reader, off="0")
    assert load(model_of(reader).spec) is network
    for name, values in network.state_dict().items():
        assert torch.equal(values, before[name]), name
    assert network.config.to_dict() == settings
    assert not any(each._forward_hooks or each._backward_hooks for each in network.modules())
    assert not any(each.requires_grad for each in network.parameters())
