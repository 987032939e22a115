"""The layers of a transformer, with oneDNN's products and without."""

import pytest
import torch
import torch.nn.functional as F
from transformers.activations import ACT2FN

from models import _transformer
from models._readers import transformer_of

BENDS = {"none": None, "exact": ACT2FN["gelu"], "by tanh": ACT2FN["gelu_new"], "relu": F.relu}


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(len(shape)))


@pytest.mark.parametrize("bend", BENDS)
@pytest.mark.parametrize(
    "states",
    [
        drawn(1, 1, 24),
        drawn(1, 9, 24),
        drawn(3, 40, 24),
        drawn(1, 24, 7).transpose(1, 2),
        drawn(1, 5, 24).expand(4, -1, -1),
    ],
    ids=["one", "few", "many", "turned", "repeated"],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_product_is_that_of_torch(states, bend, turned):
    matrix, vector = drawn(50, 24), drawn(50)
    if turned:
        matrix = matrix.t().contiguous().t()
    expected = F.linear(states, matrix, vector)
    expected = expected if BENDS[bend] is None else BENDS[bend](expected)
    with torch.inference_mode():
        found = _transformer.quick(states, (matrix, vector), BENDS[bend])
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


def test_a_layer_answers_the_same_with_gradients_and_where_onednn_is_away(monkeypatch):
    layer, states = transformer_of("mini_bert").layers[0], drawn(2, 12, 256)
    asked = states[:, 3:5]
    with torch.inference_mode():
        found = [layer.at(states, states), layer.at(states, asked)]
        watched, _ = layer.step(states)
    states.requires_grad_()
    with_gradients = [layer.at(states, states), layer.at(states, asked)]
    assert with_gradients[0].requires_grad
    torch.testing.assert_close(found[0], watched, atol=1e-5, rtol=1e-5)
    monkeypatch.setattr(_transformer, "_onednn", lambda: None)
    with torch.inference_mode():
        without = [layer.at(states, states), layer.at(states, asked)]
    for one, two, three in zip(found, with_gradients, without, strict=True):
        torch.testing.assert_close(one, two, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(one, three, atol=1e-5, rtol=1e-5)
