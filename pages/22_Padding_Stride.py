"""Padding and stride: how large the answer of a sliding window is, and what it reads."""

from gallery import controls
from gallery.answers import answer
from gallery.components.walk import draw_walk, draw_walks
from gallery.page import open_page
from gallery.takeaway import TakeAway
from gallery.windows import conventions, fields, pooling, sizes, stacks, volumes, walks
from gallery.windows.layer_table import layer_table
from gallery.windows.settings import window_settings
from models import padding_stride

with open_page(__file__) as page:

    @page.section("size")
    def size() -> TakeAway:
        setting = window_settings(page, padding_stride.output_size, volumes=True)
        sizes.draw_answer(page, setting)
        sizes.draw_formulas(page, setting)
        sizes.draw_fit(page, setting)
        sizes.draw_strips(page, setting)
        return sizes.take(setting)

    @page.section("walk")
    def walk() -> TakeAway:
        setting = window_settings(page, padding_stride.walk, drawn=True)
        view = walks.ask_view(page, setting)
        given = setting.walked() | walks.ask_numbers(page, setting)
        walked = answer(padding_stride.walk, **given)
        draw_walk(walked, view, page.words)
        walks.draw_overlaps(page, walked)
        return walks.take(walked, given)

    @page.section("same")
    def same() -> TakeAway:
        asked = conventions.ask(page)
        return conventions.draw(page, asked)

    @page.section("volume")
    def volume() -> TakeAway:
        given = volumes.ask(page)
        found = answer(padding_stride.convolve_volume, **given)
        volumes.draw(page, found, given)
        return volumes.take(found, given)

    @page.section("pooling")
    def pooled() -> TakeAway:
        given = pooling.ask(page)
        most = answer(padding_stride.walk, operation="max_pooling", **given)
        mean = answer(padding_stride.walk, operation="average_pooling", **given)
        draw_walks({page.words.pool_max: most, page.words.pool_mean: mean}, page.words)
        shifts = pooling.ask_shift(page)
        pooling.draw_shift(page, answer(padding_stride.pooling_shift, **shifts))
        return pooling.take(most, mean, given)

    @page.section("stack")
    def stack() -> TakeAway:
        preset = controls.choice(page.controls.preset, padding_stride.PRESETS)
        given = padding_stride.PRESETS[preset]
        shape = stacks.ask(page, preset, given.input_shape)
        layers = layer_table(page, preset, given.layers)
        report = padding_stride.stack(shape, layers)
        stacks.draw(page, report)
        return stacks.take(shape, layers, report)

    @page.section("field")
    def field() -> TakeAway:
        photo = controls.photo(sample="cat")
        given = fields.ask(page)
        found = answer(padding_stride.effective_receptive_field, photo, **given)
        fields.draw(page, found)
        fields.compare(page, photo, given)
        return fields.take(found, photo, given)
