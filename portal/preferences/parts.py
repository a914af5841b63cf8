"""The parts of one brand's page, and what its buttons do: alike behind a signed link and after proof of the address."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel import clock
from people import queries
from people.ledger import POSITIVE
from people.models import Basis, ConsentState, Person, PersonState, SourceRecord
from people.purposes import table
from portal.preferences import doing, words
from portal.preferences.forms import SettingsForm
from portal.preferences.why import reached
from tenants.models import Brand, Integration


def pressed(request: HttpRequest, person: Person) -> tuple[SettingsForm, doing.Done | None]:
    """Do what one button says, if one was pressed; return the form to show, and what took effect."""
    at, done, form = clock.now(), None, form_of(request, person)
    if request.method == "POST":
        if "stop_all" in request.POST:
            done = doing.stop_all(person=person, at=at)
        elif "stop" in request.POST:
            done = _stop(request.POST["stop"], person, at)
        elif "save" in request.POST and form.is_valid():
            done = doing.save(person=person, form=form, at=at)
        if done:
            form = form_of(request, person, bound=False)
    return form, done


def _stop(what: str, person: Person, at: datetime) -> doing.Done | None:
    use, _colon, channel = what.partition(":")
    known = ConsentState.objects.filter(brand_id=person.brand_id, person=person, purpose=use, channel=channel)
    if not known.exists() or use == "service":
        return None
    return doing.stop_one(person=person, use=use, channel=channel, at=at)


def form_of(request: HttpRequest, person: Person, *, bound: bool = True) -> SettingsForm:
    """Return the form of her settings, filled with what was posted or else with what is saved."""
    posted = bound and request.method == "POST" and "save" in request.POST
    saved = doing.settings_of(person)
    return SettingsForm(
        request.POST if posted else None,
        saved=saved,
        channels=channels_of(person, saved.channels_off if saved else []),
        kinds=_kinds(person, saved.kinds_refused if saved else []),
        senders=_senders(person, saved.senders_muted if saved else []),
        at=clock.now(),
    )


def channels_of(person: Person, off: list[str]) -> list[tuple[str, str]]:
    """Return the direct channels on which she could be reached, and those she switched off."""
    held = set(person.identifiers.filter(brand_id=person.brand_id).values_list("kind", flat=True))
    shown = {key for key, one in table().channels.items() if one.family == "direct" and one.identifier in held}
    return [(key, words.on_channel(key)) for key in table().channels if key in shown | set(off)]


def _kinds(person: Person, refused: list[str]) -> list[tuple[str, str]]:
    """Return the kinds of data in the sources in which she stands, and those she refused."""
    records = SourceRecord.objects.filter(brand_id=person.brand_id, person=person).select_related("source")
    held = {kind for record in records for kind in record.source.facts.get("categories") or []}
    return sorted(((key, words.kind(key)) for key in held | set(refused)), key=lambda one: one[1])


def _senders(person: Person, muted: list[str]) -> list[tuple[str, str]]:
    """Return who writes for the brand, people or teams, where there is a choice; and whom she muted."""
    rows = Integration.objects.filter(brand_id=person.brand_id).order_by("name", "key")
    named = {}
    for one in rows:
        writes_for = str(one.config.get("sender") or "")
        named[writes_for or one.key] = writes_for or one.name
    shown = named if len(named) > 1 else {key: name for key, name in named.items() if key in muted}
    return [*shown.items(), *((key, key) for key in muted if key not in named)]


def about(brand: Brand, person: Person) -> dict[str, Any]:
    """Return what the page says of one person at one brand: kinds and dates, no value of hers."""
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


def _shown(one: ConsentState, now: datetime) -> dict[str, Any]:
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


def zone_of(person: Person, brand: Brand) -> ZoneInfo:
    """Return the zone to tell times in: hers, else the brand's, else UTC."""
    try:
        return ZoneInfo(person.time_zone or brand.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
