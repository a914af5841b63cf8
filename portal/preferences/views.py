"""The preference page and the one-click unsubscribe (RFC 8058).

The token in the address is the only authority here: no session is read, no cookie set. A forged request would need the
token, and with the token it is the person's own request; so Django's protection against cross-site requests, which
guards cookies, has nothing to guard and would only shut out people who refuse cookies.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kernel import clock
from kernel.tenancy import brand_context
from people import links, queries
from people.ledger import POSITIVE
from people.models import Basis, ConsentState, Person, PersonState, SourceRecord
from people.purposes import table
from portal.preferences import doing, words
from portal.preferences.forms import SettingsForm
from portal.preferences.why import reached
from tenants.models import Brand

View = Callable[[HttpRequest, Brand, Person, links.Link], HttpResponse]
ONLY_FOR_HER = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


def for_the_person(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Read the token, find the person, and answer in her time; one and the same page for whatever does not fit."""

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        response = _answer(view, request, token) or render(request, "preferences/gone.html", status=404)
        for name, value in ONLY_FOR_HER.items():
            response[name] = value
        return response

    return answer


def _answer(view: View, request: HttpRequest, token: str) -> HttpResponse | None:
    try:
        link = links.read(token)
    except links.BrokenLink:
        return None
    brand = Brand.objects.filter(pk=link.brand_id).first()
    if brand is None:
        return None
    with brand_context(brand.pk):
        people = Person.objects.exclude(state=PersonState.ERASED)
        person = people.filter(brand_id=brand.pk, pk=link.person_id).first()
        if person is None:
            return None
        with timezone.override(_zone(person.time_zone or brand.time_zone)):
            return view(request, brand, person, link)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@for_the_person
def page(request: HttpRequest, brand: Brand, person: Person, link: links.Link) -> HttpResponse:
    """Show what the brand holds and may do; POST does what one button says."""
    at, done, form = clock.now(), None, _form(request, person)
    if request.method == "POST":
        if "stop_all" in request.POST:
            done = doing.stop_all(person=person, at=at)
        elif "stop" in request.POST:
            done = _stop(request.POST["stop"], person)
        elif "save" in request.POST and form.is_valid():
            done = doing.save(person=person, form=form, at=at)
        if done:
            form = _form(request, person, bound=False)
    return render(request, "preferences/page.html", _about(brand, person) | {"form": form, "done": done})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@for_the_person
def unsubscribe(request: HttpRequest, brand: Brand, person: Person, link: links.Link) -> HttpResponse:
    """Stop marketing on the channel of the message that carried the link: at once on POST, asked first on GET."""
    done = None
    if request.method == "POST":
        at = clock.now()
        done = doing.stop_one(
            person=person, use="direct_marketing", channel=link.channel, at=at, method=doing.ONE_CLICK
        )
    context = {"brand": brand, "ink": words.ink_on(brand.colour), "done": done}
    context["channel"] = words.on_channel(link.channel)
    return render(request, "preferences/unsubscribe.html", context)


def _stop(what: str, person: Person) -> doing.Done | None:
    use, _colon, channel = what.partition(":")
    known = ConsentState.objects.filter(brand_id=person.brand_id, person=person, purpose=use, channel=channel)
    if not known.exists() or use == "service":
        return None
    return doing.stop_one(person=person, use=use, channel=channel, at=clock.now())


def _form(request: HttpRequest, person: Person, *, bound: bool = True) -> SettingsForm:
    posted = bound and request.method == "POST" and "save" in request.POST
    saved = doing.settings_of(person)
    return SettingsForm(
        request.POST if posted else None,
        saved=saved,
        channels=_channels(person, saved.channels_off if saved else []),
        kinds=_kinds(person, saved.kinds_refused if saved else []),
        at=clock.now(),
    )


def _channels(person: Person, off: list[str]) -> list[tuple[str, str]]:
    """Return the direct channels on which the brand could reach her, and those she switched off."""
    held = set(person.identifiers.filter(brand_id=person.brand_id).values_list("kind", flat=True))
    shown = {key for key, one in table().channels.items() if one.family == "direct" and one.identifier in held}
    return [(key, words.on_channel(key)) for key in table().channels if key in shown | set(off)]


def _kinds(person: Person, refused: list[str]) -> list[tuple[str, str]]:
    """Return the kinds of data in the sources in which she stands, and those she refused."""
    records = SourceRecord.objects.filter(brand_id=person.brand_id, person=person).select_related("source")
    held = {kind for record in records for kind in record.source.facts.get("categories") or []}
    return sorted(((key, words.kind(key)) for key in held | set(refused)), key=lambda one: one[1])


def _about(brand: Brand, person: Person) -> dict[str, Any]:
    holding = queries.held_about(person)
    said = queries.consents_of(brand.pk, person.pk)
    # A no that came down from a wider one is told once, where it was said.
    direct = [one for one in said if (one.event.purpose, one.event.channel) == (one.purpose, one.channel)]
    now = clock.now()
    return {
        "brand": brand,
        "person": person,
        "ink": words.ink_on(brand.colour),
        "zone": timezone.get_current_timezone_name(),
        "holding": holding,
        "identifiers": [(words.IDENTIFIERS[kind], since) for kind, since in holding.identifiers],
        "details": [words.attribute(name) for name in (*holding.attributes, *holding.fields)],
        "consents": [_shown(one, now) for one in sorted(direct, key=lambda one: one.state not in POSITIVE)],
        "restricted": person.state == PersonState.RESTRICTED,
        "why": reached(brand, person),
    }


def _shown(one: ConsentState, now: Any) -> dict[str, Any]:
    ended = one.expires_at is not None and one.expires_at <= now
    holds = one.state in POSITIVE and not ended
    return {
        "key": f"{one.purpose}:{one.channel}",
        "title": words.consent(one),
        "holds": holds,
        "state": words.standing(one, ended=ended),
        "button": _("Withdraw") if one.basis == Basis.CONSENT else _("Object"),
        "when": one.happened_at,
        "until": one.expires_at if one.state in POSITIVE else None,
        "how": words.how(one.event.method),
        "wording": one.event.wording if one.state in POSITIVE else "",
        "source": one.event.source,
        "basis": one.basis,
        "can_stop": holds and one.purpose != "service",
    }


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
