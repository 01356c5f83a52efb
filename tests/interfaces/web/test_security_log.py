"""The security log: page by page all that happened at the door and to accounts, once; and nothing of any case."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask.testing import FlaskClient

from application.commands.people import keep_directory
from application.hub import Hub
from application.ledger import ACCOUNTS_STREAM
from domain.accounts import SignInSucceeded
from domain.record import Actor
from domain.vocabulary import Role
from tests.builders import a_command_id

from .conftest import token

ClientFor = Callable[[str], FlaskClient]
ROW = re.compile(r'<tr class="govuk-table__row">\s*<td.*?</tr>', re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
EARLIER = re.compile(r'<a class="govuk-link" href="(/security-log\?before=\d+)">Earlier</a>')


def signed_in(hub: Hub, times: int) -> None:
    """So many at the door, a minute apart, on record at once."""
    sam, at = Actor("sam", Role.PRACTITIONER, "police"), hub.now()
    for_each = {"person": "sam", "method": "totp", "browser": "a test", "by": sam, "command": "door:many"}
    many = [SignInSucceeded(recorded=at + timedelta(minutes=one), **for_each) for one in range(1, times + 1)]
    hub.append(ACCOUNTS_STREAM, hub.ledger.newest(ACCOUNTS_STREAM)[0], many)
    hub.clock.at = many[-1].recorded + timedelta(minutes=1)  # type: ignore[attr-defined]


def walked(client: FlaskClient) -> list[list[tuple[str, ...]]]:
    """The rows of every page, from the newest to the oldest, by the link to the earlier ones."""
    pages, address = [], "/security-log"
    while address:
        text = client.get(address).text
        rows = [CELL.findall(row) for row in ROW.findall(text)]
        pages.append([tuple(re.sub(r"<[^>]+>", "", cell).strip() for cell in row) for row in rows])
        onward = EARLIER.search(text)
        address = onward[1] if onward else ""
    return pages


def test_every_entry_is_on_one_page(client_for: ClientFor, worked_hub: Hub) -> None:
    """Five hundred at a time; what was done to roles and accounts stands among what happened about that time."""
    alex = client_for("alex")
    before = sum(map(len, walked(alex)))
    data = {"person": "priya", "role": "reviewer"}
    for act, times in (("give_role", 300), ("end_role", 550)):
        signed_in(worked_hub, times)
        keep_directory(worked_hub, "alex", act, data, command_id=a_command_id())
    signed_in(worked_hub, 3)
    pages = walked(alex)
    found = [row[1:] for page in pages for row in page]

    assert (501, before + 855) == (len(pages[0]), len(found))
    came = ("Sam Okafor", "Signed in: password and authenticator app, a test", "Sam Okafor")
    ended, given = (("Priya Nair", f"Role {what}: Reviewer", "Alex Stone") for what in ("ended", "given"))
    assert [came] * 3 + [ended] + [came] * 550 + [given] + [came] * 300 == found[:855]


def test_the_administrators_pages_hold_nothing_of_any_case(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """Whatever was done in one, searched for, refused or typed; the log is of accounts only."""
    client_for("dan").get(f"/cases/{case}")
    priya = client_for("priya")
    typed = {"name": "Maya Ellison", "reason": "Her mother rang."}
    assert 200 == priya.post("/search", data={"csrf_token": token(priya, "/search"), **typed}).status_code
    alex = client_for("alex")
    listed = alex.get("/people")
    of_two = re.findall(r'href="(/people/[0-9a-f]{64})">(?:Priya Nair|Sam Okafor)<', listed.text)
    pages = [listed, *(alex.get(path) for path in ("/security-log", "/people/new", "/people/agencies/new", *of_two))]
    whats = {row[2].partition(":")[0] for page in walked(alex) for row in page}

    assert [(200, "no-store")] * 6 == [(page.status_code, page.headers["Cache-Control"]) for page in pages]
    assert {"Registered", "Role given", "Signed in"} == whats
    words, text = ("Maya", "Ellison", "Larch", "mother", "@", case.hex[:8]), " ".join(page.text for page in pages)
    assert [] == [word for word in words if word in text]


def test_places_that_are_none_show_no_more(client_for: ClientFor) -> None:
    """Whatever stands in the address, the answer is a page of the log."""
    alex = client_for("alex")
    first = walked(alex)[0]
    pages = [alex.get(f"/security-log?before={typed}") for typed in ("x", "-5", "9" * 30, "99999999999", "1", "٣", "")]

    assert [200] * 7 == [page.status_code for page in pages]
    assert len(first) >= max(len(ROW.findall(page.text)) for page in pages)
