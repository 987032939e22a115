"""Letters in pictures to take away: a font that knows Chinese, where this machine has one."""

from collections.abc import Sequence

from PIL import ImageFont

__all__ = ["font_for", "writable"]

FONTS = ("NotoSansCJK-Regular.ttc", "wqy-microhei.ttc", "msyh.ttc", "PingFang.ttc")


def font_for(size: int, names: Sequence[str]) -> ImageFont.FreeTypeFont:
    """A font of this machine that knows Chinese where it is needed, else the one of Pillow."""
    if any(ord(letter) > 0x2E7F for name in names for letter in name):
        for name in FONTS:
            try:
                return ImageFont.truetype(name, size)
            except OSError:
                continue
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType")
    return font


def writable(font: ImageFont.FreeTypeFont, name: str, place: int) -> str:
    """The name, or its number where the font cannot write it."""
    knows_all = str(font.path).endswith(FONTS)
    return name if knows_all or all(ord(letter) < 0x250 for letter in name) else str(place)
