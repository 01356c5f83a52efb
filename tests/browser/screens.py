"""Takes the pictures of docs/tour.md from a demo of its own: `make screens` writes them to docs/screens/."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from interfaces.settings import read_settings
from tests.browser.conftest import FLAGS, Served, as_person, served
from tests.browser.screen import Screen
from tests.browser.small_png import small_png

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
WIDE, NARROW = 1280, 320
HIGHEST = {WIDE: 1280, NARROW: 1000}
MOST_BYTES = 60_000
COLOURS = (48, 32, 24, 16, 12, 8)

HEADING, LABEL, LEGEND = 'h2:text-is("{}")', 'label:text-is("{}")', 'legend:text-is("{}")'

Way = str | Callable[[Screen], None]


@dataclass(frozen=True)
class Picture:
    """What is photographed: whose page, the way to it, and from which part of it on; on a phone too, where it helps."""

    name: str
    who: str
    way: Way
    begins_at: str = "body"
    phone: str = ""

    @property
    def files(self) -> dict[str, tuple[int, str]]:
        """Each file with its width and the part of the page it begins at."""
        wide = {f"{self.name}.png": (WIDE, self.begins_at)}
        return wide | {f"{self.name}-phone.png": (NARROW, self.phone)} if self.phone else wide


def search(at: Screen) -> None:
    at.follows("Find or open a case")
    at.writes("Name", "Elison Maya")
    at.dates("Date of birth, if you know it", "2010-05-15")
    at.writes("Why do you search?", "Named by a caller this morning.")
    at.presses("Search")


def to_case(at: Screen) -> None:
    at.follows("My work")
    at.follows("Maya Ellison")


def record(at: Screen) -> None:
    """The second of the two screens, filled in."""
    to_case(at)
    at.follows("Record a concern")
    at.chooses("How exactly is it known when it happened?", "The day")
    at.dates("When it happened, or began", "2026-06-01")
    at.chooses("Section 1 D: Basis of CSE Concerns", "Changed behaviour")
    at.chooses("Box of the CSE Analysis Form", "Young person risk taking behaviours/indicators")
    at.writes("Headline", "Came back late from lunch, upset")
    at.writes("What was seen, heard or said", "Came back to school at 14:20 and cried in registration.")
    at.chooses("Is this fact, or professional opinion?", "Fact")
    at.writes("What the young person said, word for word", "I do not want to go out there again.")
    at.writes("Source", "Form tutor")


def propose(at: Screen) -> None:
    to_case(at)
    at.follows("Propose the level of risk")
    at.chooses("Risk Category", "3")
    at.writes("Why this category", "Missing again at the weekend; a new number calls at night.")


def proposed(at: Screen) -> None:
    at.presses("Propose this category")


def sign(at: Screen) -> None:
    to_case(at)
    at.follows("Agree the level of risk")


def decide(at: Screen) -> None:
    to_case(at)
    at.follows("Decide what to share")
    at.follows("Oakfield Academy")
    at.chooses("Your decision", "Share in part")
    at.chooses("What does this rest on?", "school keeps her safe on site")
    at.chooses("Who is to have it?", "Ben Whitlock")
    at.chooses("What of the young person and home?", "safe_contact=full")
    at.chooses("What of risk and assessment?", "risk.reasons=full")
    at.chooses("Does it go on?", "No, only what stands today")
    at.writes("A note to the other agency", "Please tell me the same day if she is absent.")


def preview(at: Screen) -> None:
    at.presses("See what they will see")


CHANGES = "{case}/changes?earlier=2026-01-25T00:00&later=2026-01-27T00:00"
TOP = "body"
PICTURES = (
    Picture("sign-in", "", "/sign-in", phone=TOP),
    Picture("who-knew", "jo", "{case}/who-knew", phone=".hub-lanes"),
    Picture("my-work", "priya", "/caseload", phone=TOP),
    Picture("search", "priya", search, phone=TOP),
    Picture("record-who", "ben", "/record"),
    Picture("record-what", "ben", record, LABEL.format("What was seen, heard or said"), phone=LABEL.format("Source")),
    Picture("assessment", "priya", "{case}/assessment/questions", phone=".govuk-task-list"),
    Picture("question", "ben", "{case}/assessment/questions/9"),
    Picture("risk-propose", "priya", propose, LEGEND.format("Risk Category")),
    Picture("risk-proposed", "priya", proposed, HEADING.format("Risk")),
    Picture("risk-sign", "ruth", sign, phone="main .govuk-inset-text"),
    Picture("my-work-manager", "tom", "/caseload"),
    Picture("risk-requires", "priya", "{case}/risk/actions"),
    Picture("share-decide", "priya", decide, HEADING.format("What is shared")),
    Picture("share-preview", "priya", preview, phone=TOP),
    Picture("case", "sam", "{case}", phone=HEADING.format("Concerns")),
    Picture("analysis-form", "priya", "{case}/analysis-form", phone=".hub-form-head"),
    Picture("timeline", "priya", "{case}/timeline", phone=".moj-timeline"),
    Picture("changes", "priya", CHANGES),
    Picture("referral", "priya", "{case}", HEADING.format("Referrals")),
    Picture("guidance", "ben", "/guidance", phone=TOP),
    Picture("policies", "ben", "/policies"),
    Picture("seal", "tom", "{case}/seal"),
    Picture("looks", "priya", "{case}/looks"),
    Picture("people", "alex", "/people"),
    Picture("security-log", "alex", "/security-log"),
    Picture("account", "priya", "/account"),
)


@dataclass
class Camera:
    """Opens a browser for each person, goes the way to each picture and takes it."""

    browser: Browser
    hub: Served
    folder: Path
    screens: dict[str, Screen] = field(default_factory=dict)

    def takes(self, one: Picture) -> Iterator[tuple[str, int]]:
        """The files written, with their sizes."""
        at = self.at(one.who)
        if isinstance(one.way, str):
            at.page.goto(one.way.format(case=f"/cases/{self.hub.case}"))
        else:
            one.way(at)
        for name, (width, begins_at) in one.files.items():
            at.page.set_viewport_size({"width": width, "height": HIGHEST[width]})
            at.page.evaluate("document.activeElement.blur()")
            taken = self.small(part_of(at.page, begins_at, width))
            (self.folder / name).write_bytes(taken)
            yield name, len(taken)
        at.page.set_viewport_size({"width": WIDE, "height": HIGHEST[WIDE]})

    def at(self, who: str) -> Screen:
        if who not in self.screens:
            page = self.browser.new_page(
                base_url=self.hub.address, viewport={"width": WIDE, "height": HIGHEST[WIDE]}, locale="en-GB",
                timezone_id="Europe/London",
            )  # fmt: skip
            self.screens[who] = Screen(as_person(page, who) if who else page, "")
        return self.screens[who]

    def small(self, picture: bytes) -> bytes:
        """As many colours as fit."""
        blank = self.browser.new_page()
        for colours in COLOURS:
            found = small_png(blank, picture, colours)
            if len(found) <= MOST_BYTES:
                break
        blank.close()
        return found


def part_of(page: Page, begins_at: str, width: int) -> bytes:
    """The page from that part of it on, as far as a picture goes."""
    top = page.locator(begins_at).first.evaluate("one => Math.floor(one.getBoundingClientRect().top + scrollY)")
    whole = page.evaluate("document.documentElement.scrollHeight")
    height = min(HIGHEST[width], whole - top)
    return page.screenshot(full_page=True, clip={"x": 0, "y": top, "width": width, "height": height}, caret="hide")


@contextmanager
def demo() -> Iterator[Served]:
    """The worked case in a folder that is gone afterwards, served."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        environment = {**os.environ, "HUB_HOME": str(home)}
        program = Path(sys.executable).with_name("hub")
        subprocess.run([str(program), "demo", "--load"], env=environment, check=True, stdout=subprocess.DEVNULL)
        command = [str(program), "case", "--as", "priya", "--json"]
        told = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
        with served(read_settings(home), json.loads(told.stdout)["case"]) as hub:
            yield hub


def main(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    written = {}
    with sync_playwright() as playwright, demo() as hub:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        camera = Camera(browser, hub, folder)
        for one in PICTURES:
            for name, size in camera.takes(one):
                written[name] = size
                sys.stdout.write(f"{size:9,} {name}\n")
        browser.close()
    for other in {*folder.glob("*.png")} - {folder / name for name in written}:
        other.unlink()
    sys.stdout.write(f"{sum(written.values()):9,} bytes in {len(written)} pictures\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
