"""The stage of the stories: the platform as its users get it, and a browser for each of the cast.

Nothing here reaches into the platform: it is started by its supervisor on a fresh data folder, set up by its own
commands, walked in Chromium, called by HTTP, and delivers to a real receiver.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize
from playwright.sync_api import TimeoutError as NeverCame

from config import project
from config.receiver import Receiver
from facts.catalogue import load
from tests.browser import ARTEFACTS, TIMEOUT_MILLISECONDS
from tests.runtime.conftest import environment
from tests.runtime.test_one_command_runs_all import Running, processes_of

WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 360, "height": 740}
PASSWORD = "walk on the light side"
PICTURES = ARTEFACTS / "stories"
PATIENCE_MILLISECONDS = 45_000
# What sticks out to the right of a narrow page, but for what stands in a box that scrolls or cuts by itself.
STICKING_OUT = """() => {
  const cut = (one) => { for (let up = one.parentElement; up && up !== document.body; up = up.parentElement)
    if (getComputedStyle(up).overflowX !== "visible") return true; return false; };
  return [...document.body.querySelectorAll("*")]
    .filter((one) => { const box = one.getBoundingClientRect();
      return box.width && box.height && box.right > innerWidth + 1 && !cut(one); })
    .map((one) => one.outerHTML.slice(0, 160));
}"""

# The page judges some 450 ms after the last key; until it has, what stands there is marked as busy.
TYPE_ONCE_MORE = """() => new Promise((done) => {
  document.getElementById("i-name").dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(done, 600);
})"""


class House:
    """The running platform on its own data folder, and the receiver that it delivers to."""

    def __init__(self, folder: Path, other: Receiver, secrets: Path) -> None:
        self.receiver, self._secrets = other, secrets
        self.running = Running(
            folder, LIGHTTOUCH_EGRESS_ALLOW=f"127.0.0.1:{other.port}", LIGHTTOUCH_JOB_LEASE_SECONDS="10",
            LIGHTTOUCH_SWEEP_SECONDS="2", WEB_WORKERS="1",
        )  # fmt: skip
        self.url = f"http://localhost:{self.running.port}"

    def manage(self, *arguments: str) -> str:
        """Run `manage.py` as somebody would in a second terminal; returns what it printed."""
        return self.python(str(project.ROOT / "manage.py"), *arguments)

    def python(self, *arguments: str) -> str:
        values = environment(self.running.folder, LIGHTTOUCH_PUBLIC_URL=self.url)
        done = subprocess.run(
            [sys.executable, *arguments], env=values, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def trust(self, secret: str) -> None:
        """Tell the receiver whose signatures to believe."""
        with self._secrets.open("a") as file:
            file.write(f"{secret}\n")

    def arrived(self, campaign: str) -> list[dict[str, Any]]:
        """What the receiver was told about one campaign."""
        found = [one.body["data"] for one in self.receiver.messages()]
        return [data for data in found if data["campaign"] == campaign]

    def workers(self) -> list[int]:
        """The processes of the Celery worker, the first one and those it forked."""
        return processes_of(self.running.folder, "config.celery\0worker")

    def kill_workers(self) -> None:
        """kill -9, all of them at once."""
        for process in self.workers():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    @contextmanager
    def slow_worker(self) -> Iterator[None]:
        """Hold still those who do the work, so that there is time to look at what is not done yet."""
        # Not the first of them: it takes what comes from the broker, and only hands it on.
        workers = self.workers()
        held = [process for process in workers if parent_of(process) in workers]
        assert held
        for process in held:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in held:
                os.kill(process, signal.SIGCONT)


class Somebody:
    """One of the cast with a browser of their own. Every page they keep is looked at wide and at 360 pixels."""

    def __init__(self, name: str, browser: Browser, house: House) -> None:
        self.name, self.house = name, house
        self.context = browser.new_context(
            base_url=house.url,
            locale="en-GB",
            viewport=WIDE,
            timezone_id="Europe/London",
        )
        self.context.set_default_timeout(TIMEOUT_MILLISECONDS)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: dialog.accept())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{self.page.url}: {message.text}")

    def opens(self, path: str) -> None:
        answer = self.page.goto(path)
        assert answer is not None and answer.ok, f"{path}: {answer and answer.status}"

    def chooses_password(self, link: str, name: str) -> None:
        self.opens(link)
        self.page.get_by_label("Your name").fill(name)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_label("The same again").fill(PASSWORD)
        self.page.get_by_role("button", name="Set the password").click()

    def signs_in(self, email: str) -> None:
        self.opens("/")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Log in").click()
        self.sees("Hello")

    def clicks(self, name: str, role: Any = "button") -> None:
        self.page.get_by_role(role, name=name).first.click()

    def sees(self, *texts: str) -> None:
        """Wait until each text stands on the page."""
        for text in texts:
            try:
                self.page.get_by_text(text).locator("visible=true").first.wait_for(timeout=PATIENCE_MILLISECONDS)
            except NeverCame:
                said = self.page.locator("body").inner_text()
                raise AssertionError(f"{self.name} does not see “{text}” at {self.page.url} but:\n{said}") from None

    def never_sees(self, *texts: str) -> None:
        said = self.page.locator("body").inner_text()
        assert not (found := [text for text in texts if text in said]), f"{self.name} sees {found}"

    def keeps(self, title: str) -> None:
        """Keep a picture of the page, wide and narrow; nothing may stick out of the narrow one."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        stem = f"{self.name} {title}".lower().replace(" ", "-")
        self.page.screenshot(path=PICTURES / f"{stem}.wide.png", full_page=True)
        self.page.set_viewport_size(NARROW)
        self.page.screenshot(path=PICTURES / f"{stem}.narrow.png", full_page=True)
        width = self.page.evaluate("document.documentElement.scrollWidth")
        outside = self.page.evaluate(STICKING_OUT)
        self.page.set_viewport_size(WIDE)
        assert (width, outside) == (NARROW["width"], []), f"“{title}” is {width} pixels wide"

    def has_nothing_to_complain_of(self) -> None:
        assert self.complaints == [], f"{self.name}: " + "; ".join(self.complaints)


def parent_of(process: int) -> int:
    found = re.search(r"^PPid:\s+(\d+)", Path(f"/proc/{process}/status").read_text(), re.MULTILINE)
    assert found
    return int(found.group(1))


def link_in(text: str) -> str:
    """The first address in a text."""
    found = re.search(r"https?://\S+", text)
    assert found, text
    return found.group()


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.05)


# Forms ------------------------------------------------------------------------------------------------------------


def clean_answers(section: str) -> dict[str, Any]:
    """The clean answer to every question of a section, by its path."""
    return {fact.path: fact.clean for fact in load().section(section)}


def opens_every_part(page: Page) -> None:
    closed = page.locator("form details.lt-card:not([open]) > summary")
    while closed.count():
        closed.first.click()


def answers(page: Page, path: str, value: Any) -> None:
    """Answer one question the way its widget wants it."""
    question = page.locator(f'[data-path="{path}"]')
    words = [str(word).lower() if isinstance(word, bool) else str(word) for word in _as_list(value)]
    if question.locator("select").count():
        question.locator("select").select_option(words[0])
    elif question.locator("label.lt-option").count():
        for word in words or ["-"]:
            question.locator("label.lt-option", has=page.locator(f'input[value="{word}"]')).click()
    else:
        question.locator("input").fill(", ".join(words))


def answers_all_that_is_asked(page: Page, values: Mapping[str, Any]) -> int:
    """Answer every question that is shown and open, and those that the verdict asks for. Returns how many."""
    opens_every_part(page)
    done: set[str] = set()
    while asked := (_open_questions(page) | _asked_by_the_verdict(page)) - done:
        for path in sorted(asked):
            answers(page, path, values[path])
        done |= asked
        waits_for_the_verdict(page)
    return len(done)


def waits_for_the_verdict(page: Page) -> str:
    """Wait until the page has judged what stands in the form; returns the verdict's word."""
    page.evaluate(TYPE_ONCE_MORE)
    page.locator("#verdict:not(.lt-busy)").wait_for()
    return str(page.locator("#verdict").get_attribute("data-word"))


def _open_questions(page: Page) -> set[str]:
    found = page.locator("form [data-path].lt-question-open:not([hidden])")
    return set(found.evaluate_all("all => all.map((one) => one.dataset.path)"))


def _asked_by_the_verdict(page: Page) -> set[str]:
    """Follow the verdict's links to the questions of this form that it still needs; a link shows its question."""
    links = page.locator("#verdict a[href^='#q-']")
    found = {str(link.get_attribute("href")).removeprefix("#q-") for link in links.all() if link.is_visible()}
    for path in found:
        links.and_(page.locator(f'[href="#q-{path}"]')).first.click()
    return found


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
