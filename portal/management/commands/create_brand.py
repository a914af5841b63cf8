"""`manage.py create_brand`: a brand, and its first owner, who adds everybody else."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from facts.catalogue import load
from facts.checking import answer as check_answer
from facts.errors import InvalidDocument
from kernel import clock
from kernel.actors import Actor
from kernel.errors import DomainError
from kernel.tenancy import brand_context
from portal.organisation.team import first_password_path
from tenants import services
from tenants.models import Role, User

BY = Actor.system("create_brand")


class Command(BaseCommand):
    """Create a brand with its owner, both or neither, and show the link where a new owner chooses a password."""

    help = "Create a brand with its first owner, who then adds the team in the browser."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("slug", help="the brand's short name, as in addresses and file names")
        parser.add_argument("--name", required=True, help="the brand's name as people know it")
        parser.add_argument("--owner", required=True, metavar="EMAIL", help="who owns it here")
        parser.add_argument("--country", required=True, help="where it is established, such as GB")
        parser.add_argument("--sector", default="general", help="what it sells (default: %(default)s)")

    def handle(self, *, slug: str, name: str, owner: str, country: str, sector: str, **_options: Any) -> None:
        """Create both. Raises CommandError where something is wrong; then nothing was created."""
        _check(slug, owner, country.upper(), sector)
        at, email = clock.now(), owner.strip().lower()
        try:
            with transaction.atomic():
                brand = services.create_brand(
                    slug=slug, name=name, country=country.upper(), sector=sector, by=BY, at=at
                )
                user = User.objects.filter(email=email).first() or User.objects.create_user(email, None, name=email)
                with brand_context(brand.pk):
                    services.add_member(brand=brand, user=user, role=Role.OWNER, by=BY, at=at)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("“%(name)s” is registered; its owner is %(who)s.") % {"name": name, "who": email})
        if not user.has_usable_password():
            self.stdout.write(_("They choose a first password here (once, within three days):"))
            self.stdout.write(settings.PUBLIC_URL + first_password_path(user))


def _check(slug: str, owner: str, country: str, sector: str) -> None:
    if slug != slugify(slug) or not slug:
        raise CommandError(_("The short name takes small letters, digits and hyphens."))
    try:
        validate_email(owner.strip())
    except ValidationError as error:
        raise CommandError(_("“%(text)s” is not an e-mail address.") % {"text": owner}) from error
    facts = {fact.path: fact for fact in load().section("brand")}
    for path, value in (("brand.country", country), ("brand.sector", sector)):
        try:
            check_answer(value, path, facts[path])
        except InvalidDocument as error:
            raise CommandError(str(error)) from error
