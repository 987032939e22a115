"""Edge filters: slide a small kernel over a photo."""

from typing import Any

import streamlit as st

from gallery import controls
from gallery.answers import answer
from gallery.components.pixel_kernel import choose_kernel
from gallery.edges import judging, reading, slopes, surroundings
from gallery.page import open_page
from gallery.takeaway import TakeAway
from models import edge_filters
from models._edges_gradients import OPERATORS
from models._edges_sliding import turned

with open_page(__file__) as page:
    photo = controls.photo(sample="temple")
    knobs = page.controls

    @page.section("response")
    def response() -> TakeAway:
        """Any kernel on the photo, and what each way of showing its answer hides."""
        weights, flip = choose_kernel()
        view: Any = controls.choice(knobs.view, edge_filters.present)
        border: Any = controls.choice(knobs.border, edge_filters.present)
        colour = controls.switch(knobs.colour)
        settings = {"view": view, "border": border, "flip": flip, "colour": colour}
        shown = answer(edge_filters.present, photo, kernel=weights, **settings)
        return reading.draw_response(page, photo, weights, settings, shown)

    @page.section("numbers")
    def numbers() -> TakeAway:
        """The photo as tables of numbers."""
        channel = controls.choice(knobs.plane, reading.CHANNELS)
        found = answer(edge_filters.describe, photo)
        return reading.draw_numbers(page, photo, channel, found)

    @page.section("arithmetic")
    def arithmetic() -> TakeAway:
        """One answer opened to its sum."""
        weights, flip = choose_kernel()
        border: Any = controls.choice(knobs.border, edge_filters.arithmetic)
        channel: Any = controls.choice(knobs.channel, edge_filters.arithmetic)
        return reading.open_sum(page, photo, weights, flip, border, channel)

    @page.section("borders")
    def borders() -> TakeAway:
        """What each rule makes up beyond the rim."""
        rule: Any = controls.choice(knobs.rule, edge_filters.respond, "valid", "border")
        small = edge_filters.respond(edge_filters.EXAMPLE, edge_filters.EXAMPLE_KERNEL, rule)
        surroundings.draw_example(page, small)
        weights, flip = choose_kernel()
        views = answer(edge_filters.compare_borders, photo, kernel=weights, flip=flip)
        return surroundings.draw_borders(page, photo, weights, flip, views)

    @page.section("blur")
    def blur() -> TakeAway:
        """Smoothing kernels, and what they leave of noise and detail."""
        enlarge = controls.switch(knobs.enlarge, default=True)
        smoothed = answer(edge_filters.compare_smoothing, photo)
        return surroundings.draw_blur(page, photo, enlarge, smoothed)

    @page.section("gradient")
    def gradient() -> TakeAway:
        """How steep, and which way."""
        operator: Any = controls.choice(knobs.operator, edge_filters.gradient)
        border: Any = controls.choice(knobs.border, edge_filters.gradient)
        settings = {"operator": operator, "border": border}
        slope = answer(edge_filters.gradient, photo, **settings)
        return slopes.draw_slope(page, photo, settings, slope)

    @page.section("canny")
    def canny() -> TakeAway:
        """From slope to line in five steps."""
        left, right = st.columns(2)
        with left:
            sigma = controls.number(knobs.sigma, edge_filters.canny)
            enlarge = controls.switch(knobs.detail)
        with right:
            high = controls.number(knobs.high, edge_filters.canny)
            low = controls.number(knobs.low, edge_filters.canny, most=high)
        settings = {"sigma": sigma, "low": low, "high": high}
        stages = answer(edge_filters.canny, photo, **settings)
        return slopes.draw_canny(page, photo, settings, enlarge, stages)

    @page.section("kernel")
    def kernel() -> TakeAway:
        """What can be read off the weights alone."""
        weights, flip = choose_kernel()
        report = answer(edge_filters.analyse_kernel, kernel=turned(weights, flip))
        return judging.draw_kernel(page, photo, report)

    @page.section("contest")
    def contest() -> TakeAway:
        """All detectors on one threshold axis."""
        left, right = st.columns(2)
        with left:
            subject = controls.choice(knobs.subject, ("scene", "photo"))
            noise = controls.number(knobs.noise, edge_filters.compare_operators)
            tolerance = controls.number(knobs.tolerance, edge_filters.compare_operators)
        with right:
            matching: Any = controls.choice(knobs.matching, edge_filters.compare_operators)
            sigma = controls.number(knobs.sigma, edge_filters.compare_operators)
            smooth_all = controls.switch(knobs.smooth_all)
        settings = {
            "noise": noise,
            "tolerance": tolerance,
            "sigma": sigma,
            "smooth_all": smooth_all,
            "matching": matching,
        }
        judged = photo if subject == "photo" else None
        compared = answer(edge_filters.compare_operators, judged, **settings)
        return judging.draw_contest(page, judged, settings, compared)

    @page.section("rotation")
    def rotation() -> TakeAway:
        """The same stripes at every angle."""
        wavelength = controls.number(knobs.wavelength, edge_filters.rotation_error)
        errors = {
            str(operator): answer(edge_filters.rotation_error, operator, wavelength)
            for operator in OPERATORS
        }
        return slopes.draw_rotation(page, wavelength, errors)
