"""One sentence, many fillers: what does "{} is a [MASK]." say of each of them?

Every filler is put into the template, and the probabilities at the hidden place are compared with
their mean over all fillers. What is told of one filler alone stands out; what is told of all of
them says more about the template.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from models._errors import InputError
from models._fill import Gap, Top, gap_of
from models._fill_compare import divergence_of
from models._fill_rank import after_space, single_piece
from models._masked import ModelName, log_probabilities, read_hidden
from models._ranges import checked
from models._reading import Reading, clean
from models._vocabulary import vocabulary_of

__all__ = ["Filled", "Templates", "templates"]

SLOT = "{}"
MOST_FILLERS = 24
MOST_WORDS = 50


@dataclass(frozen=True, eq=False)
class Filled:
    """A template with one filler in its slot."""

    filler: str
    text: str
    reading: Reading
    gap: Gap  # what the network says at the first hidden place
    divergence: float  # bits, 0..1: how far from the mean of all fillers


@dataclass(frozen=True, eq=False)
class Templates:
    """A template with each of its fillers."""

    rows: tuple[Filled, ...]  # (fillers,) in the order they were given
    words: tuple[str, ...]  # (words,) those asked for, or the most probable ones on the mean
    chances: NDArray[np.float32]  # (fillers, words) probabilities
    mean: NDArray[np.float32]  # (words,) over the fillers
    spread: NDArray[np.float32]  # (words,) standard deviation over the fillers
    favourites: tuple[str, ...]  # (words,) the filler that each word is most probable for


@checked
def templates(
    template: str,
    fillers: Sequence[str],
    model: ModelName = "mini_bert",
    top: Top = 10,
    words: Sequence[str] = (),
) -> Templates:
    """Put many fillers into one template and compare what the network says.

    Args:
        template: A text with one ``{}`` for the filler and a ``[MASK]``.
        fillers: 1 to 24 of them.
        model: The network.
        top: Answers of each filler, and words that are followed where none are given.
        words: Words to follow, each one token of the vocabulary.

    Returns:
        The answers of each filler, and a table of fillers and words.

    Raises:
        InputError: ``template_slot``, ``fillers_count``, ``filler_empty``, ``not_a_text``,
            ``text_too_long``, ``no_mask``, ``mask_cut``, ``masks_too_many``, ``word_empty``,
            ``word_unknown``, ``word_pieces``.
    """
    texts = _texts(template, fillers)
    readings = [read_hidden(text, model) for text in texts]
    said = [log_probabilities(each, model, each.masks[:1])[0, 0] for each in readings]
    chances = np.exp(torch.stack(said).double().numpy())
    mean = chances.mean(0)
    numbers = _followed(words, readings[0], model) or np.argsort(-mean, kind="stable")[:top]
    shown = vocabulary_of(model).shown
    table = chances[:, numbers]
    return Templates(
        rows=tuple(
            Filled(
                filler,
                reading.text,
                reading,
                gap_of(reading, reading.masks[0], row, model, top),
                divergence_of(own, mean),
            )
            for filler, reading, row, own in zip(fillers, readings, said, chances, strict=True)
        ),
        words=tuple(shown[number] for number in numbers),
        chances=table.astype(np.float32),
        mean=table.mean(0).astype(np.float32),
        spread=table.std(0).astype(np.float32),
        favourites=tuple(fillers[number] for number in table.argmax(0)),
    )


def _texts(template: str, fillers: Sequence[str]) -> list[str]:
    if not all(isinstance(filler, str) for filler in fillers):
        raise InputError("not_a_text", parameter="fillers")
    if not 1 <= len(fillers) <= MOST_FILLERS:
        raise InputError("fillers_count", count=len(fillers), limit=MOST_FILLERS)
    template = clean(template)
    slots = template.count(SLOT)
    if slots != 1:
        raise InputError("template_slot", slot=SLOT, count=slots)
    for number, filler in enumerate(fillers, 1):
        if not filler.strip():
            raise InputError("filler_empty", number=number)
    return [template.replace(SLOT, filler) for filler in fillers]


def _followed(words: Sequence[str], reading: Reading, model: ModelName) -> list[int]:
    if not all(isinstance(word, str) for word in words):
        raise InputError("not_a_text", parameter="words")
    spaced = after_space(reading, reading.masks[0])
    return [single_piece(word, model, spaced) for word in words[:MOST_WORDS]]
