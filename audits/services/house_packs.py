"""The writes of house packs: write a version, look what it would do, switch it on and off.

A switch asks every case that stands, in its own transaction. What the packs have nothing new to say about is
confirmed; what they have is voided with the reason, and audited again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audits import rules_in_use
from audits.house import queries
from audits.house.faults import PackFault
from audits.house.reading import House, fingerprint, prove, read
from audits.house.standing import bound, stands_under
from audits.house.trying import Tried, attempt
from audits.models import OPEN, Case, Confirmation, DryRun, HousePack, HousePackVersion, PackState
from audits.permissions import check_may_keep_packs
from audits.services.turning import hold, turn
from audits.states import pack_after
from kernel import jobs
from kernel.actors import Actor
from kernel.errors import DomainError, Invalid
from sources.services import hold_register
from tenants.models import Brand
from trail.record import record

DRY_RUN, AUDIT_AGAIN = "audits.dry_run", "audits.audit_again"
WHEN = "%Y-%m-%d %H:%M UTC"


class AnotherCode(Invalid):
    """The text is that of another pack than the one it was written for."""

    code = "another_code"


class SeenAnotherText(DomainError):
    """The text to be switched on is not the one that the officer saw."""

    code = "seen_another_text"


class DryRunMissing(DomainError):
    """Nobody has looked at what the version would do to the cases that stand now."""

    code = "dry_run_missing"


@dataclass(frozen=True)
class Switched:
    """What a switch did to the cases that stood: how many were confirmed, and which were voided."""

    confirmed: int
    ended: tuple[Tried, ...]


@transaction.atomic
def write_pack(*, brand: Brand, text: str, by: Actor, at: datetime, pack: HousePack | None = None) -> HousePackVersion:
    """Keep a text as the next version of its pack, a draft; the same text again is the version that there is.

    A text whose examples do not prove it is kept with its fault, and cannot be switched on. Raises NotPermitted,
    AnotherCode, and PackFault where it cannot be read at all.
    """
    officer = check_may_keep_packs(by, brand.pk)
    text = text.replace("\r\n", "\n")
    house = read(text)
    if pack is not None and house.code != pack.code:
        wanted = _("Write `pack: %(code)s`, or make a new pack of it.") % {"code": pack.code}
        raise AnotherCode(_("The code of a pack stays as it is."), place="pack", remedy=wanted)
    hold_register(brand)
    held, _made = HousePack.objects.get_or_create(brand_id=brand.pk, code=house.code, defaults={"made_at": at})
    last = queries.versions_of(held).first()
    if last is not None and last.sha256 == house.sha256:
        return last
    version = HousePackVersion.objects.create(
        brand_id=brand.pk,
        pack=held,
        number=last.number + 1 if last else 1,
        title=house.pack.title,
        text=text,
        sha256=house.sha256,
        fault=_fault(house, held),
        written_by_id=officer,
        written_at=at,
    )
    _tell("written", version, by, at)
    return version


@transaction.atomic
def start_dry_run(*, version: HousePackVersion, by: Actor, at: datetime) -> DryRun:
    """Have it looked at what the version would find in the cases that stand; a job does it, and changes nothing.

    Raises NotPermitted, and PackFault where the version is not proved.
    """
    officer = check_may_keep_packs(by, version.brand_id)
    houses = _proved(version)
    run = DryRun.objects.create(
        brand_id=version.brand_id,
        version=version,
        rules=queries.rules_with(houses, version.brand_id),
        started_by_id=officer,
        started_at=at,
    )
    _tell("dry_run", version, by, at)
    jobs.enqueue(brand_id=run.brand_id, kind=DRY_RUN, key=str(run.pk), payload={"dry_run": str(run.pk)}, at=at)
    return run


@transaction.atomic
def switch_on(*, version: HousePackVersion, sha256: str, by: Actor, at: datetime) -> Switched:
    """Judge by this version from now on, in the place of the one that is on.

    `sha256` is the fingerprint of the text that the officer saw. Raises NotPermitted, SeenAnotherText, NotInThisState,
    PackFault where its examples do not prove it, and DryRunMissing unless she has seen a dry run that shows every case
    that will not stand.
    """
    check_may_keep_packs(by, version.brand_id)
    hold_register(version.brand)
    held = _hold(version)
    if held.sha256 != sha256 or fingerprint(held.text) != sha256:
        raise SeenAnotherText(_("This is another text than the one you saw."), remedy=_("Read it again."))
    state = pack_after("switch_on", PackState(held.state))
    houses = _proved(held)
    run = _looked_at(held, houses)
    before, rules = queries.houses_with(None, held.brand_id), rules_in_use(held.brand_id)
    for other in HousePackVersion.objects.filter(brand_id=held.brand_id, pack_id=held.pack_id, state=PackState.ON):
        _switch(other, pack_after("replace", PackState(other.state)), by, at)
    _switch(held, state, by, at)
    told = {"code": held.pack.code, "number": held.number, "who": by.label, "when": at.strftime(WHEN)}
    note = _("%(who)s switched on “%(code)s”, version %(number)d, on %(when)s") % told
    done = _ask_all(held.brand, houses, before, rules, note, by, at)
    shown = {one["case"] for one in run.results if one["affected"]}
    unseen = [one for one in done.ended if one.case not in shown]
    if unseen:
        more = ngettext(
            "%(n)d more case would not stand than you were shown.",
            "%(n)d more cases would not stand than you were shown.",
            len(unseen),
        )
        raise _stale(more % {"n": len(unseen)})
    _tell("switched_on", held, by, at, confirmed=done.confirmed, ended=len(done.ended))
    return done


@transaction.atomic
def switch_off(*, version: HousePackVersion, by: Actor, at: datetime) -> Switched:
    """Judge by this version no more: the law stays. Raises NotPermitted, NotInThisState."""
    check_may_keep_packs(by, version.brand_id)
    hold_register(version.brand)
    held = _hold(version)
    state = pack_after("switch_off", PackState(held.state))
    rules = rules_in_use(held.brand_id)
    _switch(held, state, by, at)
    houses = queries.houses_with(None, held.brand_id)
    told = {"code": held.pack.code, "who": by.label, "when": at.strftime(WHEN)}
    note = _("%(who)s switched off “%(code)s” on %(when)s") % told
    # What is left says the very same as before, so it is its own "before": nothing can be new.
    done = _ask_all(held.brand, houses, houses, rules, note, by, at)
    _tell("switched_off", held, by, at, confirmed=done.confirmed, ended=len(done.ended))
    return done


def _ask_all(
    brand: Brand,
    houses: Sequence[House],
    before: Sequence[House],
    rules: dict[str, str],
    note: str,
    by: Actor,
    at: datetime,
) -> Switched:
    """Confirm or end each case that stood under `rules`. One that did not stand, for the law changed, is left alone."""
    confirmed, ended, now = 0, [], rules_in_use(brand.pk)
    # A check under way is waited for: it either judged by the old rules and is found here, or judges by the new ones.
    for pk in Case.objects.filter(brand_id=brand.pk, state__in=OPEN).order_by("pk").values_list("pk", flat=True):
        case = hold(brand.pk, pk)
        if case.state not in queries.STANDING or not stands_under(case, rules):
            continue
        tried = attempt(case, houses, before, at.date())
        if tried.affected(case.state):
            _end(case, tried, note, by, at)
            ended.append(tried)
        else:
            _confirm(case, now, by, at)
            confirmed += 1
    return Switched(confirmed, tuple(ended))


def _confirm(case: Case, rules: dict[str, str], by: Actor, at: datetime) -> None:
    sha256, officer = bound(case, rules), check_may_keep_packs(by, case.brand_id)
    Confirmation.objects.get_or_create(
        brand_id=case.brand_id,
        case=case,
        sha256=sha256,
        defaults={"packs": rules, "officer_id": officer, "confirmed_at": at},
    )
    details = {"version": case.version.sha256, "sha256": sha256}
    record("case.confirmed", brand_id=case.brand_id, subject=("case", case.pk), by=by, at=at, details=details)


def _end(case: Case, tried: Tried, note: str, by: Actor, at: datetime) -> None:
    found = "; ".join(dict.fromkeys(str(one["title"]) for one in tried.new)) or tried.error
    why = f"{note}: {found}." if found else f"{note}."
    turn(case, "void", by=by, at=at, note=why + " " + _("It is audited again."), details={"note": why})
    payload = {"case": str(case.pk)}
    jobs.enqueue(brand_id=case.brand_id, kind=AUDIT_AGAIN, key=str(case.pk), payload=payload, at=at)


def _looked_at(version: HousePackVersion, houses: Sequence[House]) -> DryRun:
    run = queries.last_dry_run(version)
    if run is None or run.done_at is None:
        raise _stale(_("Nobody has seen yet what this version would change."))
    if run.rules != queries.rules_with(houses, version.brand_id):
        raise _stale(_("Other rules are in use than at the dry run."))
    return run


def _stale(message: str) -> DryRunMissing:
    return DryRunMissing(message, place="dry_run", remedy=_("Start a dry run, and read what it shows."))


def _proved(version: HousePackVersion) -> list[House]:
    """Return the packs that would be on with this version, its examples tried anew. Raises PackFault."""
    *others, house = queries.houses_with(version, version.brand_id)
    prove(house, others)
    return [*others, house]


def _fault(house: House, pack: HousePack) -> dict[str, object]:
    others = [one for one in queries.houses_with(None, pack.brand_id) if one.code != pack.code]
    try:
        prove(house, others)
    except PackFault as fault:
        return fault.as_dict()
    return {}


def _hold(version: HousePackVersion) -> HousePackVersion:
    rows = HousePackVersion.objects.select_for_update(no_key=True, of=("self",)).select_related("pack", "brand")
    return rows.get(brand_id=version.brand_id, pk=version.pk)


def _switch(version: HousePackVersion, state: PackState, by: Actor, at: datetime) -> None:
    version.state, version.switched_by_id, version.switched_at = state, by.user_id, at
    version.save(update_fields=["state", "switched_by", "switched_at"])


def _tell(what: str, version: HousePackVersion, by: Actor, at: datetime, **more: object) -> None:
    details = {"code": version.pack.code, "number": version.number, "sha256": version.sha256, **more}
    subject = ("house_pack", version.pack_id)
    record(f"house_pack.{what}", brand_id=version.brand_id, subject=subject, by=by, at=at, details=details)
