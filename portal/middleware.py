"""Times are kept in UTC and shown in the brand's own time."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class BrandTimeMiddleware:
    """Show times in the time zone of the request's brand; UTC without a brand, or where its zone is unknown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in that time zone."""
        brand = getattr(request, "brand", None)
        with timezone.override(_zone(brand.time_zone if brand else "UTC")):
            return self.get_response(request)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
