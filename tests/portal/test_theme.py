"""The brand's colour never costs readability."""

from colorsys import hsv_to_rgb

import pytest

from portal import theme

HUES = [hsv_to_rgb(step / 36, 1.0, value) for step in range(36) for value in (0.3, 0.7, 1.0)]
COLOURS = ["#" + "".join(f"{round(part * 255):02x}" for part in one) for one in HUES]


def parts(css):
    lightness, chroma, hue = css.removeprefix("oklch(").removesuffix(")").split()
    return float(lightness.removesuffix("%")) / 100, float(chroma), float(hue)


@pytest.mark.parametrize("colour", [*COLOURS, "#000000", "#ffffff", "#0f766e"])
def test_white_text_on_a_button_is_readable_in_every_colour(colour):
    assert theme.contrast_with_white(*parts(theme.palette(colour)["600"])) >= 4.5


def test_shades_grow_darker_in_order():
    lightness = [parts(css)[0] for css in theme.palette("#7c3aed").values()]
    assert lightness == sorted(lightness, reverse=True)


def test_the_hue_of_the_brand_is_kept():
    assert parts(theme.palette("#b91c1c")["600"])[2] == pytest.approx(27.5, abs=1.5)
    assert parts(theme.palette("#0f766e")["600"])[2] == pytest.approx(188, abs=2)
