"""What tests start from, made by the services themselves: nothing here writes a table that a service writes.

Every function opens the contexts it needs; call them outside any user's context (a check is done in nobody's name).
"""

from collections.abc import Mapping
from typing import Any

from audits import findings, services
from audits.models import Case, CaseState, DecisionKind
from audits.services.submitting import CHECK
from campaigns.models import Campaign
from campaigns.services import register_document, save_draft
from kernel import clock, jobs
from kernel.models import Job, JobState
from people.ledger import ConsentRow
from people.models import Person
from people.purposes import uses_for
from people.services import record_consents, upsert_person
from sources.queries import by_keys
from sources.services import activate
from tenants.models import Brand, Membership, Role, User
from tests.conftest import SYSTEM, acting, make_member
from tests.registrations import exemplary, overlaid

SOURCE = "main"
REASON = "The records bear it out."
DECISIONS = {
    CaseState.APPROVED: DecisionKind.APPROVE,
    CaseState.CHANGES_ASKED: DecisionKind.ASK_CHANGES,
    CaseState.REFUSED: DecisionKind.REFUSE,
}


def member(brand: Brand, role: Role, name: str) -> User:
    """The brand's first user in that role; made, by that name, where there is none."""
    with acting(brand):
        found = Membership.objects.filter(brand=brand, role=role).order_by("pk").select_related("user").first()
    return found.user if found else make_member(brand, name, role)


def owner_of(brand: Brand) -> User:
    return member(brand, Role.OWNER, "Alice")


def officer_of(brand: Brand) -> User:
    return member(brand, Role.OFFICER, "Olivia")


def document_for(brand: Brand, **overlay: Any) -> dict[str, Any]:
    """The exemplary registration (a clean newsletter by e-mail) as this brand's own, with `overlay` laid over it."""
    own = {"name": brand.name, "country": brand.country, "sector": brand.sector}
    return overlaid(exemplary(), {"brand": own, **overlay})


def campaign_of(
    brand: Brand, *, by: User | None = None, audience: Mapping[str, Any] | None = None, **overlay: Any
) -> Campaign:
    """A campaign that the owner (or `by`) registered as a whole document; its sources are in use.

    `overlay` is laid over the document: `campaign={"key": "summer"}`, `content={…}`, `integrations=[…]`.
    """
    document = document_for(brand, **overlay)
    with acting(brand, by or owner_of(brand)) as actor:
        campaign = register_document(brand=brand, document=document, by=actor, at=clock.now())
        for source in by_keys(brand.pk, campaign.sources).values():
            if source.state == "draft":
                activate(source=source, by=actor, at=clock.now())
        return edited(campaign, by=actor, audience=audience) if audience is not None else campaign


def edited(campaign: Campaign, *, by: Any, **parts: Any) -> Campaign:
    """The campaign, saved with other parts than it has. `by` is an actor; call it inside her context."""
    names = ("key", "name", "facts", "content", "schedule", "audience", "sources", "integrations")
    kept = {name: getattr(campaign, name) for name in names}
    return save_draft(brand=campaign.brand, campaign=campaign, by=by, at=clock.now(), **(kept | parts))


PART = 250


def people_with_consent(
    brand: Brand,
    n: int,
    *,
    source: str = SOURCE,
    purpose: str = "newsletter",
    channel: str = "email",
    country: str = "GB",
    birth_year: int = 1980,
    state: str | None = "given",
    prefix: str = "person",
) -> list[Person]:
    """`n` people of a registered source who gave (or else, by `state`) what the purpose needs on the channel.

    With `state=None` nothing is recorded of what they said. Many are brought in by parts, each in a transaction of its
    own: one that changes the same counter ten thousand times grows slow.
    """
    given: dict[str, Any] = {
        "source": source,
        "purpose": purpose,
        "channel": channel,
        "country": country,
        "birth_year": birth_year,
    }
    parts = [range(start, min(start + PART, n)) for start in range(0, n, PART)]
    return [one for part in parts for one in _bring_in(brand, part, state=state, prefix=prefix, **given)]


def _bring_in(
    brand: Brand,
    numbers: range,
    *,
    source: str,
    purpose: str,
    channel: str,
    country: str,
    birth_year: int,
    state: str | None,
    prefix: str,
) -> list[Person]:
    with acting(brand):
        shop = by_keys(brand.pk, [source])[source]
        found = [
            upsert_person(
                brand_id=brand.pk,
                identifiers={"email": f"{prefix}{number}@example.org"},
                attributes={"country": country, "birth_year": birth_year},
                source=shop,
                by=SYSTEM,
                at=clock.now(),
            )[0]
            for number in numbers
        ]
        rows = [
            ConsentRow(person.pk, use, channel, str(state), clock.now(), f"{person.pk} {use} {channel} {state}")
            for person in found
            for use in uses_for(purpose, channel)
            if state is not None
        ]
        if rows:
            record_consents(brand_id=brand.pk, rows=rows, by=SYSTEM, at=clock.now())
    return found


def submitted(campaign: Campaign, *, by: User | None = None) -> Case:
    """The case of the campaign as it stands, submitted by the owner (or `by`); its check has not run."""
    with acting(campaign.brand, by or owner_of(campaign.brand)) as actor:
        return services.submit(campaign=campaign, by=actor, at=clock.now())


def checked(case: Case) -> Case:
    """The case after its check, which is done as a worker does it."""
    with acting(case.brand):
        waiting = Job.objects.filter(kind=CHECK, payload__case=str(case.pk), state=JobState.WAITING)
        jobs_waiting = list(waiting.values_list("pk", flat=True))
    for job_id in jobs_waiting:
        jobs.run(case.brand_id, job_id)
    return fresh(case)


def decided(case: Case, kind: DecisionKind, *, by: User | None = None, reason: str = REASON) -> Case:
    """The case after the officer's decision (or that of `by`), every open finding answered."""
    with acting(case.brand, by or officer_of(case.brand)) as actor:
        reasons = dict.fromkeys(findings.to_answer(case.verdict), reason) if kind is DecisionKind.APPROVE else {}
        services.decide(case=case, kind=kind, reason=reason, reasons=reasons, by=actor, at=clock.now())
    return fresh(case)


def case_in_state(brand: Brand, state: CaseState, *, people: int = 3, **campaign: Any) -> Case:
    """A case that came into `state` the way cases do. `campaign` goes to `campaign_of`.

    It is the exemplary newsletter with `people` who consented to it: with none, nothing can be measured, and every
    rule that reads what was measured is open.
    """
    made = campaign_of(brand, **campaign)
    people_with_consent(brand, people, source=made.sources[0], prefix=f"{made.key}-")
    case = submitted(made)
    if state is CaseState.CHECKING:
        return case
    if state is CaseState.FAILED:
        error = RuntimeError("the engine broke")
        services.fail(brand_id=brand.pk, case_id=case.pk, error=error, by=SYSTEM, at=clock.now())
        return fresh(case)
    case = checked(case)
    if state is CaseState.VOIDED:
        with acting(brand, owner_of(brand)) as actor:
            return services.void(case=case, note="Alice withdrew it.", by=actor, at=clock.now())
    return decided(case, DECISIONS[state]) if state in DECISIONS else case


def approved_case(brand: Brand, *, people: int = 3, **campaign: Any) -> Case:
    """A case that the brand's officer approved and that its owner had registered."""
    return case_in_state(brand, CaseState.APPROVED, people=people, **campaign)


def fresh(case: Case) -> Case:
    """The case as it stands in the database now."""
    with acting(case.brand):
        return Case.objects.select_related("brand", "version__campaign__brand").get(pk=case.pk)
