"""Samples: many at once, one opened, every class of a latent, every truncation of a seed."""

from typing import Any

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.components.tiles import choose_tile
from gallery.figures import minus
from gallery.passage import plain
from gallery.sampling.case import Case
from gallery.sampling.pictures import enlarged, in_colour
from gallery.sampling.seeds import ask_named, ask_rolled, draw_keeping, kept_seeds, name_of
from gallery.takeaway import TakeAway, snippet
from models import gan_sampling as gan
from models._gan_latent import shell

__all__ = ["draw_samples"]

ROWS = 5  # seeds of a grid when none are kept
FIRST = 4  # numbers of a latent that are written out
STRIP = 8  # numbers of a latent in a row


def draw_samples(case: Case) -> TakeAway:
    """Samples in one of three arrangements."""
    view = controls.choice(case.knobs.view, ("tiles", "classes", "truncation"))
    if view == "classes":
        return _draw_classes(case)
    return _draw_truncations(case) if view == "truncation" else _draw_tiles(case)


def _draw_tiles(case: Case) -> TakeAway:
    words = case.words
    left, right = st.columns(2)
    with left:
        class_ = case.choose_class(case.knobs.label, each=True)
    with right:
        truncation = controls.number(case.knobs.truncation, gan.sample)
    finding, rolling = st.columns(2, vertical_alignment="bottom")
    with finding:
        named = ask_named(case, "seed")
    with rolling:
        rolled = ask_rolled(case)
    kept = kept_seeds()
    seeds = tuple(dict.fromkeys([*kept, *([] if named is None else [named]), *rolled]))
    found = answer(gan.sample, case.model, seeds, class_, truncation)
    if named is not None and name_of(named) != str(named):
        st.caption(words.named_line(name=plain(name_of(named)), seed=named))
    st.markdown(words.tiles_title)
    captions = [f"{'★ ' if seed in kept else ''}{name_of(seed)}" for seed in seeds]
    opened = choose_tile(
        "seed", words.seed, in_colour(found.images), captions, seeds, 64, rolled[0]
    )
    _open(case, found, seeds.index(opened), truncation)
    settings = {"label": class_, "truncation": truncation}
    return TakeAway(
        f"{case.model}_samples",
        snippet(gan.sample, model=case.model, seeds=seeds, **settings),
        picture=enlarged(_sheet(found.images), 1120),
        table={
            words.seed: list(seeds),
            case.knobs.label.label: [case.names[label] for label in found.labels],
            words.length: [round(float(length), 3) for length in found.lengths],
        },
        data={"seeds": seeds, "labels": found.labels, "latents": found.latents, **settings},
        spec=case.spec,
    )


def _open(case: Case, found: gan.Samples, place: int, truncation: float) -> None:
    """One sample: what it is, who thinks what of it, and the numbers it was made of."""
    words, seed = case.words, found.seeds[place]
    label, latent = int(found.labels[place]), found.latents[place]
    judged = answer(gan.judge, found.images[place], case.model, label)
    with show.cards(words.opened_title(name=plain(name_of(seed)), class_=case.names[label])):
        picture, facts = st.columns([1, 2])
        with picture:
            large = enlarged(in_colour(found.images)[place])
            show.picture(
                large, words.seed_line(seed=seed), words.sample_alt(class_=case.names[label])
            )
        with facts:
            said = words.opened_line(
                score=judged.scores[0],
                above=judged.above_generated[0],
                seen=case.names[int(judged.answers[0])],
                confidence=judged.confidences[0],
            )
            st.markdown(minus(said))
            draw_keeping(case, seed)
        _draw_latent(case, latent, truncation)


def _draw_latent(case: Case, latent: np.ndarray[Any, Any], truncation: float) -> None:
    words, around = case.words, shell(len(latent))
    rows = np.pad(latent, (0, -len(latent) % STRIP)).reshape(-1, STRIP)
    st.markdown(
        words.latent_line(
            truncation=truncation,
            drawn=_listed(latent / truncation if truncation else latent),
            given=_listed(latent),
            dimension=len(latent),
            length=float(np.linalg.norm(latent)),
            mean=around.mean,
            low=around.low,
            high=around.high,
        )
    )
    drawn = figures.cells(
        rows, words.latent_title, words.latent_alt, form=".1f", limit=3.0, size=27
    )
    show.drawing(drawn)


def _listed(numbers: np.ndarray[Any, Any]) -> str:
    return minus(", ".join(f"{number:.2f}" for number in numbers[:FIRST]))


def _draw_classes(case: Case) -> TakeAway:
    truncation = controls.number(case.knobs.truncation, gan.by_class)
    seeds = kept_seeds() or tuple(range(ROWS))
    found = answer(gan.by_class, case.model, seeds, truncation)
    code = snippet(gan.by_class, model=case.model, seeds=seeds, truncation=truncation)
    axes = [name_of(seed) for seed in seeds], case.names, case.knobs.label.label
    return _draw_rows(case, "classes", found, axes, code)


def _draw_truncations(case: Case) -> TakeAway:
    class_ = case.choose_class(case.knobs.label, each=True)
    seeds = kept_seeds() or tuple(range(ROWS))
    found = answer(gan.grid, case.model, seeds, label=class_)
    code = snippet(gan.grid, model=case.model, seeds=seeds, label=class_)
    columns = [f"{truncation:g}" for truncation in found.truncations]
    axes = [name_of(seed) for seed in seeds], columns, case.knobs.truncation.label
    return _draw_rows(case, "truncation", found, axes, code)


def _draw_rows(
    case: Case, view: str, found: gan.Grid, axes: tuple[list[str], list[str], str], code: str
) -> TakeAway:
    """A grid of samples, a seed a row.

    Args:
        case: The generator.
        view: What its words and its file are called by.
        found: The pictures.
        axes: Names of the rows and of the columns, and what the columns are.
        code: What makes them.
    """
    words = case.words
    rows, columns, x = axes
    title, alt = words[f"{view}_title"], words[f"{view}_alt"]
    show.drawing(figures.picture_grid(found.images, rows, columns, title, alt, x=x, y=words.seed))
    st.caption(words.rows_kept if kept_seeds() else words.rows_first(count=ROWS))
    return TakeAway(
        f"{case.model}_{view}",
        code,
        picture=enlarged(figures.picture_sheet(found.images), 1120),
        table=_cells(case, found),
        spec=case.spec,
    )


def _cells(case: Case, found: gan.Grid) -> dict[str, list[Any]]:
    """What each picture of a grid was made of, row by row."""
    truncations = np.tile(found.truncations, len(found.seeds))
    lengths = np.repeat(_lengths(case, found.seeds), len(found.truncations)) * truncations
    return {
        case.words.seed: np.repeat(found.seeds, len(found.truncations)).tolist(),
        case.knobs.label.label: [case.names[label] for label in found.labels.ravel()],
        case.knobs.truncation.label: truncations.tolist(),
        case.words.length: lengths.round(3).tolist(),
    }


def _lengths(case: Case, seeds: tuple[int, ...]) -> np.ndarray[Any, Any]:
    return answer(gan.sample, case.model, seeds).lengths


def _sheet(images: Any) -> Any:
    return figures.sheet(in_colour(images), 10, 2)
