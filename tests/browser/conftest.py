"""The hub as people meet it: served by its own server, in Debian's Chromium, with every fault of a page gathered."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

from application.commands.people import keep_directory
from application.hub import Hub
from interfaces.bootstrap import build_hub
from interfaces.demo.check import copy_home
from interfaces.demo.replay import ScenarioClock
from interfaces.demo.scenario import read_scenario
from interfaces.settings import Settings
from interfaces.web.app import create_app
from tests.application.test_answers_alike import Statements
from tests.browser.asking import Askers
from tests.builders import Replayed, replayed

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
OUTSIDE_THE_TEAM = (
    {"id": "lena", "name": "Lena Hart", "agency": "csc", "roles": ["practitioner"], "job": "Social worker"},
    {"id": "hugo", "name": "Hugo Lane", "agency": "police", "roles": ["practitioner"], "job": "Detective Constable"},
)
"""Two of the third scenario's people, at the worked case's agencies: colleagues who do not work on it."""
REPORTS = 'document.addEventListener("securitypolicyviolation", it => console.error("CSP", it.violatedDirective))'
WAIT = 30_000


@dataclass(frozen=True)
class Served:
    """A hub being served: its address, its folder, and the worked case in it."""

    address: str
    settings: Settings
    case: str


@dataclass
class Faults:
    """What went wrong in a browser, page by page; a test ends well only where nothing did."""

    server: str
    found: list[str] = field(default_factory=list)
    beside: str = "blob:"
    """Another place at which a person has something to do; what pages there ask for is not the hub's."""

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._said)
        context.on("weberror", lambda error: self.found.append(f"script failed: {error.error}"))
        context.on("request", self._asked)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        """Of an answer that is refused the browser speaks too; that is judged by the answer."""
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.found.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.server}/", "blob:", self.beside)) and not self._is_beside(request):
            self.found.append(f"asked elsewhere: {request.url}")

    def _is_beside(self, request: Request) -> bool:
        return not request.is_navigation_request() and request.frame.url.startswith(self.beside)

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # left for the next page, or handed over as a file
            self.found.append(f"failed: {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.found.append(f"{response.status}: {response.url}")


@dataclass
class Browsers:
    """Gives a person a browser of their own at a hub, and gathers what goes wrong in it."""

    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[Faults] = field(default_factory=list)

    def page(
        self, hub: Served, *, scripts: bool = True, width: int = 1280, bypass_csp: bool = False, beside: str = "blob:"
    ) -> Page:
        """An empty page of a new browser."""
        context = self.browser.new_context(
            base_url=hub.address,
            java_script_enabled=scripts,
            bypass_csp=bypass_csp,
            viewport={"width": width, "height": 900},
            locale="en-GB",
            timezone_id="Europe/London",
        )
        context.set_default_timeout(WAIT)
        self.contexts.append(context)
        faults = Faults(hub.address, beside=beside)
        self.faults.append(faults)
        faults.watch(context)
        if scripts:
            context.add_init_script(REPORTS)
        return context.new_page()

    def found(self) -> list[str]:
        """What went wrong so far."""
        return [fault for faults in self.faults for fault in faults.found]

    def forget(self) -> None:
        for faults in self.faults:
            faults.found.clear()

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def as_person(page: Page, who: str) -> Page:
    """Sign in to a demo by choosing a person on its first page."""
    page.goto("/")
    page.locator(f'button[name="person"][value="{who}"]').click()
    page.locator(".hub-looking").wait_for()
    return page


@contextmanager
def served(settings: Settings, case: str) -> Iterator[Served]:
    """Serve a folder's hub in a process of its own, on a free port of this machine, until the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    hub = Path(sys.executable).with_name("hub")
    command = [str(hub), "serve", "--port", str(port)]
    environment = {**os.environ, "HUB_HOME": str(settings.home), "PYTHONUNBUFFERED": "1"}
    log = settings.home / "served.log"
    with log.open("wb") as said:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=said, text=True)
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert str(port) in first, (first, log.read_text(encoding="utf-8"))
            yield Served(f"http://127.0.0.1:{port}", settings, case)
        finally:
            process.terminate()
            process.communicate(timeout=WAIT / 1000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this process."""
    program = shutil.which("chromium")
    assert program is not None, "Debian's chromium is needed: make system"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def worked_home(tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    """The demo store of the worked case, made once; copies are taken of it."""
    scenario = read_scenario()
    made = replayed(scenario, tmp_path_factory.mktemp("worked"))
    stands_at = scenario.moment(scenario.demo_stands_at)
    hub = build_hub(made.settings, ScenarioClock(stands_at))
    for one in OUTSIDE_THE_TEAM:
        keep_directory(hub, "hub", "register_person", one, command_id=f"register-{one['id']}")
    hub.close()
    (made.settings.home / "demo").write_text(stands_at.isoformat(), encoding="utf-8")
    return made


@pytest.fixture(scope="session")
def home_of(worked_home: Replayed) -> Callable[[Path], Settings]:
    """A copy of the worked demo store in another folder."""

    def copied(folder: Path) -> Settings:
        settings = copy_home(worked_home.settings, folder)
        for name in ("demo", "store.id"):
            shutil.copy2(worked_home.settings.home / name, folder)
        return settings

    return copied


@pytest.fixture(scope="session")
def read_only_hub(
    worked_home: Replayed, home_of: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A hub for tests that only look."""
    with served(home_of(tmp_path_factory.mktemp("looking")), str(worked_home.case)) as hub:
        yield hub


@pytest.fixture(scope="session")
def looked_at(
    worked_home: Replayed, home_of: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Hub, Flask]]:
    """A hub with its web face in this process, for tests that ask many things and change nothing."""
    scenario = worked_home.scenario
    stands_at = scenario.moment(scenario.demo_stands_at)
    settings = replace(home_of(tmp_path_factory.mktemp("asking")), demo_stands_at=stands_at)
    hub = build_hub(settings, ScenarioClock(stands_at))
    yield hub, create_app(hub, settings)
    hub.close()


@pytest.fixture(scope="session")
def askers(worked_home: Replayed, looked_at: tuple[Hub, Flask]) -> Askers:
    return Askers(looked_at[1], str(worked_home.case))


@pytest.fixture(scope="session")
def statements(looked_at: tuple[Hub, Flask]) -> Statements:
    """What that hub asks of its databases."""
    return Statements(looked_at[0])


@pytest.fixture
def own_hub(worked_home: Replayed, home_of: Callable[[Path], Settings], tmp_path: Path) -> Iterator[Served]:
    """A hub of this test's own, to act in."""
    with served(home_of(tmp_path), str(worked_home.case)) as hub:
        yield hub


@pytest.fixture
def browsers(chromium: Browser) -> Iterator[Browsers]:
    """Browsers for people; at the end none of their pages may have gone wrong."""
    given = Browsers(chromium)
    yield given
    given.close()
    assert given.found() == []
