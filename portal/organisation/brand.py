"""The brand's own page: its name and colour, where it is, what time it keeps."""

from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from facts import catalogue
from kernel import clock
from kernel.errors import DomainError
from portal.pages import actor_of, brand_of, for_roles, show
from tenants import services
from tenants.models import Brand, Role


@for_roles(Role.OWNER)
def change(request: HttpRequest) -> HttpResponse:
    """Show the brand's record to its owner, and change it."""
    brand = brand_of(request)
    if request.method != "POST":
        return _form(request, brand, {name: getattr(brand, name) for name in services.BRAND_FIELDS})
    given = {name: request.POST.get(name, "").strip() for name in services.BRAND_FIELDS}
    try:
        services.change_brand(brand=brand, fields=given, by=actor_of(request), at=clock.now())
    except DomainError as error:
        return _form(request, brand, given, error)
    messages.success(request, _("Saved."))
    return redirect(request.path)


def _form(request: HttpRequest, brand: Brand, given: dict[str, str], error: DomainError | None = None) -> HttpResponse:
    sectors = catalogue.load().facts["brand.sector"].choices
    return show(
        request,
        "portal/organisation/brand.html",
        _("This brand"),
        given=given,
        error=error,
        sectors=[(one, one.replace("_", " ").capitalize()) for one in sectors],
        zones=sorted(available_timezones()),
    )
