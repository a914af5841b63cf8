"""`manage.py create_brand`: an operator makes a brand and its owner; the owner does the rest in the browser."""

from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from kernel.tenancy import brand_context
from tenants.models import Brand, Membership, Role, User
from trail.models import Entry

pytestmark = pytest.mark.django_db
TOLD = {"name": "Northwind Shoes", "owner": "Alice@Northwind.example", "country": "gb"}


def created(capsys, slug="northwind", **told):
    call_command("create_brand", slug, **(TOLD | told))
    return capsys.readouterr().out


def test_the_owner_chooses_a_password_at_the_link_that_is_shown(capsys):
    link = created(capsys).split()[-1]
    with brand_context(Brand.objects.get(slug="northwind", country="GB").pk):
        member = Membership.objects.select_related("user").get()
        assert Entry.objects.filter(verb="member.added").exists()
    assert (member.user.email, member.role) == ("alice@northwind.example", Role.OWNER)
    word = "a long enough password"
    Client().post(urlsplit(link).path, {"name": "Alice", "password": word, "again": word})
    assert Client().login(username="alice@northwind.example", password=word)


def test_who_has_a_password_already_gets_no_link(capsys):
    User.objects.create_user("alice@northwind.example", "a long enough password", name="Alice")
    assert "http" not in created(capsys)


@pytest.mark.parametrize(
    "told", [{"owner": "nobody"}, {"country": "XX"}, {"sector": "spying"}, {"slug": "Not A Slug"}, {"slug": ""}]
)
def test_what_is_wrong_creates_nothing(capsys, told):
    with pytest.raises(CommandError):
        created(capsys, **told)
    assert not Brand.objects.exists() and not User.objects.exists()


def test_a_short_name_is_given_once(capsys):
    created(capsys)
    with pytest.raises(CommandError, match="already"):
        created(capsys, owner="charlie@contoso.example")
    assert not User.objects.filter(email="charlie@contoso.example").exists()
