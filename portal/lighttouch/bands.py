"""The owner sets where the bands of the light touch begin for her brand: stricter than the platform's, never milder."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel import clock
from kernel.errors import DomainError
from portal.pages import actor_of, brand_of, for_roles
from tenants.models import Role
from tenants.services import set_bands

PAGE = "admin:own_brand"


@require_POST
@for_roles(Role.OWNER)
def change(request: HttpRequest) -> HttpResponse:
    """Set the bands as posted; a refusal is told in the service's own words."""
    given = {name: request.POST.get(name, "").strip() for name in ("light_from", "mixed_from")}
    if not all(value.isascii() and value.isdecimal() and len(value) <= 3 for value in given.values()):
        messages.error(request, _("Not saved: both bands begin at a whole number."))
        return redirect(PAGE)
    values = {name: int(value) for name, value in given.items()}
    try:
        set_bands(brand=brand_of(request), **values, by=actor_of(request), at=clock.now())
    except DomainError as error:
        messages.error(request, _("Not saved: %(why)s") % {"why": error})
    else:
        messages.success(request, _("Saved."))
    return redirect(PAGE)
