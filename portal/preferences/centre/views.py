"""The preference centre's pages: prove the address, see all brands, and each brand's page with everything held.

The visit's token in the address is the only authority; see portal.preferences.views on why that needs no cookie.
"""

import ipaddress
from collections.abc import Callable
from functools import partial, wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kernel import clock
from people import services
from people.links import BrokenLink
from people.models import Person
from portal.preferences import doing, parts, words
from portal.preferences.centre import everything
from portal.preferences.centre.acting import act, allowable, correction_form
from portal.preferences.centre.forms import AddressForm
from portal.preferences.centre.holders import at_brand, holders, tell_of_visit
from portal.preferences.centre.letter import letter
from portal.preferences.centre.stopped import by_integration
from portal.preferences.showing import CHOSEN, kept, language_for, private, show
from tenants.models import Brand

Page = Callable[..., HttpResponse]


def in_her_language(view: Page) -> Page:
    """Answer in the chosen language, else in what the browser accepts; a link that does not fit has one page."""

    @wraps(view)
    def answer(request: HttpRequest, **where: str) -> HttpResponse:
        with translation.override(language_for(request)):
            try:
                response = view(request, **where)
            except BrokenLink:
                response = show(request, "preferences/centre/ended.html", status=404)
        return private(response)

    return answer


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@in_her_language
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for an address and mail a link to it: the same answer for every address."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return show(request, "preferences/centre/ask.html", {"form": form}, status=422 if form.is_bound else 200)
    written = partial(letter, kept=kept(request))
    try:
        services.ask_for_proof(
            address=form.cleaned_data["email"], client=_client(request), letter=written, at=clock.now()
        )
    except services.TooMany:
        return show(request, "preferences/centre/too_many.html", status=429)
    return show(request, "preferences/centre/asked.html")


def _client(request: HttpRequest) -> str:
    """Return where the request comes from: an IPv4 address, or the /64 of an IPv6 address, which is one household's."""
    via = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one.strip()]
    hops = settings.PROXIES
    address = via[-hops] if 0 < hops <= len(via) else request.META.get("REMOTE_ADDR", "")
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@in_her_language
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button on GET, for programs follow links in mails; use the link up on POST."""
    at = clock.now()
    if request.method != "POST":
        services.check_link(token, at=at)
        return show(request, "preferences/centre/open.html")
    visit, address = services.open_visit(token=token, at=at)
    tell_of_visit(address, at=at)
    own = next((one.language for one in holders(address) if one.language), "")
    keep = kept(request) or f"?{CHOSEN}={language_for(request, own)}"
    return HttpResponseRedirect(reverse("centre:brands", kwargs={"token": visit}) + keep, status=303)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@in_her_language
def brands(request: HttpRequest, token: str) -> HttpResponse:
    """List the brands that hold her; mute or leave each."""
    address, done = services.visiting(token, at=clock.now()), None
    if request.method == "POST":
        for name in ("mute", "unmute", "leave"):
            if name in request.POST:
                done = _at_one(request.POST[name], address, name)
    context = {"holders": holders(address), "address": address, "token": token, "done": done}
    return show(request, "preferences/centre/brands.html", context)


def _at_one(slug: str, address: str, name: str) -> doing.Done | None:
    with at_brand(slug, address) as found:
        if found is None:
            return None
        brand, person = found
        at = clock.now()
        if name == "leave":
            return doing.leave(brand=brand, person=person, at=at)
        return doing.mute(brand=brand, person=person, muted=name == "mute", at=at)


@csrf_exempt
@require_POST
@in_her_language
def end(request: HttpRequest, token: str) -> HttpResponse:
    """End the visit before its half hour."""
    services.end_visit(token=token, at=clock.now())
    return show(request, "preferences/centre/ended.html", {"by_herself": True})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@in_her_language
def brand_page(request: HttpRequest, token: str, slug: str) -> HttpResponse:
    """Show everything one brand holds; POST does what one button says."""
    address = services.visiting(token, at=clock.now())
    with at_brand(slug, address) as found:
        if found is None:
            raise BrokenLink("This link does not work.")
        return _page(request, token, address, *found)


def _page(request: HttpRequest, token: str, address: str, brand: Brand, person: Person) -> HttpResponse:
    form, done = parts.pressed(request, person)
    correction, done = act(request, brand, person, done)
    if done is not None and done.gone:
        return show(request, "preferences/centre/erased.html", {"done": done, "brand": brand, "token": token})
    context = parts.about(brand, person) | {
        "form": form,
        "done": done,
        "proved": True,
        "allowable": [
            {
                "channel": one,
                "title": f"{words.use('direct_marketing')} {words.on_channel(one)}",
                "wording": words.agreement(brand.name, one),
            }
            for one in allowable(person)
        ],
        "token": token,
        "address": address,
        "known_by": everything.identifiers(person, address),
        "values": everything.values(person),
        "history": everything.history(person),
        "places": by_integration(brand, person),
        "correction": correction or correction_form(person),
        "ask_to_erase": "ask_erase" in request.POST or "erase" in request.POST,
    }
    return show(request, "preferences/page.html", context)


@require_GET
@in_her_language
def copy(request: HttpRequest, token: str, slug: str) -> HttpResponse:
    """Her copy of everything, as a file."""
    at = clock.now()
    address = services.visiting(token, at=at)
    with at_brand(slug, address) as found:
        if found is None:
            raise BrokenLink("This link does not work.")
        brand, person = found
        told = everything.copy_for(brand, person, address, at=at)
    response = JsonResponse(told, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{brand.slug}.json"'
    return response
