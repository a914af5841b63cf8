"""Who may edit a campaign. Object rights are kept by django-guardian, which is asked here and nowhere else."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, get_user_perms, get_users_with_perms, remove_perm

from campaigns.models import Campaign
from kernel.actors import Actor, ActorKind
from kernel.errors import Invalid, NotPermitted
from tenants.models import ApiClient, Membership, Role, User
from tenants.permissions import MAY_MANAGE, MAY_REGISTER, check_may_register, check_role, role_of
from trail.record import record

__all__ = ["check_may_edit", "check_may_register", "editors_of", "grant_edit", "may_edit", "revoke_edit"]

EDIT = "edit_campaign"


class NotOfTheTeam(Invalid):
    """Only owners and team members of the brand can be given a campaign to edit."""

    code = "not_of_the_team"


def may_edit(by: Actor, campaign: Campaign) -> bool:
    """Say whether the actor may edit the campaign.

    Brand owners always may; members of the brand's team may where they registered it or were granted it; API clients
    of the brand and the system itself may. Officers and readers never do, whatever they were granted before.
    """
    if by.kind is ActorKind.SYSTEM:
        return True
    if by.kind is ActorKind.CLIENT:
        return by.id is not None and bool(ApiClient.objects.filter(pk=by.id, brand_id=campaign.brand_id).exists())
    role = role_of(by, campaign.brand_id)
    if role is Role.MARKETER:
        return _granted(by.user_id, campaign)
    return role is Role.OWNER


def check_may_edit(by: Actor, campaign: Campaign) -> None:
    """Raise NotPermitted unless the actor may edit the campaign."""
    if not may_edit(by, campaign):
        raise NotPermitted(
            _("You may not edit the campaign “%(name)s”.") % {"name": campaign.name},
            remedy=_("A brand owner can edit it, or let you."),
        )


def _granted(user_id: UUID | None, campaign: Campaign) -> bool:
    user = User.objects.filter(pk=user_id, is_active=True).first() if user_id else None
    return user is not None and EDIT in set(get_user_perms(user, campaign))


def give_to_author(campaign: Campaign, by: Actor) -> None:
    """Let the user who registered the campaign go on editing it."""
    if by.user_id is not None:
        assign_perm(EDIT, User.objects.get(pk=by.user_id), campaign)


def editors_of(campaign: Campaign) -> dict[Membership, bool]:
    """Return the members of the brand's team, each with whether he may edit the campaign; owners always may."""
    granted: set[UUID] = {
        user.pk
        for user in get_users_with_perms(campaign, only_with_perms_in=[EDIT], with_group_users=False)
        if isinstance(user, User)
    }
    team = Membership.objects.filter(brand_id=campaign.brand_id, role__in=MAY_REGISTER, user__is_active=True)
    found = team.select_related("user").order_by("role", "name", "user__email")
    return {member: member.role == Role.OWNER or member.user_id in granted for member in found}


@transaction.atomic
def grant_edit(campaign: Campaign, user: User, by: Actor, at: datetime) -> None:
    """Let a member of the team edit the campaign. Raises NotOfTheTeam, NotPermitted."""
    _check_may_grant(by, campaign)
    role = Membership.objects.filter(brand_id=campaign.brand_id, user=user).values_list("role", flat=True).first()
    if role not in MAY_REGISTER:
        raise NotOfTheTeam(
            _("%(user)s does not register campaigns here.") % {"user": user},
            place="user",
            remedy=_("Give them a role in the brand's team first."),
        )
    assign_perm(EDIT, user, campaign)
    _tell("campaign.edit_granted", campaign, user, by, at)


@transaction.atomic
def revoke_edit(campaign: Campaign, user: User, by: Actor, at: datetime) -> None:
    """Take the right to edit the campaign away. Raises NotPermitted."""
    _check_may_grant(by, campaign)
    remove_perm(EDIT, user, campaign)
    _tell("campaign.edit_revoked", campaign, user, by, at)


def _check_may_grant(by: Actor, campaign: Campaign) -> None:
    if by.kind is not ActorKind.SYSTEM:
        check_role(by, campaign.brand_id, MAY_MANAGE, _("say who edits a campaign"))


def _tell(verb: str, campaign: Campaign, user: User, by: Actor, at: datetime) -> None:
    details = {"user": str(user.pk)}
    record(verb, brand_id=campaign.brand_id, subject=("campaign", campaign.pk), by=by, at=at, details=details)
