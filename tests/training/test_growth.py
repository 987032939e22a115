"""More neurons for a trained network: nothing changes at first, everything can."""

import torch

from tests.training.conftest import build_tiny
from training._growth import widen


def test_new_neurons_change_no_answer_and_can_learn() -> None:
    torch.manual_seed(0)
    network = build_tiny(1000).eval()
    tokens = torch.randint(5, 1000, (2, 20))
    before = network(tokens)
    widen(network, 200)
    after = network(tokens)
    torch.testing.assert_close(before.prediction_logits, after.prediction_logits)
    torch.testing.assert_close(before.seq_relationship_logits, after.seq_relationship_logits)

    after.prediction_logits.square().mean().backward()
    for layer in network.bert.encoder.layer:
        assert layer.intermediate.dense.weight.shape == (200, 128)
        assert layer.output.dense.weight.grad[:, 128:].abs().sum(0).min() > 0


def test_the_settings_say_how_many_there_are() -> None:
    network = build_tiny(1000)
    widen(network, 200)
    again = type(network)(network.config)
    again.load_state_dict(network.state_dict())
    assert network.num_parameters() == again.num_parameters()
