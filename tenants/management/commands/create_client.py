"""`manage.py create_client`: an API client for a partner."""

from argparse import ArgumentParser
from typing import Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kernel import clock
from kernel.actors import Actor
from kernel.tenancy import brand_context
from tenants import services
from tenants.models import Brand

SCOPES = cast(dict[str, str], settings.OAUTH2_PROVIDER["SCOPES"])


class Command(BaseCommand):
    """Create a partner's API client and show its secret, this once."""

    help = "Create a partner's API client at a brand and show its secret, this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --brand, --name and --scopes."""
        parser.add_argument("--brand", required=True, help="the brand's short name")
        parser.add_argument("--name", required=True, help="who the client is")
        parser.add_argument(
            "--scopes", default=" ".join(SCOPES), help="what it may do, separated by blanks (default: %(default)s)"
        )

    def handle(self, *, brand: str, name: str, scopes: str, **_options: Any) -> None:
        """Create the client. Raises CommandError where there is no such brand or scope."""
        found = Brand.objects.filter(slug=brand).first()
        if found is None:
            raise CommandError(_("There is no brand “%(slug)s”.") % {"slug": brand})
        unknown = sorted(set(scopes.split()) - SCOPES.keys())
        if unknown or not scopes.split():
            raise CommandError(_("There is no scope %(scopes)s.") % {"scopes": ", ".join(unknown) or "“”"})
        with brand_context(found.pk):
            client, secret = services.create_client(
                brand=found, name=name, scopes=scopes, by=Actor.system("create_client"), at=clock.now()
            )
        self.stdout.write(f"client_id      {client.client_id}")
        self.stdout.write(f"client_secret  {secret}")
        self.stdout.write(_("The secret is kept as a hash: it cannot be shown again."))
