"""BERT masking: hide words of a text, and see what a network would write there, and why."""

from gallery.masking import (
    comparing,
    failing,
    filling,
    following,
    joining,
    looking,
    schooling,
    surprising,
)
from gallery.masking.case import open_case
from gallery.page import open_page
from gallery.takeaway import TakeAway

with open_page(__file__) as page:
    case = open_case(page)

    @page.section("fill")
    def fill() -> TakeAway | None:
        return filling.draw_fill(case)

    @page.section("joint")
    def joint() -> TakeAway | None:
        return joining.draw_joint(case)

    @page.section("compare")
    def compare() -> TakeAway | None:
        return comparing.draw_compare(case)

    @page.section("layers")
    def layers() -> TakeAway | None:
        return looking.draw_layers(case)

    @page.section("why")
    def why() -> TakeAway | None:
        return looking.draw_why(case)

    @page.section("surprise")
    def surprise() -> TakeAway | None:
        return surprising.draw_surprise(case)

    @page.section("next")
    def following_text() -> TakeAway | None:
        return following.draw_next(case)

    @page.section("training")
    def training() -> TakeAway | None:
        return schooling.draw_training(case)

    @page.section("limits")
    def limits() -> TakeAway | None:
        return failing.draw_limits(case)
