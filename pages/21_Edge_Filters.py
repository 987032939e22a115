"""Edge filters: slide a small kernel over a photo."""

from typing import Any

import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.components.pixel_arithmetic import pixel_arithmetic
from gallery.components.pixel_kernel import choose_kernel
from gallery.components.pixel_lens import Shown, pixel_lens
from gallery.components.pixel_outcomes import pixel_outcomes
from gallery.figures import Matrix
from gallery.page import open_page
from gallery.takeaway import TakeAway, snippet
from models import edge_filters
from models._edges_contest import DETECTORS
from models._edges_gradients import OPERATORS
from models._edges_sliding import anchor_of, turned

CHANNELS: tuple[Shown, ...] = ("colour", "grey", "red", "green", "blue")

with open_page(__file__) as page:
    photo = controls.photo(sample="temple")
    labels, words, knobs = page.frame.shared.labels, page.words, page.controls
    axes: dict[str, Any] = {"x": labels.column, "y": labels.row}

    @page.section("response")
    def response() -> TakeAway:
        """Any kernel on the photo, and what each way of showing its answer hides."""
        weights, flip = choose_kernel()
        view: Any = controls.choice(knobs.view, edge_filters.present)
        border: Any = controls.choice(knobs.border, edge_filters.present)
        colour = controls.switch(knobs.colour)
        settings = {"view": view, "border": border, "flip": flip, "colour": colour}
        shown = answer(edge_filters.present, photo, kernel=weights, **settings)
        picture = figures.pictured(shown, signed=view == "signed")
        if colour:
            before, after = st.columns(2)
            with before:
                show.picture(photo.pixels, words.before, words.before)
            with after:
                show.picture(picture, words[f"colour_{view}"], words.response_alt)
        else:
            laid, anchor = turned(weights, flip), anchor_of(weights, flip)
            pixel_arithmetic(photo.pixels, laid, anchor, border, "grey", words, view, brief=True)
            st.caption(words[f"after_{view}"](low=shown.low, high=shown.high))
        st.markdown(words[f"hides_{view}"](negative=shown.negative, above=shown.above))
        drawn = figures.hidden(shown.counts, shown.bin_edges, view, words.answers_title,
                               words.answers_alt, x=words.answer_unit, y=words.pixels,
                               note=words[f"note_{view}"])  # fmt: skip
        show.drawing(drawn)
        code = snippet(edge_filters.present, photo, kernel=weights, **settings)
        return TakeAway("edge_response", code, picture, drawn.table,
                        data={"kernel": weights, **settings})  # fmt: skip

    @page.section("numbers")
    def numbers() -> TakeAway:
        """The photo as tables of numbers."""
        channel = controls.choice(knobs.channel, CHANNELS)
        pixel_lens(photo.pixels, channel, words, "lens")
        found = answer(edge_filters.describe, photo)
        height, width, depth = found.shape
        st.markdown(words.tensor(height=height, width=width, depth=depth, count=photo.pixels.size))
        names = [knobs.channel.option(name) for name in found.channels]
        curves = dict(zip(names, found.histogram.tolist(), strict=True))
        show.drawing(figures.lines(range(256), curves, words.levels_title, words.levels_alt,
                                   x=words.level, y=words.pixels, height=260))  # fmt: skip
        table: dict[str, Any] = {words.channel: names, words.minimum: found.minimum,
                                 words.mean: found.mean, words.maximum: found.maximum}  # fmt: skip
        show.table(table)
        return TakeAway("edge_numbers", snippet(edge_filters.describe, photo), photo.pixels, table)

    @page.section("arithmetic")
    def arithmetic() -> TakeAway:
        """One answer opened to its sum."""
        weights, flip = choose_kernel()
        border: Any = controls.choice(knobs.border, edge_filters.arithmetic)
        channel: Any = controls.choice(knobs.channel, edge_filters.arithmetic)
        laid, anchor = turned(weights, flip), anchor_of(weights, flip)
        row, column = pixel_arithmetic(photo.pixels, laid, anchor, border, channel, words)
        settings = {"row": row, "column": column, "border": border, "flip": flip,
                    "channel": channel}  # fmt: skip
        opened = edge_filters.arithmetic(photo.pixels, weights, **settings)
        st.caption(words.sum_checked(row=row, column=column, total=opened.sum))
        code = snippet(edge_filters.arithmetic, photo, kernel=weights, **settings)
        return TakeAway("edge_arithmetic", code, data=opened)

    @page.section("borders")
    def borders() -> TakeAway:
        """What each rule makes up beyond the rim."""
        rule: Any = controls.choice(knobs.rule, edge_filters.respond, "valid", "border")
        small = edge_filters.respond(edge_filters.EXAMPLE, edge_filters.EXAMPLE_KERNEL, rule)
        tables: Any = (edge_filters.EXAMPLE, small.kernel, small.values)
        show.drawing(figures.matrices([[
            Matrix(table, words[f"example_{name}"](height=table.shape[0], width=table.shape[1]),
                   limit, signed=True, sign=sign)
            for name, table, limit, sign in zip("abc", tables, (10, 1, 30), ("∗", "=", ""),
                                                strict=True)
        ]], words.example_alt))  # fmt: skip
        weights, flip = choose_kernel()
        views = answer(edge_filters.compare_borders, photo, kernel=weights, flip=flip)
        names = [knobs.border.option(view.border) for view in views]
        places = [*st.columns(3), *st.columns(3)]
        for place, view, name, picture in zip(places, views, names, figures.rim_answers(views),
                                              strict=False):  # fmt: skip
            alt = words.corner_alt(border=name)
            text = words["corner_valid" if view.border == "valid" else "corner"](
                height=view.shape[0], width=view.shape[1], rim=view.rim, interior=view.interior
            )
            with place:
                show.drawing(figures.rim(view.corner, view.margin, name, alt))
                show.picture(picture, text, alt)
        rims = [view.rim for view in views[1:]]
        with places[-1]:
            drawn = figures.bars([*names[1:], words.interior], [*rims, views[0].interior],
                                 words.rim_title, words.rim_alt, x=words.rim_unit,
                                 name=knobs.border.label, highlight=[len(rims)])  # fmt: skip
            show.drawing(drawn)
        code = snippet(edge_filters.compare_borders, photo, kernel=weights, flip=flip)
        return TakeAway("edge_borders", code, table=drawn.table)

    @page.section("blur")
    def blur() -> TakeAway:
        """Smoothing kernels, and what they leave of noise and detail."""
        enlarge = controls.switch(knobs.enlarge, default=True)
        smoothed = answer(edge_filters.compare_smoothing, photo)
        names = [knobs.kernel.option(one.name) for one in smoothed]
        texts = [words.blurred(name=name, weight=one.largest_weight, noise=one.noise_gain,
                               detail=one.detail)
                 for name, one in zip(names, smoothed, strict=True)]  # fmt: skip
        before, *after = figures.blurred(photo.pixels, smoothed, enlarge)
        for first in (0, 3):  # boxes, then Gaussians
            row = [(before, words.before), *zip(after, texts, strict=True)]
            for place, (picture, text) in zip(st.columns(4), row[:1] + row[first + 1 : first + 4],
                                              strict=True):  # fmt: skip
                with place:
                    show.picture(picture, text, text)
        drawn = figures.bars(names, [one.noise_gain for one in smoothed], words.blur_title,
                             words.blur_alt, x=words.noise_gain, name=knobs.kernel.label,
                             top=1.0)  # fmt: skip
        show.drawing(drawn)
        table = {**drawn.table, words.largest_weight: [one.largest_weight for one in smoothed],
                 words.spread: [one.spread for one in smoothed],
                 words.detail: [one.detail for one in smoothed]}  # fmt: skip
        show.table(table)
        code = snippet(edge_filters.compare_smoothing, photo)
        return TakeAway("edge_blur", code, table=table)

    @page.section("gradient")
    def gradient() -> TakeAway:
        """How steep, and which way."""
        operator: Any = controls.choice(knobs.operator, edge_filters.gradient)
        border: Any = controls.choice(knobs.border, edge_filters.gradient)
        settings = {"operator": operator, "border": border}
        slope = answer(edge_filters.gradient, photo, **settings)
        show.drawing(figures.heatmap(slope.slope, words.magnitude_title, words.magnitude_alt,
                                     **axes, value=words.slope_unit, height=480))  # fmt: skip
        show.drawing(figures.compass(slope.direction, slope.magnitude, words.direction_title,
                                     words.direction_alt, **axes, value=words.angle,
                                     height=480))  # fmt: skip
        return TakeAway("edge_gradient", snippet(edge_filters.gradient, photo, **settings),
                        figures.coloured(slope.magnitude),
                        data={"gain": slope.gain, **settings})  # fmt: skip

    @page.section("canny")
    def canny() -> TakeAway:
        """From slope to line in five steps."""
        left, right = st.columns(2)
        with left:
            sigma = controls.number(knobs.sigma, edge_filters.canny)
            enlarge = controls.switch(knobs.enlarge)
        with right:
            high = controls.number(knobs.high, edge_filters.canny)
            low = controls.number(knobs.low, edge_filters.canny, most=high)
        settings = {"sigma": sigma, "low": low, "high": high}
        stages = answer(edge_filters.canny, photo, **settings)
        places = [place for _ in range(3) for place in st.columns(2)]
        pictures = figures.canny_pictures(stages, enlarge)
        for place, (name, picture) in zip(places, pictures, strict=False):
            text = words[f"stage_{name}"](**settings, **stages.counts)
            with place:
                show.picture(picture, text, text)
        table: dict[str, Any] = {words.stage: [words[name] for name in stages.counts],
                 words.pixels: list(stages.counts.values())}  # fmt: skip
        with places[-1]:
            show.table(table)
        final = dict(figures.canny_pictures(stages, enlarge=False))["edges"]
        code = snippet(edge_filters.canny, photo, **settings)
        return TakeAway("edge_canny", code, final, table, data={**settings, **stages.counts})

    @page.section("kernel")
    def kernel() -> TakeAway:
        """What can be read off the weights alone."""
        weights, flip = choose_kernel()
        laid = turned(weights, flip)
        report = answer(edge_filters.analyse_kernel, kernel=laid)
        million = photo.size[0] * photo.size[1] / 1e6
        st.markdown(words.sum_is(total=report.sum, noise=report.noise_gain))
        st.markdown(words[report.character](spread=report.spread or 0))
        st.markdown(words[f"rank_{report.separable}"](
            rank=report.rank, direct=report.multiplications,
            split=report.multiplications_separable,
            direct_photo=report.multiplications * million,
            split_photo=report.multiplications_separable * million))  # fmt: skip
        if report.column is not None and report.row is not None:
            factors = {words.factor_column: report.column[:, None],
                       words.factor_row: report.row[None, :],
                       words.factor_product: report.kernel}  # fmt: skip
            show.drawing(figures.matrices([[
                Matrix(factor, name, float(abs(factor).max()), signed=True, sign=sign)
                for (name, factor), sign in zip(factors.items(), ("×", "=", ""), strict=True)
            ]], words.factors_alt))  # fmt: skip
        values = report.singular_values.tolist()
        show.drawing(figures.bars([str(place + 1) for place in range(len(values))], values,
                                  words.singular_title, words.singular_alt,
                                  x=words.singular_unit))  # fmt: skip
        show.drawing(figures.frequencies(report.gain, report.frequencies, words.gain_title,
                                         words.gain_alt, x=words.frequency_x, y=words.frequency_y,
                                         value=words.gain))  # fmt: skip
        cuts: dict[str, Any] = {
            words[f"cut_{name}"]: cut.tolist() for name, cut in report.cuts.items()
        }
        drawn = figures.lines(report.frequencies.tolist(), cuts, words.cut_title, words.cut_alt,
                              x=words.frequency, y=words.gain)  # fmt: skip
        show.drawing(drawn)
        code = snippet(edge_filters.analyse_kernel, kernel=laid)
        return TakeAway("edge_kernel", code, table=drawn.table, data=report)

    @page.section("contest")
    def contest() -> TakeAway:
        """All detectors on one threshold axis."""
        compare = edge_filters.compare_operators
        left, right = st.columns(2)
        with left:
            subject = controls.choice(knobs.subject, ("scene", "photo"))
            noise = controls.number(knobs.noise, compare)
            tolerance = controls.number(knobs.tolerance, compare)
        with right:
            matching: Any = controls.choice(knobs.matching, compare)
            sigma = controls.number(knobs.sigma, compare)
            smooth_all = controls.switch(knobs.smooth_all)
        settings = {"noise": noise, "tolerance": tolerance, "sigma": sigma,
                    "smooth_all": smooth_all, "matching": matching}  # fmt: skip
        judged = photo if subject == "photo" else None
        compared = answer(compare, judged, **settings)
        st.markdown(words[f"truth_{subject}"])
        names = {str(name): knobs.operator.option(name) for name in DETECTORS}
        pixel_outcomes(compared, names, words, "outcomes")
        show.drawing(figures.contest(compared, names, words.contest_title, words.contest_alt,
                                     x=words.slope_unit, y=words.f_score))  # fmt: skip
        best = zip(*(curve.at_best(compared.thresholds) for curve in compared.curves), strict=True)
        heads = (words.best_threshold, words.precision, words.recall, words.f_score,
                 words.thickness)  # fmt: skip
        table = {knobs.operator.label: list(names.values()), **dict(zip(heads, best, strict=True))}
        show.table(table)
        return TakeAway("edge_contest", snippet(compare, judged, **settings), compared.photo, table)

    @page.section("rotation")
    def rotation() -> TakeAway:
        """The same stripes at every angle."""
        measure = edge_filters.rotation_error
        wavelength = controls.number(knobs.wavelength, measure)
        errors = {knobs.operator.option(name): answer(measure, name, wavelength)
                  for name in OPERATORS}  # fmt: skip
        angles = next(iter(errors.values())).angles.tolist()
        turns = {name: error.direction_error.tolist() for name, error in errors.items()}
        gains = {name: error.gain.tolist() for name, error in errors.items()}
        drawn = figures.lines(angles, turns, words.turn_title, words.turn_alt,
                              x=words.true_angle, y=words.angle_error)  # fmt: skip
        show.drawing(drawn)
        show.drawing(figures.lines(angles, gains, words.even_title, words.even_alt,
                                   x=words.true_angle, y=words.relative_gain))  # fmt: skip
        show.table({knobs.operator.label: list(errors),
                    words.worst_angle: [error.worst_direction for error in errors.values()],
                    words.unevenness: [100 * e.unevenness for e in errors.values()]})  # fmt: skip
        code = snippet(measure, "sobel", wavelength=wavelength)
        return TakeAway("edge_rotation", code, table=drawn.table)
