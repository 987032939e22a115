"""Padding and stride: how large the answer of a sliding window is, and what it reads."""

from gallery import controls
from gallery.answers import answer
from gallery.components.walk import draw_walk, draw_walks
from gallery.page import open_page
from gallery.takeaway import TakeAway
from gallery.windows import numbers, sizes, stacks
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
        view = numbers.ask_view(page, setting)
        given = setting.walked() | numbers.ask_numbers(page, setting)
        walked = answer(padding_stride.walk, **given)
        draw_walk(walked, view, page.words)
        numbers.draw_overlaps(page, walked)
        return numbers.take_walk(walked, given)

    @page.section("same")
    def same() -> TakeAway:
        asked = sizes.ask_conventions(page)
        return sizes.draw_conventions(page, asked)

    @page.section("volume")
    def volume() -> TakeAway:
        given = numbers.ask_volume(page)
        found = answer(padding_stride.convolve_volume, **given)
        numbers.draw_volume(page, found, given)
        return numbers.take_volume(found, given)

    @page.section("pooling")
    def pooling() -> TakeAway:
        given = numbers.ask_pooling(page)
        most = answer(padding_stride.walk, operation="max_pooling", **given)
        mean = answer(padding_stride.walk, operation="average_pooling", **given)
        draw_walks({page.words.pool_max: most, page.words.pool_mean: mean}, page.words)
        shifts = numbers.ask_shift(page)
        numbers.draw_shift(page, answer(padding_stride.pooling_shift, **shifts))
        return numbers.take_pooling(most, mean, given)

    @page.section("stack")
    def stack() -> TakeAway:
        preset = controls.choice(page.controls.preset, padding_stride.PRESETS)
        given = padding_stride.PRESETS[preset]
        shape = stacks.ask_input(page, preset, given.input_shape)
        layers = layer_table(page, preset, given.layers)
        report = padding_stride.stack(shape, layers)
        stacks.draw_stack(page, report)
        return stacks.take_stack(shape, layers, report)

    @page.section("field")
    def field() -> TakeAway:
        photo = controls.photo(sample="cat")
        given = stacks.ask_field(page)
        found = answer(padding_stride.effective_receptive_field, photo, **given)
        stacks.draw_field(page, found)
        return stacks.take_field(found, photo, given)
