"""Attention heatmaps: who looks at whom in a text, every weight opened, and whether it matters."""

from gallery.attention import arithmetic, heads, matter, reasons, rules, sight
from gallery.attention.case import open_case
from gallery.page import open_page
from gallery.takeaway import TakeAway

with open_page(__file__) as page:
    if page.chosen == "photo":

        @page.section("photo")
        def photo() -> TakeAway:
            return sight.draw_photo(page)

    else:
        case = open_case(page)

        @page.section("head")
        def head() -> TakeAway:
            return heads.draw_head(case)

        @page.section("heads")
        def all_heads() -> TakeAway:
            return heads.draw_heads(case)

        @page.section("cell")
        def cell() -> TakeAway:
            return arithmetic.draw_cell(case)

        @page.section("matter")
        def matters() -> TakeAway | None:
            return matter.draw_matter(case)

        @page.section("explain")
        def explain() -> TakeAway | None:
            return reasons.draw_explain(case)

        @page.section("masks")
        def masks() -> TakeAway:
            return rules.draw_masks(case)
