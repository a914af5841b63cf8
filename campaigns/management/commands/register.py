"""`manage.py register FILE… --brand SLUG`: registration documents from the brand's own repository."""

from argparse import ArgumentParser
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.services import Registered, register_and_tell
from facts import document
from facts.document import InvalidDocument, Registration
from kernel import clock
from kernel.actors import Actor
from kernel.canonical import fingerprint
from kernel.errors import DomainError
from kernel.tenancy import brand_context, user_context
from tenants.models import Brand, User

SYSTEM = Actor.system("manage.py register")


class Command(BaseCommand):
    """Registers every file or none of them, and tells of each data source and campaign what became of it."""

    help = "Register campaigns and their data sources from registration documents (YAML or JSON)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="registration document")
        parser.add_argument("--brand", required=True, metavar="SLUG", help="short name of the brand")
        parser.add_argument("--by", metavar="EMAIL", help="who registers; without it the system does")
        parser.add_argument("--submit", action="store_true", help="hand each campaign in for its audit")

    def handle(self, *, files: list[Path], brand: str, by: str | None, submit: bool, **_options: Any) -> None:
        """Register the files. Raises CommandError, which is exit status 1; then nothing was registered."""
        registrations = _read(files)
        found = _brand(brand)
        user = _user(by) if by else None
        at, told = clock.now(), []
        with ExitStack() as stack:
            if user is not None:
                stack.enter_context(user_context(user.pk))
            stack.enter_context(brand_context(found.pk))
            actor = Actor.user(user) if user is not None else SYSTEM
            with transaction.atomic():
                for path, registration in registrations:
                    told += _register(path, registration, found, actor, at, submit)
        for line in told:
            self.stdout.write(line)


def _register(path: Path, registration: Registration, brand: Brand, by: Actor, at: datetime, submit: bool) -> list[str]:
    try:
        done = register_and_tell(brand=brand, document=registration, by=by, at=at)
        told = [f"{path}: {kind} {key} {outcome.value}" for kind, key, outcome in done.entries]
        return told + ([_submit(path, done, by, at)] if submit else [])
    except DomainError as error:
        raise CommandError(_nothing([f"{path}: {error}"])) from error


def _submit(path: Path, done: Registered, by: Actor, at: datetime) -> str:
    # The audit is a room above; this one knows it only by name, and only when somebody asks.
    from django.utils.module_loading import import_string

    case = import_string("audits.services.submit")(campaign=done.campaign, by=by, at=at)
    return f"{path}: campaign {done.campaign.key} submitted ({case.state})"


def _read(files: list[Path]) -> list[tuple[Path, Registration]]:
    """Read every file before anything is registered, so that one run shows all that is wrong."""
    found, wrong = [], []
    for path in files:
        try:
            found.append((path, document.load(path)))
        except InvalidDocument as error:
            wrong.append(f"{path}: {error}")
    wrong += _contradictions(found)
    if wrong:
        raise CommandError(_nothing(wrong))
    return found


def _contradictions(found: list[tuple[Path, Registration]]) -> list[str]:
    """A key that two files answer differently would change with every run, and never be what both say."""
    first: dict[tuple[str, str], tuple[Path, str]] = {}
    wrong = []
    for path, registration in found:
        entries = [("source", source) for source in registration.sources]
        for kind, entry in [*entries, ("campaign", {"key": registration.campaign.get("key"), **registration.document})]:
            known, sha256 = first.setdefault((kind, entry["key"]), (path, fingerprint(entry)))
            if sha256 != fingerprint(entry):
                told = {"path": path, "kind": kind, "key": entry["key"], "known": known}
                wrong.append(_("%(path)s: %(kind)s %(key)s reads otherwise than in %(known)s") % told)
    return wrong


def _nothing(wrong: list[str]) -> str:
    return "\n".join([*wrong, _("Nothing was registered.")])


def _brand(slug: str) -> Brand:
    found = Brand.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Brand.objects.order_by("slug").values_list("slug", flat=True)) or _("none yet")
        raise CommandError(_("There is no brand “%(slug)s” (there is: %(known)s).") % {"slug": slug, "known": known})
    return found


def _user(email: str) -> User:
    found = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if found is None:
        raise CommandError(_("There is no user %(email)s who may sign in.") % {"email": email})
    return found
