"""Style transfer: what one picture shows, painted as another is painted."""

from gallery.page import open_page
from gallery.styles import anatomy, blending, comparing, defining, painting, rebuilding, regions
from gallery.styles.case import open_case
from gallery.takeaway import TakeAway

SAMPLES = ("temple", "astronaut", "cat", "coffee", "rocket", "flower", "hopper", "coins", "page")

with open_page(__file__) as page:
    case = open_case(page, "temple", SAMPLES)

    @page.section("fast")
    def fast() -> TakeAway:
        return painting.draw_painting(case)

    @page.section("blend")
    def blend() -> TakeAway:
        return blending.draw_blending(case)

    @page.section("regions")
    def parts() -> TakeAway:
        return regions.draw_regions(case)

    @page.section("definition")
    def definition() -> TakeAway:
        return defining.draw_definition(case)

    @page.section("style")
    def style() -> TakeAway:
        return anatomy.draw_anatomy(case)

    @page.section("layers")
    def layers() -> TakeAway:
        return rebuilding.draw_layers(case)

    @page.section("compare")
    def compare() -> TakeAway:
        return comparing.draw_comparison(case)
