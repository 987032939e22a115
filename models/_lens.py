"""What each layer would answer: the head, applied to the states of every layer.

A network turns the states of its tokens into new ones, layer by layer, and only the last layer's
states were trained to be read by the head. Reading the earlier ones with the same head shows when
an answer appears. Source: nostalgebraist, *interpreting GPT: the logit lens*, 2020. What comes out
for the lower layers is a rough reading, because the head never learned their language.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray

from models._fill import span_of
from models._gate import turn
from models._masked import ModelName, read_hidden
from models._ranges import Range, checked
from models._readers import find_model, inputs_of, network_of, transformer_of
from models._reading import Reading
from models._vocabulary import Candidate, best_of, entropy_of

__all__ = ["Lens", "LensGap", "lens"]

MOST_HIDDEN = 24  # each becomes a row of probabilities at every layer


@dataclass(frozen=True, eq=False)
class LensGap:
    """What each layer would say at one hidden place; layer 0 is what the first one is given."""

    place: int  # of the hidden token in the reading
    span: tuple[int, int]  # its first and after-last character in the text
    answer: Candidate  # what the network says in the end
    candidates: tuple[tuple[Candidate, ...], ...]  # (layers + 1, top) the most probable first
    probability: NDArray[np.float32]  # (layers + 1,) of the final answer
    rank: NDArray[np.int64]  # (layers + 1,) of the final answer; 1: it is said
    entropy: NDArray[np.float32]  # (layers + 1,) bits


@dataclass(frozen=True, eq=False)
class Lens:
    """The hidden words of a text, read off every layer."""

    reading: Reading
    gaps: tuple[LensGap, ...]  # in the order of the text


@checked
def lens(text: str, model: ModelName = "mini_bert", top: Annotated[int, Range(1, 20)] = 5) -> Lens:
    """Say what each layer would answer at each ``[MASK]``.

    Args:
        text: With one or several ``[MASK]``.
        model: The network.
        top: How many answers of each layer.

    Returns:
        For each hidden word and layer the answers, and how the final one does there.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_mask``, ``mask_cut``,
            ``masks_too_many``.
    """
    reading = read_hidden(text, model, hidden_at_most=MOST_HIDDEN)
    network = transformer_of(model)
    places = list(reading.masks)
    with turn(), torch.inference_mode():
        layers = network.all_states(network.embed(**inputs_of(reading, model)))
        states = torch.stack([layer[0, places] for layer in layers], 1)
        scores = find_model(model).head(network_of(model), states)
        rows = scores.float().log_softmax(-1).cpu()
    pairs = zip(places, rows, strict=True)  # (masks, layers + 1, vocabulary)
    return Lens(reading, tuple(_gap(reading, place, row, model, top) for place, row in pairs))


def _gap(reading: Reading, place: int, rows: torch.Tensor, model: ModelName, top: int) -> LensGap:
    answer = best_of(rows[-1], model)[0]
    own = rows[:, answer.number]
    return LensGap(
        place=place,
        span=span_of(reading, place),
        answer=answer,
        candidates=tuple(best_of(row, model, top) for row in rows),
        probability=own.exp().numpy(),
        rank=1 + (rows > own[:, None]).sum(1).numpy(),
        entropy=entropy_of(rows),
    )
