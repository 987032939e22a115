"""Object detection: what is in a photo, and where."""

from gallery.detection import (
    comparing,
    finding,
    gridding,
    judging,
    overlapping,
    preceding,
    suppressing,
)
from gallery.detection.case import SAMPLES, open_case
from gallery.page import open_page
from gallery.takeaway import TakeAway

with open_page(__file__) as page:
    case = open_case(page, SAMPLES[0], SAMPLES)

    @page.section("detect")
    def detect() -> TakeAway:
        return finding.draw_found(case)

    @page.section("suppression")
    def suppression() -> TakeAway:
        return suppressing.draw_suppression(case)

    @page.section("grid")
    def grid() -> TakeAway:
        return gridding.draw_grid(case)

    @page.section("overlap")
    def overlap() -> TakeAway:
        return overlapping.draw_overlap(case)

    @page.section("truth")
    def truth() -> TakeAway:
        return judging.draw_truth(case)

    @page.section("before")
    def before() -> TakeAway:
        return preceding.draw_before(case)

    @page.section("compare")
    def compare() -> TakeAway:
        return comparing.draw_comparison(case)
