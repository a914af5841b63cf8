"""The team: the owner adds people by their address, gives them roles and takes them away."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kernel import clock
from portal.pages import actor_of, attempt, brand_of, for_roles, show
from tenants import services
from tenants.models import Brand, Membership, Role, User

LIST = "admin:tenants_membership_changelist"
ROLES_IN_WORDS = {
    Role.OWNER: gettext_lazy("Registers, releases, and manages the team, integrations and API clients."),
    Role.MARKETER: gettext_lazy("Registers campaigns and data sources, submits and releases them."),
    Role.OFFICER: gettext_lazy("Decides on what the team submits. Never on own work."),
    Role.VIEWER: gettext_lazy("Sees everything of the brand and changes nothing."),
}


def _roles() -> list[tuple[str, str, str]]:
    return [(role.value, str(role.label), str(ROLES_IN_WORDS[role])) for role in Role]


@for_roles(Role.OWNER)
def add(request: HttpRequest) -> HttpResponse:
    """Add somebody by address; who is new here gets a link for a first password, which is shown this once."""
    if request.method != "POST":
        return _form(request, "", Role.MARKETER)
    email, role = request.POST.get("email", "").strip().lower(), request.POST.get("role", "")
    try:
        validate_email(email)
    except ValidationError:
        return _form(request, email, role, _("This is not an e-mail address."))
    if role not in Role.values:
        return _form(request, email, role, _("Choose a role."))
    if Membership.objects.filter(brand=brand_of(request), user__email=email).exists():
        return _form(request, email, role, _("This person is on the team already."))
    return _add(request, brand_of(request), email, Role(role))


def _add(request: HttpRequest, brand: Brand, email: str, role: Role) -> HttpResponse:
    user = User.objects.filter(email=email).first()
    # The name of an account that is there already belongs to its person: this brand sees only the name that it types.
    link, name = "", request.POST.get("name", "").strip()[:120]
    if user is None:
        user = User.objects.create_user(email, None, name=name or email)
        link = request.build_absolute_uri(first_password_path(user))
    services.add_member(brand=brand, user=user, role=role, by=actor_of(request), at=clock.now(), name=name)
    messages.success(request, _("%(who)s is on the team.") % {"who": email})
    if not link:
        return redirect(LIST)
    return show(
        request, "portal/organisation/welcome.html", _("First password"), crumbs=_crumbs(), email=email, link=link
    )


def first_password_path(user: User) -> str:
    """Return the path of the page where a user without a password sets one. It works once, and for three days."""
    who = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("first-password", args=[who, default_token_generator.make_token(user)])


@for_roles()
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one member; the owner gives another role here."""
    member = get_object_or_404(Membership.objects.select_related("user"), brand=brand_of(request), pk=pk)
    if request.method == "POST" and request.role == Role.OWNER:  # type: ignore[attr-defined]
        role = request.POST.get("role", "")
        if role not in Role.values:
            messages.error(request, _("Choose a role."))
        elif _last_owner(member) and role != Role.OWNER:
            messages.error(request, _("A brand needs an owner: make somebody else one first."))
        else:
            brand = brand_of(request)
            services.add_member(brand=brand, user=member.user, role=Role(role), by=actor_of(request), at=clock.now())
            messages.success(request, _("Saved."))
        return redirect(request.path)
    title = member.called
    return show(
        request, "portal/organisation/member.html", title, crumbs=_crumbs(), member=member, roles=_roles(),
        may_edit=request.role == Role.OWNER,  # type: ignore[attr-defined]
    )  # fmt: skip


@require_POST
@for_roles(Role.OWNER)
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take somebody off the team; it holds at once."""
    member = get_object_or_404(Membership.objects.select_related("user"), brand=brand_of(request), pk=pk)
    if _last_owner(member):
        messages.error(request, _("A brand needs an owner: make somebody else one first."))
        return redirect("admin:tenants_membership_change", pk)
    by, at = actor_of(request), clock.now()
    done = _("%(who)s is no longer on the team.") % {"who": member.called}
    return attempt(request, lambda: services.remove_member(membership=member, by=by, at=at), done, reverse(LIST))


def _last_owner(member: Membership) -> bool:
    # The owners are locked, so that two of them cannot remove each other at the same moment.
    owners = Membership.objects.select_for_update(no_key=True).filter(brand_id=member.brand_id, role=Role.OWNER)
    return member.role == Role.OWNER and list(owners.values_list("pk", flat=True)) == [member.pk]


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Team"), reverse(LIST))]


def _form(request: HttpRequest, email: str, role: str, error: str = "") -> HttpResponse:
    return show(
        request, "portal/organisation/add_member.html", _("Add somebody"), status=422 if error else 200,
        crumbs=_crumbs(), email=email, chosen=role, roles=_roles(), error=error,
    )  # fmt: skip
