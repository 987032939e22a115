"""Directions of the latent space as sliders, and what else moves with each."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.components.sliders import Slider, draw_sliders, moved
from gallery.figures import minus
from gallery.passage import plain
from gallery.sampling.case import Case
from gallery.sampling.pictures import as_gif, enlarged, in_colour
from gallery.sampling.seeds import name_of, pick_seed
from gallery.takeaway import TakeAway, snippet
from models import gan_sampling as gan
from models._gan_latent import shell
from models._gan_network import find_gan

__all__ = ["draw_directions"]

COUNT = 6  # directions
SPAN = 4.0  # standard deviations to either side
STEPS, FEWER = 33, 17  # of a slider; in colour the classifier takes its time over each
TOLD = 3  # traits written beside a slider, those that move most


def draw_directions(case: Case) -> TakeAway:
    """Six sliders, and the table of what each of them moves."""
    words = case.words
    left, right = st.columns(2)
    with left:
        class_ = case.choose_class(case.knobs.label, 7)
    with right:
        last = len(find_gan(case.model).widths) - 1
        stage = controls.number(case.knobs.stage, gan.directions, most=last)
    seed = pick_seed(case, "a", words.pick_one, 1, class_)
    place = st.empty()  # writing to it lets a visitor who leaves end the work
    for number in range(COUNT):
        place.empty()
        found = answer(gan.directions, case.model, stage, None, number + 1)
    steps = STEPS if case.is_grey else FEWER
    stops = tuple(np.linspace(-SPAN, SPAN, steps).round(2).tolist())
    stand = moved("moves", COUNT, stops)
    settings = {"model": case.model, "stage": stage, "label": class_}
    moves = []
    for number in range(COUNT):
        place.empty()
        moves.append(_along(seed, stand, number, steps, settings))
    sliders = [_slider(case, found, number, move) for number, move in enumerate(moves)]
    draw_sliders(
        "moves", sliders, stops, stand, words.sample_alt(class_=case.names[class_ or 0]), words
    )
    here = answer(gan.steer, seed, stand, **settings)
    st.caption(
        words.steered(
            name=plain(name_of(seed)),
            length=here.lengths[0],
            mean=shell(here.latents.shape[1]).mean,
        )
    )
    table = _draw_effects(case, found)
    farthest = int(np.abs(stand).argmax())
    return TakeAway(
        f"{case.model}_directions",
        snippet(gan.steer, seed=seed, moves=stand, **settings),
        picture=enlarged(in_colour(here.images)[0]),
        table=table,
        data={"latent": here.latents[0], "moves": stand, "directions": found.vectors},
        files={
            f"{case.model}_direction_{farthest + 1}.gif": as_gif(
                sliders[farthest].frames, back=True
            )
        },
        spec=case.spec,
    )


def _along(
    seed: int, stand: Sequence[float], number: int, steps: int, settings: dict[str, Any]
) -> gan.Move:
    """The whole way of one slider, from where the others stand."""
    others = tuple(0.0 if place == number else each for place, each in enumerate(stand))
    start = seed if not any(others) else answer(gan.steer, seed, others, **settings).latents[0]
    return answer(gan.move_along, start, number, SPAN, steps, **settings)


def _slider(case: Case, found: gan.Directions, number: int, move: gan.Move) -> Slider:
    words = case.words
    effects = found.effects[number]
    most = np.argsort(-np.abs(effects), kind="stable")[:TOLD]
    told = [words.share_line(share=found.shares[number])]
    told += [f"{words[f'trait_{found.traits[one]}']} {_signed(effects[one])}" for one in most]
    told.append(words.agreement_line(agreement=found.agreement[number]))
    return Slider(
        words.direction(number=number + 1),
        told,
        in_colour(move.images),
        [_caption(case, move, stop) for stop in range(len(move.strengths))],
    )


def _caption(case: Case, move: gan.Move, stop: int) -> str:
    """What is measured on one picture."""
    words = case.words
    traits = [words[f"value_{name}"](value=values[stop]) for name, values in move.traits.items()]
    lines = [", ".join(traits)]
    lines.append(words.seen_line(name=case.names[move.label], probability=move.probabilities[stop]))
    lines.append(words.score_line(score=move.scores[stop]))
    return minus("\n".join(lines))


def _draw_effects(case: Case, found: gan.Directions) -> dict[str, list[Any]]:
    words = case.words
    rows = [words.direction(number=number + 1) for number in range(COUNT)]
    columns = [words[f"trait_{trait}"] for trait in found.traits]
    drawn = figures.named_grid(
        found.effects.round(1) + 0.0, rows, columns,  # without a minus before zero
        words.effects_title(span=found.span, count=found.moved), words.effects_alt,
        x=words.trait, y=words.direction_axis, value=words.effect, signed=True, form="+.1f",
    )  # fmt: skip
    show.drawing(drawn)
    st.markdown(
        words.compared(
            strongest=found.changes.max(), random=found.random_change,
            before=found.agreement_before, count=found.recognised,
        )
    )  # fmt: skip
    table: dict[str, list[Any]] = {words.direction_axis: rows}
    table |= {name: found.effects[:, at].round(3).tolist() for at, name in enumerate(columns)}
    return table | {
        words.share_variance: found.shares.round(4).tolist(),
        words.fit: found.fits.round(3).tolist(),
        words.change: found.changes.round(4).tolist(),
        words.agreement: found.agreement.round(3).tolist(),
    }


def _signed(value: float) -> str:
    return minus(f"{value:+z.1f}")
