"""A person proves her address with a link that is mailed to it; who asks learns nothing about anybody."""

import re
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel import clock, mail
from kernel.models import Mail
from people import services
from people.models import AddressProof
from tests.conftest import acting, signed_in
from tests.people.conftest import make_person
from trail.models import Entry

pytestmark = pytest.mark.django_db
ASK = "/preferences/"
MINUTE = timedelta(minutes=1)


def ask(address="dora@example.org", **headers):
    return Client(enforce_csrf_checks=True).post(ASK, {"email": address}, **headers)


def mailed():
    """The path of the link in the newest mail."""
    for mail_id in mail.due():
        mail.send(mail_id)
    return re.search(r"http://[^/]+(/\S+)", outbox.outbox[-1].body).group(1)


def visit(address="dora@example.org") -> str:
    """The path of the page that the mailed link opens."""
    assert ask(address).status_code == 200
    answer = Client(enforce_csrf_checks=True).post(mailed())
    assert answer.status_code == 303
    return answer["Location"].partition("?")[0]


def known_and_unknown(northwind):
    with acting(northwind):
        make_person(northwind)
    return "dora@example.org", "nobody@example.org"


def test_known_and_unknown_addresses_get_the_same_answer_and_the_same_mail(northwind):
    known, unknown = known_and_unknown(northwind)
    first, second = ask(known), ask(unknown)
    assert (first.status_code, first.content, sorted(first.headers)) == (
        second.status_code, second.content, sorted(second.headers))  # fmt: skip
    for mail_id in mail.due():
        mail.send(mail_id)
    assert sorted(one.to[0] for one in outbox.outbox) == [known, unknown]
    bodies = {re.sub(r"/open/\S+", "/open/…", one.body) for one in outbox.outbox}
    assert len(bodies) == 1


def test_known_and_unknown_addresses_are_the_same_work(northwind):
    def work(address):
        with CaptureQueriesContext(connection) as seen:
            ask(address)
        return [re.sub(r"'.*?'|\\x[0-9a-f]+| ?-?\d+", "…", one["sql"]) for one in seen]

    known, unknown = known_and_unknown(northwind)
    assert work(known) == work(unknown)


def test_the_link_opens_the_list_once_and_for_thirty_minutes(northwind):
    known_and_unknown(northwind)
    ask()
    link = mailed()
    assert "Open my page" in Client().get(link).content.decode()
    assert Client().post(link).status_code == 303
    for method in (Client().get, Client().post):
        assert method(link).status_code == 404


def test_looking_at_the_link_does_not_use_it_up(northwind):
    ask()
    link = mailed()
    for _again in range(3):
        Client().get(link)
    assert Client().post(link).status_code == 303


def test_an_old_link_and_a_visit_that_is_over_are_closed(northwind):
    ask()
    link = mailed()
    with clock.held(clock.now() + 31 * MINUTE):
        assert Client().post(link).status_code == 404
    page = visit()
    with clock.held(clock.now() + 31 * MINUTE):
        assert Client().get(page).status_code == 404


def test_she_closes_her_page_herself(northwind):
    page = visit()
    assert Client().post(page + "end").status_code == 200
    assert Client().get(page).status_code == 404
    assert bytes(AddressProof.objects.get().sealed) == b""


@pytest.mark.parametrize("token", ["x", "a" * 300, "AAAA-bbbb_cccc"])
def test_what_nobody_made_opens_nothing(northwind, token):
    for path in (f"/preferences/open/{token}", f"/preferences/{token}/", f"/preferences/{token}/northwind/"):
        assert Client().get(path).status_code == 404


def test_the_mailed_link_is_no_visit_and_a_visit_is_no_link(northwind):
    ask()
    token = mailed().rsplit("/", 1)[1]
    assert Client().get(f"/preferences/{token}/").status_code == 404
    page = visit()
    assert Client().post(page.replace("/preferences/", "/preferences/open/").rstrip("/")).status_code == 404


def test_three_links_an_hour_go_to_one_address_and_the_answer_stays_the_same(northwind):
    answers = {ask().content for _again in range(5)}
    assert len(answers) == 1 and Mail.objects.count() == 3
    with clock.held(clock.now() + 61 * MINUTE):
        ask()
    assert Mail.objects.count() == 4


def test_twenty_requests_an_hour_are_answered_to_one_client(northwind):
    codes = [ask(f"dora{number}@example.org").status_code for number in range(21)]
    assert codes == [200] * 20 + [429]
    assert ask("emil@example.org", REMOTE_ADDR="198.51.100.7").status_code == 200


def test_a_household_counts_as_one_client_and_proxies_only_where_they_are_declared(northwind, settings):
    settings.PROXIES = 1
    for tail in ("1", "2"):
        ask(f"dora{tail}@example.org", HTTP_X_FORWARDED_FOR=f"203.0.113.9, 2001:db8:1:2::{tail}")
    assert AddressProof.objects.values("client").distinct().count() == 1
    settings.PROXIES = 0
    ask("emil@example.org", HTTP_X_FORWARDED_FOR="2001:db8:1:2::3")
    assert AddressProof.objects.values("client").distinct().count() == 2


def test_no_address_stands_in_the_clear(northwind):
    ask()
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text || encode(p.sealed, 'escape') FROM people_addressproof p")
        assert "dora" not in cursor.fetchone()[0]


@pytest.mark.parametrize("address", ["", "dora", "dora@", "@example.org", "dora@exa mple.org"])
def test_what_is_no_address_is_said_and_nothing_is_mailed(northwind, address):
    answer = ask(address)
    assert answer.status_code == 422 and Mail.objects.count() == 0
    assert 'role="alert"' in answer.content.decode()


def test_no_cookie_is_set_and_nobody_keeps_the_page(northwind):
    for answer in (ask(), Client().get(ASK), Client().get(visit())):
        assert not answer.cookies and answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"


def test_the_holders_trails_tell_of_the_proof_and_nobody_elses(northwind, contoso):
    known_and_unknown(northwind)
    visit()
    with acting(northwind):
        entry = Entry.objects.filter(verb="person.proved_address").get()
        assert entry.actor_kind == "person"
    with acting(contoso):
        assert not Entry.objects.filter(verb="person.proved_address").exists()


def test_proofs_are_forgotten(northwind):
    ask()
    services.forget_proofs(at=clock.now() + 31 * MINUTE)
    assert bytes(AddressProof.objects.get().sealed) == b""
    services.forget_proofs(at=clock.now() + timedelta(hours=25))
    assert not AddressProof.objects.exists()


def test_who_is_signed_in_to_the_admin_at_the_same_browser_changes_nothing(olivia):
    nobody, officer = Client().get(ASK), signed_in(olivia).get(ASK)
    assert b"Northwind" not in officer.content
    assert officer.content == nobody.content
