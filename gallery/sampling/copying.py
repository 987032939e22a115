"""Was it copied? The training pictures that are nearest to a sample."""

from dataclasses import dataclass

import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.components.tiles import choose_tile
from gallery.sampling.case import Case
from gallery.sampling.pictures import enlarged, in_colour
from gallery.takeaway import TakeAway, snippet
from models import gan_sampling as gan
from models._images import Pixels

__all__ = ["distances_to", "draw_copies", "nearest_of_all"]

SEARCHED = 24  # samples
SHOWN = 5  # training pictures
CLASS = 3  # whose samples are searched first
WIDE = 104  # pixels of a picture on the page


@dataclass(frozen=True, eq=False)
class Searched:
    """Samples, and the training pictures nearest to each."""

    samples: gan.Samples
    neighbours: tuple[gan.Neighbours, ...]  # one a sample

    @property
    def order(self) -> list[int]:
        """Numbers of the samples, the one that is nearest to a training picture first."""
        nearest = [float(one.distances[0]) for one in self.neighbours]
        return sorted(range(len(nearest)), key=lambda place: nearest[place])


def nearest_of_all(model: gan.ModelName, label: int | None, truncation: float) -> Searched:
    """Look up the first samples of a generator, all of them."""
    found = gan.sample(model, tuple(range(SEARCHED)), label, truncation)
    return Searched(found, tuple(gan.nearest(one, model, SHOWN) for one in found.images))


def distances_to(found: Searched, label: int) -> list[float]:
    """How far the samples are that have their nearest training picture in a class, ascending."""
    return sorted(float(one.distances[0]) for one in found.neighbours if one.labels[0] == label)


def draw_copies(case: Case) -> TakeAway | None:
    """Samples by their distance to the nearest training picture, and one of them opened."""
    words = case.words
    if not case.has_pictures:
        st.info(words.no_copies, icon=":material/info:")
        return None
    left, right = st.columns(2)
    with left:
        class_ = case.choose_class(case.knobs.label, CLASS, each=True)
    with right:
        truncation = controls.number(case.knobs.truncation, gan.sample)
    found = answer(nearest_of_all, case.model, class_, truncation)
    order, nearest = found.order, [float(one.distances[0]) for one in found.neighbours]
    st.markdown(words.copies_line(count=SEARCHED, searched=found.neighbours[0].searched))
    tiles = in_colour(found.samples.images[order])
    captions = [f"{nearest[place]:.1f}" for place in order]
    chosen = choose_tile("near", words.distance, tiles, captions, order, 64)
    with show.cards(words.nearest_title(seed=chosen)):
        pictures = _draw_near(case, found, chosen)
    _draw_distances(case, found, chosen)
    code = snippet(gan.sample, model=case.model, seeds=chosen, label=class_, truncation=truncation)
    asked = f"gan_sampling.nearest(answer.images[0], {case.model!r}, {SHOWN})"
    return TakeAway(
        f"{case.model}_nearest_{chosen}",
        code.replace("print(answer)", f"print({asked})"),
        picture=figures.sheet([enlarged(one) for one in pictures], len(pictures), 8),
        table={
            words.seed: order,
            words.distance: [round(nearest[place], 3) for place in order],
        },
        spec=case.spec,
    )


def _draw_near(case: Case, found: Searched, chosen: int) -> list[Pixels]:
    """The sample, the pictures nearest to it, and where it differs from the first of them."""
    words, near = case.words, found.neighbours[chosen]
    label = case.names[found.samples.labels[chosen]]
    sample = in_colour(near.shown[None])[0]
    pictures = [sample, *in_colour(near.images)]
    captions = [words.the_sample(class_=label)]
    captions += [
        words.neighbour(class_=case.names[one], distance=distance)
        for one, distance in zip(near.labels, near.distances, strict=True)
    ]
    with st.container(horizontal=True):  # as many in a row as the window holds
        for picture, caption in zip(pictures, captions, strict=True):
            show.picture(enlarged(picture), caption, caption, WIDE)
    said = words.nearer_line(
        share=near.nearer_than, distance=near.distances[0], class_=case.names[near.labels[0]]
    )
    st.markdown(said)
    return pictures


def _draw_distances(case: Case, found: Searched, chosen: int) -> None:
    """How near real pictures of that class are to each other, and samples to them."""
    words, near = case.words, found.neighbours[chosen]
    label = int(near.labels[0])
    name, here = case.names[label], float(near.distances[0])
    groups: dict[str, list[float]] = {
        words.real_to_real(class_=name): near.real_distances.tolist(),
        words.sample_to_real(class_=name): distances_to(found, label),
    }
    drawn = figures.strips(
        groups, words.distances_title, words.distances_alt,
        x=words.distance_axis, name=words.pictures, marks={words.this_one: here},
    )  # fmt: skip
    show.drawing(drawn)
