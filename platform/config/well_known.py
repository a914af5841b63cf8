"""What the platform says about itself under /.well-known/."""

from datetime import date

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from people.standards import gpc

GPC_HONOURED_SINCE = date(2026, 11, 22)


@require_safe
def gpc_resource(request: HttpRequest) -> JsonResponse:
    """Say that Global Privacy Control is honoured here (W3C GPC, “GPC Support Resource”)."""
    return JsonResponse(gpc.resource(GPC_HONOURED_SINCE))
