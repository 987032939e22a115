"""Longer walks: through several samples and back, and through the classes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from gallery import controls
from gallery.answers import answer
from gallery.components.reel import Chart, Curve, Track, draw_reel
from gallery.sampling.case import Case
from gallery.sampling.pictures import in_colour
from gallery.sampling.seeds import name_of, pick_seed, pick_seeds
from gallery.takeaway import snippet
from models import gan_sampling as gan
from models._gan_latent import MOST
from models._images import Pixels

__all__ = ["PATHS", "STEPS", "Walked", "ask", "rounded", "walk_classes", "walk_round"]

STEPS = 33  # pictures between two samples
PER_LEG = 12  # pictures from one station of a tour to the next
LOOP = (1, 2, 3, 4)
MANY = 4  # latents that change their class together
PATHS: tuple[gan.Path, ...] = ("spherical", "linear")


@dataclass(frozen=True, eq=False)
class Walked:
    """What there is to take away from a walk."""

    code: str
    frames: Sequence[Pixels]
    table: dict[str, list[Any]] = field(default_factory=dict)
    data: Any = None
    loops: bool = False


def walk_round(case: Case) -> Walked:
    """Through several samples and back."""
    words = case.words
    class_, truncation = ask(case)
    seeds = pick_seeds(case, "stops", words.pick_stops, LOOP, class_, truncation, 2)
    path = controls.choice(case.knobs.path, PATHS)
    settings: dict[str, Any] = {
        "steps": min(PER_LEG, MOST // len(seeds)),
        "path": path,
        "model": case.model,
        "label": class_,
        "truncation": truncation,
    }
    found = answer(gan.walk, seeds, **settings)
    frames = in_colour(found.images)
    ticks = [f"{position:.2f}" for position in found.positions]
    table = rounded({words.station: found.positions, words.length: found.lengths})
    draw_reel(
        "frame", words.loop_label, [Track("", words.walk_alt(way=words.loop_label), frames)], ticks,
        chart=Chart(
            [Curve(words.length, found.positions, found.lengths)],
            found.positions, words.station, words.length, _stations(found, seeds), True,
        ),
        table=table, loops=True, most=260,
    )  # fmt: skip
    return Walked(
        snippet(gan.walk, seeds=seeds, **settings), frames, table, {"latents": found.latents}, True
    )


def walk_classes(case: Case) -> Walked:
    """From class to class, while the latents stay."""
    words = case.words
    left, right = st.columns(2)
    with left:
        first = case.choose_class(case.knobs.from_class, 4) or 0
    with right:
        last = case.choose_class(case.knobs.to_class, 9) or 0
    truncation = controls.number(case.knobs.truncation, gan.class_walk)
    seed = pick_seed(case, "a", words.pick_one, 1, first, truncation)
    everyone = controls.switch(case.knobs.all_classes)
    known = range(len(case.names))
    stations = tuple(known) if everyone or first == last else (first, last)
    settings: dict[str, Any] = {
        "steps": PER_LEG if len(stations) > 2 else STEPS - 1,
        "stations": stations,
        "model": case.model,
        "truncation": truncation,
    }
    seeds = [seed, *(each for each in range(1, MANY + 1) if each != seed)][:MANY]
    walks = [answer(gan.class_walk, each, **settings) for each in seeds]
    tracks = [
        Track(
            words.seed_line(seed=name_of(each)),
            words.walk_alt(way=name_of(each)),
            in_colour(found.images),
        )
        for each, found in zip(seeds, walks, strict=True)
    ]
    main = walks[0]
    seen = answer(gan.judge, main.images, case.model)
    captions = [
        words.seen_as(name=case.names[int(a)], confidence=c)
        for a, c in zip(seen.answers, seen.confidences, strict=True)
    ]
    tracks[0] = Track(tracks[0].title, tracks[0].alt, tracks[0].frames, captions)
    table = rounded({words.class_share: main.positions}) | {words.seen: captions}
    ticks = [_between_names(case, main, place) for place in range(len(main.positions))]
    draw_reel(
        "frame", words.class_label, tracks, ticks,
        table=table, begin=len(ticks) // 2, least=120, most=210,
    )  # fmt: skip
    return Walked(
        snippet(gan.class_walk, seed=seed, **settings), tracks[0].frames, table,
        {"weights": main.weights, "latent": main.latent},
    )  # fmt: skip


def ask(case: Case) -> tuple[int | None, float]:
    """Which class is walked in, and how far out."""
    left, right = st.columns(2)
    with left:
        class_ = case.choose_class(case.knobs.label, 3)
    with right:
        truncation = controls.number(case.knobs.truncation, gan.interpolate)
    return class_, truncation


def _stations(walk: gan.Walk, seeds: Sequence[int]) -> list[str]:
    """The stations' names under the axis, nothing between them."""
    return [
        name_of(seeds[int(position)]) if float(position).is_integer() else ""
        for position in walk.positions
    ]


def _between_names(case: Case, walk: gan.ClassWalk, place: int) -> str:
    """How much of which class: 60 % 4, 40 % 9."""
    weights = walk.weights[place]
    most = np.argsort(-weights, kind="stable")[:2]
    return " + ".join(
        f"{weights[each]:.0%} {case.names[each]}" for each in sorted(most) if weights[each] > 0.004
    )


def rounded(columns: dict[str, Any]) -> dict[str, list[float]]:
    """Columns of a table with as many digits as one reads."""
    return {name: [round(float(value), 3) for value in column] for name, column in columns.items()}
