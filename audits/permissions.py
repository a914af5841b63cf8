"""Who may submit, decide, and void."""

from uuid import UUID

from django.utils.translation import gettext as _

from audits.models import Case
from campaigns.models import Campaign, Contribution
from campaigns.permissions import check_may_edit, may_edit
from kernel.actors import Actor, ActorKind
from kernel.errors import NotPermitted
from tenants.models import User
from tenants.permissions import MAY_DECIDE, check_role, role_of


class OwnWork(NotPermitted):
    """Nobody decides on a campaign that they registered, edited or submitted."""

    code = "own_work"


def check_may_submit(by: Actor, campaign: Campaign) -> None:
    """Whoever may edit a campaign may submit it. Raises NotPermitted."""
    check_may_edit(by, campaign)


def check_may_decide(by: Actor, case: Case) -> None:
    """Officers of the brand decide, but never on what they contributed to. Raises NotPermitted, OwnWork.

    The database asks the same once more when the decision is written.
    """
    check_role(by, case.brand_id, MAY_DECIDE, _("decide on cases here"))
    if by.user_id is None or not User.objects.filter(pk=by.user_id, is_active=True).exists():
        raise NotPermitted(_("You may not sign in any more."))
    if contributed(by, case):
        raise OwnWork(
            _("You contributed to this campaign: you registered, edited or submitted it."),
            remedy=_("Another compliance officer must decide."),
        )


def may_decide(by: Actor, case: Case) -> bool:
    """Say whether the actor may decide on the case."""
    try:
        check_may_decide(by, case)
    except NotPermitted:
        return False
    return True


def contributed(by: Actor, case: Case) -> bool:
    """Say whether the user registered, edited or submitted the campaign of the case, or one of its data sources."""
    if by.user_id is None:
        return False
    return Contribution.objects.filter(
        brand_id=case.brand_id, campaign_id=case.version.campaign_id, user_id=by.user_id
    ).exists()


def check_may_void(by: Actor, case: Case) -> None:
    """Officers may void a case, and so may whoever may edit its campaign. Raises NotPermitted."""
    if by.kind is not ActorKind.SYSTEM and role_of(by, case.brand_id) not in MAY_DECIDE:
        check_may_edit(by, case.version.campaign)


def check_may_recheck(by: Actor, case: Case) -> None:
    """Whoever may void a case may have a failed check done again. Raises NotPermitted."""
    check_may_void(by, case)


def may_void(by: Actor, case: Case) -> bool:
    """Say whether the actor may void the case."""
    return (
        by.kind is ActorKind.SYSTEM or role_of(by, case.brand_id) in MAY_DECIDE or may_edit(by, case.version.campaign)
    )


def check_may_keep_packs(by: Actor, brand_id: UUID) -> UUID:
    """Return the officer who writes or switches house packs of the brand. Raises NotPermitted.

    The database asks the same once more.
    """
    check_role(by, brand_id, MAY_DECIDE, _("change house packs here"))
    if by.user_id is None:
        raise NotPermitted(_("Only people decide."))
    return by.user_id
