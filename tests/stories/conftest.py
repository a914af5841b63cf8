"""One running platform for all stories, with the cast signed in."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from config import embedded
from config.receiver import running
from tests.runtime.test_one_command_runs_all import processes_of
from tests.stories.stage import PICTURES, House, Somebody, link_in

NORTHWIND = ("create_brand", "northwind", "--name", "Northwind Shoes", "--country", "GB", "--sector", "retail")
CONTOSO = ("create_brand", "contoso", "--name", "Contoso Energy", "--country", "DE", "--sector", "energy")


@pytest.fixture(scope="package")
def house(browser: Browser) -> Iterator[House]:
    """The platform on an empty data folder, without its demo, and a receiver beside it."""
    top = Path(tempfile.mkdtemp(prefix="lighttouch-story-", dir="/var/tmp"))
    top.chmod(0o755)
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    with running(port=0, secrets=[], file=top / "secrets.txt") as other:
        made = House(top / "data", other, top / "secrets.txt")
        try:
            made.running.wait_for("Lighttouch is at")
            yield made
        finally:
            made.running.press_ctrl_c()
            shutil.copy(made.running.log, PICTURES / "said.txt")
            for process in processes_of(top / "data"):
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            embedded.stop(top / "data")
            shutil.rmtree(top)
    assert "Traceback" not in (PICTURES / "said.txt").read_text()


@pytest.fixture(scope="package")
def cast(browser: Browser, house: House) -> Iterator[dict[str, Somebody]]:
    """Alice, who was made owner on the command line, has added Bob and Olivia; Charlie owns another brand."""
    with ExitStack() as stack:
        names = ("Alice", "Bob", "Olivia", "Charlie")
        made = {name.lower(): stack.enter_context(Somebody(name, browser, house)) for name in names}
        alice = made["alice"]
        alice.chooses_password(link_in(house.manage(*NORTHWIND, "--owner", "alice@northwind.example")), "Alice Walker")
        alice.signs_in("alice@northwind.example")
        for name, full_name, role in (("bob", "Bob Turner", "Brand team"), ("olivia", "Olivia Shah", "Compliance")):
            made[name].chooses_password(_added(alice, f"{name}@northwind.example", role), full_name)
            made[name].signs_in(f"{name}@northwind.example")
        charlie = made["charlie"]
        charlie.chooses_password(link_in(house.manage(*CONTOSO, "--owner", "charlie@contoso.example")), "Charlie Vogel")
        charlie.signs_in("charlie@contoso.example")
        _connect(alice, house)
        yield made
        for somebody in made.values():
            somebody.has_nothing_to_complain_of()


def _added(alice: Somebody, email: str, role: str) -> str:
    alice.opens("/admin/tenants/membership/add/")
    alice.page.get_by_label("E-mail address").fill(email)
    alice.page.get_by_label(role).check()
    alice.clicks("Add")
    alice.keeps(f"added {email.partition('@')[0]}")
    return alice.page.locator("#secret").inner_text()


def _connect(alice: Somebody, house: House) -> None:
    """Alice sets up the webhook; whoever runs the receiver gets its secret from her."""
    alice.opens("/admin/tenants/integration/add/")
    alice.page.get_by_label("What do you call it?").fill("Shop mailer")
    alice.page.get_by_label("Signed webhook").check()
    alice.page.get_by_label("Address (for a webhook)").fill(house.receiver.url + "northwind")
    alice.clicks("Set it up")
    house.trust(alice.page.locator("#secret").inner_text())
    alice.keeps("connects the shop mailer")
