"""The page where somebody who was added to a team sets a first password."""

from django.contrib.auth import password_validation
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from tenants.models import User

LONGEST_NAME = 120


@sensitive_post_parameters()
@never_cache
def first_password(request: HttpRequest, who: str, token: str) -> HttpResponse:
    """Let a user without a password set one. A link of somebody who has one does nothing: it can take nobody over."""
    user = _user(who, token)
    if user is None:
        return render(request, "portal/organisation/first_password.html", {"gone": True}, status=404)
    errors: list[str] = []
    if request.method == "POST":
        errors = _problems(request, user)
        if not errors:
            user.name = request.POST.get("name", "").strip()[:LONGEST_NAME] or user.name
            user.set_password(request.POST["password"])
            user.save(update_fields=["name", "password"])
            return redirect("admin:index")
    context = {"who": user, "errors": errors}
    return render(request, "portal/organisation/first_password.html", context, status=422 if errors else 200)


def _user(who: str, token: str) -> User | None:
    try:
        user = User.objects.get(pk=urlsafe_base64_decode(who).decode())
    except (ValueError, ValidationError, User.DoesNotExist):
        return None
    usable = user.is_active and not user.has_usable_password() and default_token_generator.check_token(user, token)
    return user if usable else None


def _problems(request: HttpRequest, user: User) -> list[str]:
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        return [_("The two passwords differ.")]
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        return [str(message) for message in error.messages]
    return []
