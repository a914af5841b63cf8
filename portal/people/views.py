"""One person as the brand holds her: what she agreed to and when; and the suppression list."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from delivery.models import Intent
from kernel import clock
from people import queries, services
from people.models import ConsentEvent, IdentifierKind, Person, PersonState, PrivacySettings, Suppression
from people.permissions import MAY_ERASE, MAY_RECORD
from portal.pages import actor_of, attempt, brand_of, for_roles, has_role, show
from portal.words import answer_label
from tenants.models import Role

PAGE = "admin:people_person_change"
HISTORY = 200


@require_GET
@for_roles()
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one person by number: consents, history, settings, messages. No identifier is opened here."""
    brand = brand_of(request)
    one = get_object_or_404(Person, brand=brand, pk=pk)
    events = (
        ConsentEvent.objects.filter(brand=brand, person=one).select_related("source").order_by("-happened_at", "-pk")
    )
    pseudonyms = one.identifiers.values_list("pseudonym", flat=True)
    return show(
        request,
        "portal/people/person.html",
        _("Person #%(number)d") % {"number": one.number},
        crumbs=[(_("People"), reverse("admin:people_person_changelist"))],
        one=one,
        holding=queries.held_about(one),
        consents=[(state, *_words(state.purpose, state.channel)) for state in queries.consents_of(brand.pk, one.pk)],
        events=[(event, *_words(event.purpose, event.channel)) for event in events[:HISTORY]],
        settings=_settings(PrivacySettings.objects.filter(brand=brand, person=one).first()),
        suppressed=Suppression.objects.filter(brand=brand, pseudonym__in=list(pseudonyms)).exists(),
        messages_sent=Intent.objects.filter(brand=brand, person=one)
        .select_related("release__case__version__campaign")
        .order_by("-decided_at")[:50],
        may_restrict=has_role(request, MAY_RECORD) and one.state != PersonState.ERASED,
        may_erase=has_role(request, MAY_ERASE) and one.state != PersonState.ERASED,
    )


@require_POST
@for_roles(*MAY_RECORD)
def restrict(request: HttpRequest, pk: UUID, how: str) -> HttpResponse:
    """Restrict the use of a person's data, or lift that."""
    one = get_object_or_404(Person, brand=brand_of(request), pk=pk)
    by, at, on = actor_of(request), clock.now(), how == "on"
    done = _("Their data are used for nothing from now on.") if on else _("The restriction is lifted.")
    return attempt(
        request,
        lambda: services.set_restricted(person=one, restricted=on, by=by, at=at),
        done,
        reverse(PAGE, args=[pk]),
    )


@require_POST
@for_roles(*MAY_ERASE)
def erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Erase a person; who may not is told so by the service."""
    one = get_object_or_404(Person, brand=brand_of(request), pk=pk)
    by, at = actor_of(request), clock.now()
    done = _("Erased: the key to their data is destroyed.")
    return attempt(request, lambda: services.erase(person=one, by=by, at=at), done, reverse(PAGE, args=[pk]))


@for_roles(Role.OWNER, Role.MARKETER, Role.OFFICER)
def suppress(request: HttpRequest) -> HttpResponse:
    """Put an address on the suppression list; only its pseudonym is kept."""
    back = reverse("admin:people_suppression_changelist")
    if request.method == "POST":
        brand, by, at = brand_of(request), actor_of(request), clock.now()
        kind, value = request.POST.get("kind", ""), request.POST.get("value", "")
        reason = request.POST.get("reason", "").strip()[:40] or "asked"
        return attempt(
            request,
            lambda: services.suppress(brand_id=brand.pk, kind=kind, value=value, reason=reason, by=by, at=at),
            _("It is never reached again."),
            back,
        )
    crumbs = [(_("Suppression list"), back)]
    return show(
        request, "portal/people/suppress.html", _("Suppress an address"), crumbs=crumbs, kinds=IdentifierKind.choices
    )


def _words(purpose: str, channel: str) -> tuple[str, str]:
    return answer_label(purpose), _("every channel") if channel == "any" else answer_label(channel)


def _settings(found: PrivacySettings | None) -> list[tuple[str, str]]:
    """Return what the person asked for, in words; nothing where she restricts nothing."""
    if found is None:
        return []
    told = [
        (_("Kinds of data not shared"), ", ".join(answer_label(one) for one in found.kinds_refused)),
        (_("Channels switched off"), ", ".join(answer_label(one) for one in found.channels_off)),
        (_("Messages per week at most"), "" if found.messages_per_week is None else str(found.messages_per_week)),
        (_("Quiet from"), f"{found.quiet_from:%H:%M}-{found.quiet_until:%H:%M}" if _has_quiet(found) else ""),
        (_("Paused until"), f"{found.paused_until:%Y-%m-%d %H:%M} UTC" if found.paused_until else ""),
    ]
    flags = ("no_personalisation", "no_inference", "no_retargeting", "brand_muted")
    told += [(str(found._meta.get_field(flag).verbose_name), _("yes")) for flag in flags if getattr(found, flag)]  # type: ignore[union-attr]
    return [(name, value) for name, value in told if value]


def _has_quiet(found: PrivacySettings) -> bool:
    return found.quiet_from is not None and found.quiet_until is not None
