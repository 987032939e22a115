"""What a way of finding objects costs, beside a single pass over the photo."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from gallery import show
from gallery.detection.asking import asked
from gallery.detection.case import Case
from models import object_detection as od

__all__ = ["Cost", "draw_costs", "passing"]


@dataclass(frozen=True)
class Cost:
    """One way, as it was just measured."""

    name: str
    runs: int  # of a network
    milliseconds: float | None = None  # None: it was not done


def passing(case: Case) -> float:
    """Milliseconds of one pass of the embedded detector."""
    return asked(case.photo, od.MODELS[0]).milliseconds


def draw_costs(case: Case, costs: Sequence[Cost], saved: str) -> None:
    """A table of runs and time, with one pass of the embedded detector as the last row.

    Args:
        case: The photo.
        costs: The ways to compare.
        saved: What this way saves of what the one before it wasted.
    """
    words = case.words
    title = od.MODELS[0].title
    rows = [*costs, Cost(words.cost_pass(model=title), 1, passing(case))]
    with show.cards(words.cost_title):
        show.table(
            {
                words.cost_what: [each.name for each in rows],
                words.cost_runs: [each.runs for each in rows],
                words.cost_time: [
                    "–" if each.milliseconds is None else f"{each.milliseconds:.1f}"
                    for each in rows
                ],
            }
        )
        st.markdown(saved)
