"""What a press of a button on the preference page does; each returns what took effect, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kernel.actors import Actor
from kernel.ids import new_id
from people import services
from people.ledger import POSITIVE
from people.models import Basis, Consent, ConsentState, Person, PersonState, PrivacySettings
from people.purposes import ANY_CHANNEL
from portal.preferences import words
from portal.preferences.forms import SettingsForm
from tenants.models import Brand

PAGE, ONE_CLICK = "preference_page", "one_click"


@dataclass(frozen=True, slots=True)
class Done:
    """What took effect: a title, and when it holds. `gone`: nothing is left to show."""

    title: str
    effect: str
    gone: bool = False


def stop_one(*, person: Person, use: str, channel: str, at: datetime, method: str = PAGE) -> Done:
    """Take back one consent, or object where it rests on another basis. Stopped already is stopped."""
    held = ConsentState.objects.filter(brand_id=person.brand_id, person=person, purpose=use, channel=channel).first()
    title = f"{words.use(use)} {words.on_channel(channel)}"
    if held is not None and held.state not in POSITIVE:
        return Done(_("%(what)s: stopped") % {"what": title}, _("This was stopped already."))
    withdraws = held is not None and held.basis == Basis.CONSENT
    take = services.withdraw if withdraws else services.object_to
    outcome = take(
        brand_id=person.brand_id,
        person=person,
        purpose=use,
        channel=channel,
        basis=held.basis if held else Basis.CONSENT,
        method=method,
        idempotency_key=f"{method}:{new_id()}",
        by=Actor.person(person.pk),
        at=at,
    )
    return Done(_("%(what)s: stopped") % {"what": title}, words.effect(outcome.in_flight))


def stop_all(*, person: Person, at: datetime) -> Done:
    """Object to all marketing on every channel (GDPR 21(2)). What a customer needs goes on."""
    title = _("All marketing on every channel: stopped")
    held = ConsentState.objects.filter(brand_id=person.brand_id, person=person)
    newer = held.filter(state__in=POSITIVE).exclude(purpose="service").exists()
    if not newer and held.filter(purpose="marketing", channel=ANY_CHANNEL, state="objected").exists():
        return Done(title, _("This was stopped already."))
    outcome = services.object_to(
        brand_id=person.brand_id,
        person=person,
        purpose="marketing",
        channel=ANY_CHANNEL,
        method=PAGE,
        idempotency_key=f"{PAGE}:{new_id()}",
        by=Actor.person(person.pk),
        at=at,
    )
    return Done(title, words.effect(outcome.in_flight))


def save(*, person: Person, form: SettingsForm, at: datetime) -> Done:
    """Save the settings of a valid form."""
    effect = services.save_settings(person=person, values=form.values(), by=Actor.person(person.pk), at=at)
    if not effect.changed:
        return Done(_("Nothing changed"), _("Your settings are as they were."))
    return Done(_("Your settings are saved"), words.effect(effect.in_flight))


def mute(*, brand: Brand, person: Person, muted: bool, at: datetime) -> Done:
    """Mute a brand until she says otherwise, or hear it again. What she agreed to stays as it is."""
    by = Actor.person(person.pk)
    effect = services.save_settings(person=person, values={"brand_muted": muted}, by=by, at=at)
    title = _("%(brand)s is muted") if muted else _("%(brand)s may write to you again, as far as you agreed")
    return Done(title % {"brand": brand.name}, words.effect(effect.in_flight))


def leave(*, brand: Brand, person: Person, at: datetime) -> Done:
    """Leave a brand: object to all its marketing."""
    done = stop_all(person=person, at=at)
    return Done(_("All marketing of %(brand)s: stopped") % {"brand": brand.name}, done.effect)


def allow(*, brand: Brand, person: Person, channel: str, at: datetime) -> Done:
    """Agree to marketing on a channel (again). What she read when she pressed the button is kept as the wording."""
    wording = words.agreement(brand.name, channel)
    services.record_consent(
        brand_id=brand.pk,
        person=person,
        purpose="direct_marketing",
        channel=channel,
        state=Consent.GIVEN,
        happened_at=at,
        method=PAGE,
        wording=wording,
        idempotency_key=f"{PAGE}:{new_id()}",
        by=Actor.person(person.pk),
        at=at,
    )
    return Done(f"{words.use('direct_marketing')} {words.on_channel(channel)}: {words.STATES['given']}", wording)


def restrict(*, person: Person, restricted: bool, at: datetime) -> Done:
    """Have the use of her data restricted (GDPR 18), or let it be used again."""
    if restricted == (person.state == PersonState.RESTRICTED):
        return Done(_("Nothing changed"), _("What is kept about you is as it was."))
    services.set_restricted(person=person, restricted=restricted, by=Actor.person(person.pk), at=at)
    if restricted:
        return Done(_("Your data is no longer used"), _("It is kept until you say otherwise."))
    return Done(_("Your data may be used again"), _("As far as you agreed, and no further."))


def correct(*, person: Person, values: Mapping[str, Any], at: datetime) -> Done:
    """Set right what she may set right herself."""
    changed = services.correct(person=person, values=values, by=Actor.person(person.pk), at=at)
    if not changed:
        return Done(_("Nothing changed"), _("What is kept about you is as it was."))
    names = ", ".join(words.attribute(name) for name in changed)
    effect = _("From now on this holds; no older list brings the mistake back.")
    return Done(_("Set right: %(names)s") % {"names": names}, effect)


def erase(*, person: Person, at: datetime) -> Done:
    """Erase her at this brand."""
    effect = services.erase(person=person, by=Actor.person(person.pk), at=at)
    return Done(_("You are erased"), words.effect(effect.in_flight), gone=True)


def settings_of(person: Person) -> PrivacySettings | None:
    """Return what the person asked for before, or None."""
    return PrivacySettings.objects.filter(brand_id=person.brand_id, person=person).first()
