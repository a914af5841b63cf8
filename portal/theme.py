"""The brand's colour as a palette: eleven shades of one hue that stay readable whatever colour a brand has.

The shades are built in OKLCH (CSS Color Module Level 4), where equal lightness looks equally light for every
hue: so the shade that buttons have always carries white text.
"""

from functools import lru_cache
from math import atan2, cos, degrees, hypot, radians, sin

from django.http import HttpRequest

PRODUCT_COLOUR = "#0f766e"
LIGHTNESS = {
    "50": 0.977,
    "100": 0.95,
    "200": 0.905,
    "300": 0.84,
    "400": 0.75,
    "500": 0.66,
    "600": 0.5,
    "700": 0.44,
    "800": 0.385,
    "900": 0.335,
    "950": 0.25,
}
SOFT = {"50": 0.12, "100": 0.25, "200": 0.45, "300": 0.7}
MOST_CHROMA = 0.2


def primary(request: HttpRequest) -> dict[str, str]:
    """Return the palette of the request's brand, of the product where there is none (unfold's COLORS.primary)."""
    brand = getattr(request, "brand", None)
    return dict(palette(brand.colour if brand else PRODUCT_COLOUR))


@lru_cache(maxsize=512)
def palette(colour: str) -> dict[str, str]:
    """Return shade → CSS colour for a colour as #rrggbb."""
    chroma, hue = _chroma_and_hue(colour)
    chroma = min(chroma, MOST_CHROMA)
    return {
        shade: f"oklch({lightness * 100:.1f}% {chroma * SOFT.get(shade, 1.0):.3f} {hue:.1f})"
        for shade, lightness in LIGHTNESS.items()
    }


def _chroma_and_hue(colour: str) -> tuple[float, float]:
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return hypot(a, b), degrees(atan2(b, a)) % 360


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def contrast_with_white(lightness: float, chroma: float, hue: float) -> float:
    """Return the WCAG 2 contrast ratio of white text on an OKLCH colour."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    clipped = [min(max(part, 0.0), 1.0) for part in (red, green, blue)]
    luminance = 0.2126 * clipped[0] + 0.7152 * clipped[1] + 0.0722 * clipped[2]
    return 1.05 / (luminance + 0.05)
