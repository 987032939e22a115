"""GAN sampling: pictures out of random numbers, and how to walk among them."""

from gallery.page import open_page
from gallery.sampling import (
    copying,
    counting,
    growing,
    guessing,
    judging,
    making,
    steering,
    walking,
)
from gallery.sampling.case import open_case
from gallery.takeaway import TakeAway

with open_page(__file__) as page:
    case = open_case(page)

    @page.section("samples")
    def samples() -> TakeAway:
        return making.draw_samples(case)

    @page.section("walks")
    def walks() -> TakeAway:
        return walking.draw_walks(case)

    @page.section("directions")
    def directions() -> TakeAway:
        return steering.draw_directions(case)

    @page.section("judge")
    def judge() -> TakeAway:
        return judging.draw_scores(case)

    @page.section("yours")
    def yours() -> TakeAway:
        return judging.draw_yours(case)

    @page.section("blind")
    def blind() -> TakeAway | None:
        return guessing.draw_blind(case)

    @page.section("numbers")
    def numbers() -> TakeAway:
        return counting.draw_numbers(case)

    @page.section("copies")
    def copies() -> TakeAway | None:
        return copying.draw_copies(case)

    @page.section("growth")
    def growth() -> TakeAway:
        return growing.draw_growth(case)
