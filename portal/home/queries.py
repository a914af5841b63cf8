"""What waits for whom."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audits.models import Case, CaseState, Decision
from delivery.models import Release, ReleaseState
from kernel import clock
from portal.standing import Standing, standings
from portal.verdicts import draft_verdict
from tenants.models import Brand, User

SHOWN = 6
LIVE = (ReleaseState.CLEARING, ReleaseState.READY, ReleaseState.RUNNING, ReleaseState.PAUSED)


@dataclass(frozen=True)
class Item:
    """One thing that waits: what it is, where to do it, and what to know of it. `badges` are (word, table)."""

    title: str
    url: str
    detail: str = ""
    badges: tuple[tuple[str, str], ...] = ()
    at: Any = None
    done: int | None = None
    total: int | None = None


@dataclass(frozen=True)
class Section:
    """A card of the home: what waits, or the sentence for when nothing does and where to go then."""

    key: str
    title: str
    icon: str
    items: list[Item] = field(default_factory=list)
    empty: str = ""
    link: tuple[str, str] | None = None
    all_link: str = ""
    hot: bool = False

    @property
    def shown(self) -> list[Item]:
        """The first few."""
        return self.items[:SHOWN]

    @property
    def hidden(self) -> int:
        """How many more there are."""
        return max(0, len(self.items) - SHOWN)


def for_team(brand: Brand) -> list[Section]:
    """Return what waits for the brand's team: what to mend first, then what to go on with."""
    all_of_them = standings(brand.pk)
    releases = list(
        Release.objects.filter(brand_id=brand.pk).select_related("case__version__campaign").order_by("-created_at")
    )
    released = {release.case_id for release in releases}
    campaigns = reverse("admin:campaigns_campaign_changelist")
    add = (_("Register a campaign"), reverse("admin:campaigns_campaign_add"))
    drafts = [one for one in all_of_them if one.state == "draft"]
    approved = [one for one in all_of_them if one.state == CaseState.APPROVED]
    sections = [
        Section(
            "changes",
            _("Changes asked"),
            "edit",
            [_sent_back(one) for one in all_of_them if one.state in (CaseState.CHANGES_ASKED, CaseState.FAILED)],
            _("No officer waits for a change of yours."),
            hot=True,
        ),
        Section(
            "voided",
            _("Reviews and approvals that no longer hold"),
            "history_toggle_off",
            [_voided(one) for one in all_of_them if one.state == CaseState.VOIDED],
            _("Every review still fits what it judged."),
            hot=True,
        ),
        Section(
            "drafts",
            _("Drafts"),
            "edit_note",
            [_draft(one, judge=place < SHOWN) for place, one in enumerate(drafts)],
            _("Nothing half-written. Register what you want to do next."),
            add,
            campaigns,
        ),
        Section(
            "approved",
            _("Approved, not released yet"),
            "verified",
            [_approved(one) for one in approved if one.case is not None and one.case.pk not in released],
            _("Nothing lies ready. What an officer approves waits here for its release."),
            hot=True,
        ),
        Section(
            "running",
            _("Releases under way"),
            "send",
            [_release(release) for release in releases if release.state in LIVE],
            _("Nothing is being delivered at the moment."),
            all_link=reverse("admin:delivery_release_changelist"),
        ),
        Section(
            "waiting",
            _("With the officer"),
            "visibility",
            [_with_officer(one) for one in all_of_them if one.state in (CaseState.CHECKING, CaseState.IN_REVIEW)],
            _("Nothing is being reviewed. Submit a draft when its questions are answered."),
            all_link=reverse("admin:audits_case_changelist"),
        ),
    ]
    # What waits comes first; a card that has nothing says so below.
    return sorted(sections, key=lambda section: not section.items)


def for_officer(brand: Brand, user: User) -> list[Section]:
    """Return what waits for an officer: the cases in review, the longest waiting first, and her own decisions."""
    waiting = (
        Case.objects.filter(brand_id=brand.pk, state=CaseState.IN_REVIEW)
        .select_related("version__campaign", "submitted_by")
        .order_by("submitted_at")
    )
    checking = Case.objects.filter(brand_id=brand.pk, state=CaseState.CHECKING).select_related("version__campaign")
    decided = (
        Decision.objects.filter(brand_id=brand.pk, officer=user)
        .select_related("case__version__campaign")
        .order_by("-decided_at")[:SHOWN]
    )
    return [
        Section(
            "review",
            _("Waiting for your decision"),
            "fact_check",
            [_to_decide(case) for case in waiting],
            _("Your desk is empty. What the team submits comes here once it is checked."),
            all_link=f"{reverse('admin:audits_case_changelist')}?state__exact={CaseState.IN_REVIEW}",
            hot=True,
        ),
        Section(
            "checking",
            _("Being checked"),
            "progress_activity",
            [Item(case.version.campaign.name, case_url(case), badges=(("checking", "case"),)) for case in checking],
            _("No check is running."),
        ),
        Section(
            "decided",
            _("Your last decisions"),
            "history",
            [_decided(one) for one in decided],
            _("You have not decided anything here yet."),
            all_link=reverse("admin:audits_case_changelist"),
        ),
    ]


def for_operator() -> list[Section]:
    """Return the brands of the installation."""
    brands = Brand.objects.order_by("name")
    items = [Item(one.name, reverse("admin:tenants_brand_change", args=[one.pk]), one.slug) for one in brands]
    return [
        Section(
            "brands",
            _("Brands"),
            "storefront",
            items,
            _("No brand is registered yet: `manage.py create_brand` makes one."),
        )
    ]


def case_url(case: Case) -> str:
    """Return the address of a case's page."""
    return reverse("admin:audits_case_change", args=[case.pk])


def campaign_url(one: Standing) -> str:
    """Return the address of a campaign's form."""
    return reverse("admin:campaigns_campaign_change", args=[one.campaign.pk])


def _draft(one: Standing, *, judge: bool) -> Item:
    """A draft with its verdict and its open questions, where it is among those that are shown."""
    at = one.campaign.changed_at
    if not judge:
        return Item(one.campaign.name, campaign_url(one), at=at)
    verdict = draft_verdict(one.campaign, clock.today())
    questions = len(verdict.get("questions", ()))
    told = ngettext("%(n)d question still open", "%(n)d questions still open", questions) % {"n": questions}
    detail = told if questions else _("Every question that matters is answered: submit it")
    return Item(one.campaign.name, campaign_url(one), detail, ((verdict.get("verdict", ""), "verdict"),), at)


def _sent_back(one: Standing) -> Item:
    case = one.case
    assert case is not None
    decision = case.decisions.order_by("-decided_at").first()
    said = f"“{decision.reason}”" if decision else case.note
    return Item(one.campaign.name, campaign_url(one), said, ((case.state, "case"),), case.closed_at)


def _voided(one: Standing) -> Item:
    assert one.case is not None
    return Item(one.campaign.name, campaign_url(one), one.case.note, (("voided", "case"),), one.case.closed_at)


def _approved(one: Standing) -> Item:
    assert one.case is not None
    release = f"{reverse('admin:delivery_release_add')}?case={one.case.pk}"
    return Item(one.campaign.name, release, _("Choose where it goes"), _verdict_badges(one.case), one.case.closed_at)


def _with_officer(one: Standing) -> Item:
    assert one.case is not None
    return Item(
        one.campaign.name, case_url(one.case), _("Submitted"), ((one.case.state, "case"),), one.case.submitted_at
    )


def _to_decide(case: Case) -> Item:
    findings = case.verdict.get("findings", [])
    open_ones = sum(1 for finding in findings if finding.get("outcome") in ("judgement", "unanswered"))
    detail = ngettext("%(n)d open judgement", "%(n)d open judgements", open_ones) % {"n": open_ones}
    if case.submitted_by:
        detail = _("by %(name)s, %(detail)s") % {"name": case.submitted_by.name, "detail": detail}
    return Item(case.version.campaign.name, case_url(case), detail, _verdict_badges(case), case.submitted_at)


def _decided(decision: Decision) -> Item:
    case = decision.case
    return Item(
        case.version.campaign.name,
        case_url(case),
        f"“{decision.reason}”" if decision.reason else "",
        ((case.state, "case"),),
        decision.decided_at,
    )


def _release(release: Release) -> Item:
    counts = release.counts
    settled = sum(int(counts.get(name) or 0) for name in ("handed_over", "withheld", "failed", "unknown"))
    return Item(
        release.case.version.campaign.name,
        reverse("admin:delivery_release_change", args=[release.pk]),
        badges=((release.state, "release"),),
        at=release.created_at,
        done=settled,
        total=int((counts.get("cleared_by") or {}).get("cleared") or 0) or None,
    )


def _verdict_badges(case: Case) -> tuple[tuple[str, str], ...]:
    verdict: dict[str, Any] = case.verdict
    if not verdict:
        return ()
    return (
        (verdict.get("verdict", ""), "verdict"),
        ((verdict.get("should") or {}).get("verdict", ""), "should"),
    )
