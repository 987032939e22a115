"""CNN visualization: what the layers of a trained network make of a photo, and why it answered."""

from gallery.insights import layers, maps, reasons, wishes
from gallery.insights.case import open_case
from gallery.page import open_page
from gallery.takeaway import TakeAway

SAMPLES = ("coffee", "hopper", "coins", "rocket", "cat", "temple", "flower", "astronaut")

with open_page(__file__) as page:
    case = open_case(page, "coffee", SAMPLES)

    @page.section("answer")
    def answer() -> TakeAway:
        found = layers.draw_answer(case)
        return layers.draw_architecture(case, found)

    @page.section("filters")
    def filters() -> TakeAway:
        return layers.draw_filters(case)

    @page.section("maps")
    def feature_maps() -> TakeAway:
        return maps.draw_maps(case)

    @page.section("depth")
    def depth() -> TakeAway:
        return maps.draw_depth(case)

    @page.section("why")
    def why() -> TakeAway:
        return reasons.draw_why(case)

    @page.section("methods")
    def methods() -> TakeAway:
        return reasons.draw_methods(case)

    @page.section("contrast")
    def contrast() -> TakeAway:
        return reasons.draw_contrast(case)

    @page.section("trust")
    def trust() -> TakeAway:
        return reasons.draw_trust(case)

    @page.section("seeks")
    def seeks() -> TakeAway:
        return wishes.draw_seeks(case)

    @page.section("motion")
    def motion() -> TakeAway:
        return wishes.draw_motion(case)
