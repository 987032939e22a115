"""A text through a language model, with what every head looked at on the way."""

from dataclasses import dataclass
from typing import get_args

import numpy as np
import torch
from numpy.typing import NDArray

from models._attention_off import Off, Pairs, heads_off, write_off
from models._attention_reader import Answer, Loaded, ModelName, answer_at, open_text
from models._errors import InputError
from models._gate import turn
from models._ranges import checked
from models._reading import Reading

__all__ = ["Attention", "as_attention", "attend"]


@dataclass(frozen=True, eq=False)
class Attention:
    """Who looked at whom: the weights of every head of every layer on one text."""

    weights: NDArray[np.float32]  # (layers, heads, query, key) each row adds up to 1
    tokens: tuple[str, ...]  # as the vocabulary writes them: "play", "##ing"
    labels: tuple[str, ...]  # the characters each stands for: "play", "ing"; "[CLS]"
    special: NDArray[np.bool_]  # (tokens,) added by the network: [CLS], [SEP]
    causal: bool  # whether a token sees only what stands before it
    off: Pairs  # (layer, head) of those switched off
    answers: tuple[Answer, ...]  # one per hidden word; of a causal network the next token
    model: ModelName
    reading: Reading  # the text; ``reading.cut`` tokens at its end did not fit

    @property
    def off_code(self) -> str:
        """What is switched off, as ``attend`` reads it and an address carries it: ``2-1,3``."""
        return write_off(self.off, self.weights.shape[1])


@checked
def attend(
    text: str, model: ModelName = "mini_bert", pair: str | None = None, off: Off = ()
) -> Attention:
    """Have a network read a text and note what every head looks at.

    Args:
        text: Up to 128 tokens; what is longer loses its end. ``[MASK]`` hides a word.
        model: The network.
        pair: A second text after the first.
        off: Heads to switch off: ``2-1,3`` for head 1 of layer 2 and all of layer 3, counted from
            0, or a list of (layer, head) and layers. What such a head has gathered is replaced by
            zeros; what it looks at is shown all the same.

    Returns:
        The weights, the tokens, and what the network would put in each hidden place.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_mask_token``, ``off_unreadable``,
            ``no_such_head``.
    """
    loaded = open_text(text, model, pair)
    body, reading = loaded.body, loaded.reading
    pairs = heads_off(off, len(body.layers), body.heads)
    with turn(), torch.inference_mode():
        after, kept = zip(*body.run(loaded.embed(), loaded.keep(pairs)), strict=True)
        answers = _answers(loaded, after[-1][0])
        together = torch.cat(kept).float().cpu().numpy()
    return Attention(
        weights=together,
        tokens=reading.tokens,
        labels=tuple(map(reading.shown, range(len(reading.tokens)))),
        special=reading.special,
        causal=body.causal,
        off=pairs,
        answers=answers,
        model=model,
        reading=reading,
    )


def as_attention(
    attention: Attention | str, model: ModelName, pair: str | None = None, off: Off = ()
) -> Attention:
    """Take a text for what a network looks at in it.

    Raises:
        InputError: ``not_a_text``, ``attention_shape``; what ``attend`` raises.
    """
    if isinstance(attention, str):
        return attend(attention, model, pair, off)
    if not isinstance(attention, Attention):
        raise InputError("not_a_text", parameter="attention")
    _check(attention)
    return attention


def _check(attention: Attention) -> None:
    """Refuse what has come from outside with parts that do not belong together."""
    weights, reading, count = attention.weights, attention.reading, len(attention.tokens)
    if attention.model not in get_args(ModelName):
        allowed = ", ".join(get_args(ModelName))
        value = str(attention.model)[:40]
        raise InputError("not_a_choice", parameter="model", value=value, allowed=allowed)
    lines = (attention.labels, attention.special, reading.tokens, reading.segments, reading.words)
    texts = (reading.text, reading.pair or "", *attention.labels)
    if (
        weights.ndim != 4
        or weights.shape[2:] != (count, count)
        or 0 in weights.shape
        or any(len(each) != count for each in lines)
        or not all(isinstance(each, str) for each in texts)
    ):
        raise InputError("attention_shape", shape=str(weights.shape), tokens=count)
    heads_off(attention.off, *weights.shape[:2])


def _answers(loaded: Loaded, states: torch.Tensor) -> tuple[Answer, ...]:
    if not loaded.places:
        return ()
    logs = loaded.log_probabilities(states[list(loaded.places)])
    return tuple(answer_at(loaded, *each) for each in zip(loaded.places, logs, strict=True))
