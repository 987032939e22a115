"""What stands at the hidden places: each asked for alone, or one after the other.

Asked for alone, every place is answered as if the others stayed hidden, and the answers need not
fit together ("San Angeles"). One after the other, the place that the network is most certain of is
filled first, and what is filled helps with the rest.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch

from models._masked import ModelName, log_probabilities, read_hidden
from models._ranges import Range, checked
from models._readers import Effort, effort_of
from models._reading import Reading
from models._vocabulary import Candidate, best_of, candidate_of, entropy_of, written

__all__ = [
    "Fill",
    "Gap",
    "JointFill",
    "Step",
    "Top",
    "fill",
    "fill_jointly",
    "gap_of",
    "joint_effort",
    "joint_so_far",
    "span_of",
]

Top = Annotated[int, Range(1, 50)]
MOST_STEPS = 32  # each is a run of the network


@dataclass(frozen=True)
class Gap:
    """A hidden word and what may stand there."""

    place: int  # of its token in the reading
    span: tuple[int, int]  # its first and after-last character in the text
    candidates: tuple[Candidate, ...]  # the most probable first
    entropy: float  # bits; 0: no doubt


@dataclass(frozen=True, eq=False)
class Fill:
    """The hidden words of a text."""

    reading: Reading  # tokens, ids, what was cut
    gaps: tuple[Gap, ...]  # in the order of the text


@dataclass(frozen=True)
class Step:
    """One hidden word that is filled in, while the ones of later steps are still hidden."""

    gap: int  # which one, from 0 in the order of the text
    place: int  # of its token in the reading
    chosen: Candidate  # with its probability at this step
    alone: Candidate  # the answer of ``fill``, which knows nothing of the other ones
    alone_now: float  # probability of that answer where all steps before had filled in theirs


@dataclass(frozen=True, eq=False)
class JointFill:
    """The hidden words of a text, filled in one after the other."""

    reading: Reading
    steps: tuple[Step, ...]  # in the order in which they were taken: the most certain first
    text: str  # with all of them filled in
    text_alone: str  # filled in with the answers of ``fill``
    bits: float  # -log2 of the probability of all of them together, along the steps
    bits_alone: float  # the same for the answers of ``fill``, along the same order


@checked
def fill(text: str, model: ModelName = "mini_bert", top: Top = 10) -> Fill:
    """Say what may stand at each ``[MASK]``, each as if the others stayed hidden.

    Args:
        text: With one or several ``[MASK]``.
        model: The network.
        top: How many answers for each.

    Returns:
        For each hidden word the most probable answers and the entropy of all of them.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_mask``, ``mask_cut``,
            ``masks_too_many``.
    """
    reading = read_hidden(text, model)
    rows = log_probabilities(reading, model, reading.masks)[0]
    pairs = zip(reading.masks, rows, strict=True)
    return Fill(reading, tuple(gap_of(reading, place, row, model, top) for place, row in pairs))


def gap_of(reading: Reading, place: int, row: torch.Tensor, model: ModelName, top: int) -> Gap:
    """What may stand at a hidden place.

    Args:
        reading: The tokens.
        place: Of the hidden token.
        row: (vocabulary,) natural logarithms of probabilities.
        model: Whose vocabulary.
        top: How many answers.
    """
    doubt = float(entropy_of(row))
    return Gap(place, span_of(reading, place), best_of(row, model, top), doubt)


def span_of(reading: Reading, place: int) -> tuple[int, int]:
    """Where in its text a token stands."""
    start, end = reading.spans[place]
    return int(start), int(end)


@checked
def fill_jointly(text: str, model: ModelName = "mini_bert") -> JointFill:
    """Fill in every ``[MASK]``, the one that the network is most certain of first.

    Args:
        text: With one or several ``[MASK]``.
        model: The network.

    Returns:
        The steps, each beside the answer that knows nothing of the other hidden words.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_mask``, ``mask_cut``,
            ``masks_too_many``.
    """
    *_, found = joint_so_far(text, model)
    return found


def joint_so_far(text: str, model: ModelName = "mini_bert") -> Generator[JointFill]:
    """The same for somebody who looks on: what is known after each step.

    Yields:
        The steps so far, and the text with what they have filled in.
    """
    reading = read_hidden(text, model, hidden_at_most=MOST_STEPS)
    return _joint(reading, model)


def joint_effort(text: str, model: ModelName = "mini_bert") -> Effort:
    """What ``joint_so_far`` takes; each step reads the text twice."""
    reading = read_hidden(text, model, hidden_at_most=MOST_STEPS)
    steps = len(reading.masks)
    return effort_of(steps, steps * 2 * len(reading.ids), model)


def _joint(reading: Reading, model: ModelName) -> Generator[JointFill]:
    alone = _alone(reading, model)
    steps: list[Step] = []
    ids, naive = reading.ids.copy(), reading.ids.copy()
    hidden = list(reading.masks)
    bits_alone = 0.0
    while hidden:
        rows, rows_alone = log_probabilities(reading, model, hidden, np.stack([ids, naive]))
        values, numbers = rows.max(-1)
        first = int(values.argmax())
        place, number = hidden[first], int(numbers[first])
        answer = alone[place]
        chosen = candidate_of(number, float(values[first].exp()), model)
        now = float(rows[first, answer.number].exp())
        steps.append(Step(reading.masks.index(place), place, chosen, answer, now))
        bits_alone -= float(rows_alone[first, answer.number]) / np.log(2)
        ids[place], naive[place] = number, answer.number
        hidden.pop(first)
        yield JointFill(
            reading=reading,
            steps=tuple(steps),
            text=written(reading, {step.place: step.chosen.shown for step in steps}),
            text_alone=written(reading, {step.place: step.alone.shown for step in steps}),
            bits=float(-np.log2([step.chosen.probability for step in steps]).sum()),
            bits_alone=float(bits_alone),
        )


def _alone(reading: Reading, model: ModelName) -> dict[int, Candidate]:
    rows = log_probabilities(reading, model, reading.masks)[0]
    pairs = zip(reading.masks, rows, strict=True)
    return {place: best_of(row, model)[0] for place, row in pairs}
