"""Checking a case: what was frozen is measured and judged, and the verdict is laid before an officer."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits import packs_in_use, rules_in_use
from audits.engine import judge
from audits.measuring import Measured, measure
from audits.models import Case, CaseState
from audits.services.turning import hold, turn
from campaigns import audience
from campaigns import queries as campaigns
from campaigns.models import CampaignVersion
from facts import document
from kernel.actors import Actor
from kernel.canonical import fingerprint
from kernel.errors import DomainError
from kernel.jobs import LeaseLost
from kernel.tenancy import brand_context
from tenants.queries import bands_of

log = logging.getLogger(__name__)

STEPS = {
    "reading": gettext_lazy("Reading what was frozen"),
    "measuring": gettext_lazy("Measuring consent and settings of the audience"),
    "judging": gettext_lazy("Judging by the rules in force"),
    "recording": gettext_lazy("Recording the verdict"),
}

ATTEMPTS = 5
Progress = Callable[[str], None]
Hold = Callable[[], None]


class RulesMoved(DomainError):
    """House packs were switched while the case was being checked, again and again."""

    code = "rules_moved"


class TamperedVersion(DomainError):
    """The frozen bytes do not have the fingerprint they are known by."""

    code = "tampered_version"


@dataclass(frozen=True)
class Frozen:
    """What is judged: the registration and the audience of a version, and its fingerprint."""

    registration: document.Registration
    audience: dict[str, Any]
    sha256: str


def check(
    *,
    brand_id: UUID,
    case_id: UUID,
    by: Actor,
    at: datetime,
    progress: Progress = lambda step: None,
    hold_job: Hold = lambda: None,
) -> None:
    """Judge a case as of the day of `at` and lay it before an officer; a check that cannot be done fails the case.

    Each step commits by itself, so `progress` is seen while it runs; called again after a crash it starts anew. A case
    that is no longer waiting for its check is left alone. Raises OperationalError (the database is away) and
    LeaseLost, which leave the case as it was; every other error is written into it as its note.
    """
    try:
        progress("reading")
        frozen = _read(brand_id, case_id)
        if frozen is None:
            return
        progress("measuring")
        with brand_context(brand_id):
            measured = measure(brand_id, frozen.audience, frozen.registration)
        day, read = at.date(), audience.fields_read(frozen.audience)
        for _attempt in range(ATTEMPTS):
            progress("judging")
            with brand_context(brand_id):
                packs = packs_in_use(brand_id)
            verdict = judge(
                frozen.registration, packs=packs, on=day, measured=measured.facts, selection=read,
                bands=bands_of(brand_id),
            ).as_dict()  # fmt: skip
            progress("recording")
            if _record(brand_id, case_id, frozen, measured, verdict, by, at, hold_job):
                return
        raise RulesMoved(_("House packs were switched while it was being checked."))
    except (OperationalError, LeaseLost):
        raise
    except Exception as error:
        log.exception("the check of case %s failed", case_id)
        fail(brand_id=brand_id, case_id=case_id, error=error, by=by, at=at, hold_job=hold_job)


def _read(brand_id: UUID, case_id: UUID) -> Frozen | None:
    with brand_context(brand_id):
        case = Case.objects.select_related("version").get(brand_id=brand_id, pk=case_id)
        return read_frozen(case.version) if case.state == CaseState.CHECKING else None


def read_frozen(version: CampaignVersion) -> Frozen:
    """Return what a version froze. Raises TamperedVersion, InvalidDocument."""
    if hashlib.sha256(bytes(version.manifest)).hexdigest() != version.sha256:
        raise TamperedVersion(_("What was frozen does not have its fingerprint any more."), place="version")
    manifest = campaigns.manifest(version)
    return Frozen(document.parse(manifest["registration"]), manifest["audience"], version.sha256)


def _record(
    brand_id: UUID,
    case_id: UUID,
    frozen: Frozen,
    measured: Measured,
    verdict: dict[str, Any],
    by: Actor,
    at: datetime,
    hold_job: Hold,
) -> bool:
    """Write the verdict, unless other rules are in use by now. A switch of house packs waits for the case held here."""
    with brand_context(brand_id):
        hold_job()
        case = hold(brand_id, case_id)
        if case.state != CaseState.CHECKING:
            return True
        if verdict["packs"] != rules_in_use(brand_id):
            return False
        turn(
            case,
            "check",
            by=by,
            at=at,
            verdict=verdict,
            measured=measured.facts,
            sha256=fingerprint({"version": frozen.sha256, "packs": verdict["packs"]}),
            note=measured.note,
            checked_at=at,
            details={"verdict": verdict["verdict"], "can": verdict["can"]["verdict"]},
        )
        return True


def fail(
    *, brand_id: UUID, case_id: UUID, error: Exception, by: Actor, at: datetime, hold_job: Hold = lambda: None
) -> None:
    """Say in the case that its check failed and why; it does not come before an officer."""
    why = str(error) if isinstance(error, (DomainError, document.InvalidDocument)) else type(error).__name__
    note = _("The check failed: %(why)s. Nothing was decided. Mend the cause, then check again.") % {"why": why}
    with brand_context(brand_id):
        hold_job()
        case = hold(brand_id, case_id)
        if case.state == CaseState.CHECKING:
            turn(case, "fail", by=by, at=at, note=note, checked_at=at, details={"error": type(error).__name__})
