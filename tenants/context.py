"""What every page knows of the brand it is shown for."""

from typing import Any

from django.http import HttpRequest


def brand(request: HttpRequest) -> dict[str, Any]:
    """Return the brand, the role in it and the brands to choose from."""
    return {
        "brand": getattr(request, "brand", None),
        "role": getattr(request, "role", None),
        "memberships": getattr(request, "memberships", []),
    }
