"""`manage.py demo`: two brands, real cases with their clean twins, and people who do not exist."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kernel import clock
from portal.demo import cast, services

PEOPLE = 100_000


class Command(BaseCommand):
    """Create the cast at once and promise the rest as jobs, which the workers do while pages are served."""

    help = "Load the demo into an empty database: the cast at once, everything else as background jobs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --if-empty and --people."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing where the database is in use")
        parser.add_argument("--people", type=int, default=PEOPLE, help="how many people (default: %(default)s)")

    def handle(self, *, if_empty: bool, people: int, **_options: Any) -> None:
        """Load it. Raises CommandError where the database is in use."""
        if if_empty and not cast.is_empty():
            return
        try:
            made = services.load(people=people, at=clock.now())
        except cast.NotEmpty as error:
            raise CommandError(str(error)) from error
        names = ", ".join(f"{name}@{slug}.example" for slug, name, _full, _role in cast.MEMBERS)
        self.stdout.write(
            _("Demo: sign in as %(names)s; the password is %(word)s") % {"names": names, "word": cast.PASSWORD}
        )
        self.stdout.write(
            _("Demo: Percy's API client has the id %(id)s and the secret %(secret)s")
            % {"id": made.client.client_id, "secret": made.secret}
        )
