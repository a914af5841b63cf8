"""A pytest plugin: fixtures `browser` and `page`, a real headless Chromium.

The Chromium of the system is used (`LIGHTTOUCH_CHROMIUM` names another); where there is none the test is skipped, or
fails where nothing may be missing. Screenshots go to artefacts/.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests import completeness

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-first-run",
]
ARTEFACTS = Path(__file__).resolve().parents[1] / "artefacts"
TIMEOUT_MILLISECONDS = 20_000


def chromium() -> str | None:
    """The path of the Chromium to use, if there is one."""
    return os.environ.get("LIGHTTOUCH_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    program = chromium()
    if program is None:
        completeness.missing("a Chromium (apt-get install chromium)")
    # Playwright's loop runs in this thread; Django would take that for an async context and refuse the database.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page in a session of its own: no cookies, English, a desktop's size."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900}, timezone_id="Europe/London")
    context.set_default_timeout(TIMEOUT_MILLISECONDS)
    yield context.new_page()
    context.close()


@pytest.fixture
def screenshot(request: pytest.FixtureRequest) -> Callable[[Page, str], Path]:
    """Keep a picture of a page: `screenshot(page, "olivia approves")` writes artefacts/<test>/olivia-approves.png."""

    def keep(page: Page, title: str) -> Path:
        target: Path = ARTEFACTS / request.node.name / f"{title.replace(' ', '-')}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=target, full_page=True)
        return target

    return keep
