"""Walks through the latent space, under the hand, and to take away."""

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.components.reel import Chart, Curve, Track, draw_reel
from gallery.passage import plain
from gallery.sampling.case import Case
from gallery.sampling.pictures import as_gif, as_zip, enlarged, in_colour
from gallery.sampling.seeds import name_of, pick_seed
from gallery.sampling.touring import (
    PATHS,
    STEPS,
    Walked,
    ask,
    rounded,
    walk_classes,
    walk_round,
)
from gallery.takeaway import TakeAway, snippet
from models import gan_sampling as gan

__all__ = ["draw_walks"]


def draw_walks(case: Case) -> TakeAway:
    """One of four ways through the latent space."""
    kinds = {
        "between": _between,
        "loop": walk_round,
        "classes": walk_classes,
        "arithmetic": _arithmetic,
    }
    kind = controls.choice(case.knobs.walk, tuple(kinds))
    walked = kinds[kind](case)
    stem = f"{case.model}_{kind}"
    return TakeAway(
        stem,
        walked.code,
        picture=enlarged(figures.sheet(list(walked.frames), 11, 2), 1120),
        table=walked.table,
        data=walked.data,
        files={
            f"{stem}.gif": as_gif(walked.frames, back=not walked.loops),
            f"{stem}_frames.zip": as_zip(walked.frames, stem),
        },
        spec=case.spec,
    )


def _between(case: Case) -> Walked:
    """Two samples, both ways side by side."""
    words = case.words
    class_, truncation = ask(case)
    a = pick_seed(case, "a", words.pick_a, 1, class_, truncation)
    b = pick_seed(case, "b", words.pick_b, 2, class_, truncation)
    settings = {"model": case.model, "label": class_, "truncation": truncation}
    ways = {path: answer(gan.interpolate, a, b, STEPS, path, **settings) for path in PATHS}
    names = {path: case.knobs.path.option(path) for path in PATHS}
    along = ways["linear"].positions / ways["linear"].positions[-1]
    tracks = [
        Track(
            names[path],
            words.walk_alt(way=names[path]),
            in_colour(walk.images),
            [words.length_line(length=length) for length in walk.lengths],
        )
        for path, walk in ways.items()
    ]
    shell = ways["linear"].shell
    curves = [Curve(names[path], along, walk.lengths) for path, walk in ways.items()]
    curves.append(Curve(words.shortest, [0, 1], [shell.low * truncation] * 2))
    table = rounded(
        {words.share: along} | {f"{words.length}, {names[p]}": w.lengths for p, w in ways.items()}
    )
    st.markdown(words.angle_line(**_angle(ways["linear"])))
    draw_reel(
        "frame", words.walk_label(a=name_of(a), b=name_of(b)), tracks, [f"{x:.2f}" for x in along],
        chart=Chart(curves, along, words.share, words.length, from_zero=True),
        table=table, begin=STEPS // 2, least=130, most=300,
    )  # fmt: skip
    path = controls.choice(case.knobs.path, PATHS)
    return Walked(
        snippet(gan.interpolate, a=a, b=b, steps=STEPS, path=path, **settings),
        in_colour(ways[path].images),
        table,
        {"latents": ways[path].latents, "lengths": ways[path].lengths},
    )


def _arithmetic(case: Case) -> Walked:
    """A - b + c, and the way from c to the answer."""
    words = case.words
    class_, truncation = ask(case)
    a = pick_seed(case, "a", words.pick_a, 1, class_, truncation)
    b = pick_seed(case, "b", words.pick_b, 2, class_, truncation)
    c = pick_seed(case, "c", words.pick_c, 3, class_, truncation)
    rescale = controls.switch(case.knobs.rescale, default=True)
    settings = {
        "model": case.model, "label": class_, "rescale": rescale, "truncation": truncation,
    }  # fmt: skip
    found = answer(gan.arithmetic, a, b, c, **settings)
    names = [plain(name_of(each)) for each in (a, b, c)]
    titles = [names[0], f"− {names[1]}", f"+ {names[2]}", words.equals]
    for place, picture, title, length in zip(
        st.columns(4), in_colour(found.images), titles, found.lengths, strict=True
    ):
        with place:
            caption = f"{title} · {words.length_line(length=length)}"
            show.picture(
                enlarged(picture), caption, words.sample_alt(class_=case.names[found.labels[0]])
            )
    way = answer(
        gan.interpolate, found.latents[2], found.latents[3], STEPS, "spherical",
        case.model, int(found.labels[0]),
    )  # fmt: skip
    frames = in_colour(way.images)
    share = way.positions / way.positions[-1]
    table = rounded({words.share: share, words.length: way.lengths})
    curve, label = Curve(words.length, share, way.lengths), words.arithmetic_label
    draw_reel(
        "frame", label, [Track("", words.walk_alt(way=label), frames)],
        [f"{x:.2f}" for x in share],
        chart=Chart([curve], share, words.share, words.length, from_zero=True),
        table=table, begin=STEPS - 1, most=260,
    )  # fmt: skip
    return Walked(
        snippet(gan.arithmetic, a=a, b=b, c=c, **settings), frames, table,
        {"latents": found.latents, "lengths": found.lengths},
    )  # fmt: skip


def _angle(walk: gan.Walk) -> dict[str, float]:
    """The angle between both ends, their share halfway, and how short the straight way gets."""
    first, last = walk.latents[0], walk.latents[-1]
    lengths = float(np.linalg.norm(first) * np.linalg.norm(last)) or 1.0
    cosine = float(np.clip(first @ last / lengths, -1, 1))
    ends = (float(walk.lengths[0]) + float(walk.lengths[-1])) / 2 or 1.0
    angle = float(np.arccos(cosine))
    half = float(np.sin(angle / 2) / np.sin(angle)) if np.sin(angle) > 1e-6 else 0.5
    return {"angle": np.degrees(angle), "half": half, "least": walk.lengths.min() / ends}
