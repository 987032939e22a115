"""Face recognition: find a face, turn it upright, describe it in numbers, measure a distance."""

from gallery.faces import challenging, enrolling, hiding, learning, stages, verifying
from gallery.faces.case import open_case
from gallery.page import open_page
from gallery.takeaway import TakeAway

with open_page(__file__) as page:
    case = open_case(page)

    @page.section("pipeline")
    def pipeline() -> TakeAway:
        return stages.draw_stages(case)

    @page.section("verify")
    def verify() -> TakeAway:
        return verifying.draw_verification(case)

    @page.section("recognise")
    def recognise() -> TakeAway:
        return enrolling.draw_recognition(case)

    @page.section("learn")
    def learn() -> TakeAway:
        return learning.draw_learning(case)

    @page.section("live")
    def live() -> TakeAway:
        return challenging.draw_challenge(case)

    @page.section("hide")
    def hide() -> TakeAway:
        return hiding.draw_hiding(case)
