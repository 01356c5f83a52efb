"""Walks every exit of the web face as one person and gathers all the words that come out, files included."""

import html
import io
import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import msgspec
from flask import Flask
from flask.testing import FlaskClient

from application.hub import Hub
from application.ledger import disclosures_stream
from domain.details import LocatorRecorded
from domain.disclosures import CaseExported
from domain.record import Event

NOT_WALKED = frozenset({"static", "home.people", "people.everybody", "confirming.log"})
"""Files that hold no words of any case, and the pages that are the directory itself: to choose from, and to keep."""

NO_FILE = "0" * 64
"""The digest of a file that was never handed over."""
DIGESTS = re.compile(r'"[A-Za-z0-9+/]{43,}={0,2}"')
"""Salts, digests and proofs of receipts, in which any short word may stand by chance."""
TAGS = re.compile(r"<[^>]+>")
CHOICES = re.compile(r"<(select|fieldset|ul)\b[^>]*data-directory.*?</\1>", re.DOTALL)
SCRIPTS = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)


@dataclass
class Walk:
    """What came out, by address: the words people read, and the raw answer."""

    words: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)

    def leave_out(self, known: tuple[str, ...]) -> None:
        """Take the form's and the guidance's own words out of every answer."""
        for known_words in sorted(set(known), key=len, reverse=True):
            plain = re.sub(r"\s+", " ", known_words)
            self.words = {address: words.replace(plain, "") for address, words in self.words.items()}

    def holding(self, text: str) -> list[str]:
        return [address for address, words in self.words.items() if text in words]


def events_with_locators(hub: Hub, case: UUID) -> list[Event]:
    """The events of a case with what lies under the locators' own key opened too."""
    return [
        msgspec.structs.replace(event, value=hub.locator(case, position))
        if isinstance(event, LocatorRecorded) else event
        for position, event in enumerate(hub.case_events(case), start=1)
    ]  # fmt: skip


def signed_in(app: Flask, who: str | None) -> FlaskClient:
    client = app.test_client()
    if who is not None:
        client.set_cookie("hub", app.extensions["hub door"].begin(who, "demo", "a test").token)
    return client


def addresses(app: Flask, hub: Hub, case: UUID) -> Iterator[str]:
    """Every GET address of the face with every id the case really has, hidden ones too."""
    state, shown = hub.case(case).case, hub.ledger.read(disclosures_stream(case))
    values = {
        "case_id": [str(case)],
        "other_id": [str(case), str(UUID(int=1))],
        "item": list(state.items),
        "ref": list(state.referrals),
        "referral": list(state.referrals),
        "decision": list(state.sharing.decisions),
        "agreement": [proposal.id for proposal in state.risk.proposals],
        "concern_ref": [item.partition(":")[2] for item in state.items if item.startswith("concern:")],
        "consent_ref": list(state.consents),
        "waiting": list(state.requests),
        "action": ["strategy_meeting", "none_of_this_name"],
        "access": [way.made.access for way in state.access.ways_in],
        "agency": list(hub.directory().agencies),
        "person": [NO_FILE],
        "token": [NO_FILE],
        "name": ["disable_account"],
        "number": [str(number) for number in range(1, 12)],
        "digest": [NO_FILE, *(one.digest for one in shown if isinstance(one, CaseExported) and one.digest)],
    }
    adapter = app.url_map.bind("127.0.0.1")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in NOT_WALKED:
            continue
        combinations: list[dict[str, str]] = [{}]
        for argument in sorted(rule.arguments):
            combinations = [{**one, argument: value} for one in combinations for value in values[argument]]
        for arguments in combinations:
            yield adapter.build(rule.endpoint, arguments)


def walk(app: Flask, hub: Hub, case: UUID, who: str | None, as_at: str = "") -> Walk:
    """Get every address (looking back to `as_at` where given), make every pack, search, and read what comes out."""
    client = signed_in(app, who)
    found = Walk()
    for address in addresses(app, hub, case):
        answer = client.get(address, query_string={"as_at": as_at} if as_at else None)
        found.statuses[address] = answer.status_code
        chosen = hub.directory().agencies.get(address.partition("/shares/with/")[2].partition("/")[0])
        found.words[address] = read(answer.data, answer.mimetype).replace(chosen.name if chosen else "\0", "")
    if who is not None:
        token = csrf(client)
        data = {"csrf_token": token}
        files = [f"/cases/{case}/referrals/{ref}/pack" for ref in hub.case(case).case.referrals]
        for address in (*files, f"/cases/{case}/chronology"):
            answer = client.post(address, data=data)
            found.statuses[address] = answer.status_code
            found.words[address] = read(answer.data, answer.mimetype)
        answer = client.post("/search", data={**data, "name": "Maya", "reason": "Looking."})
        found.statuses["search"] = answer.status_code
        found.words["search"] = read(answer.data, answer.mimetype).replace("Maya", "", 2)
    return found


def csrf(client: FlaskClient) -> str:
    page = client.get("/").get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def read(data: bytes, kind: str) -> str:
    """The words of an answer: text without tags and without lists of the agency directory; zip and PDF opened."""
    if kind == "application/zip":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return "\n".join([*packed.namelist(), *(_file(name, packed.read(name)) for name in packed.namelist())])
    text = data.decode("utf-8")
    if kind == "application/json":
        text = DIGESTS.sub('""', text)
    if kind == "text/html":
        text = html.unescape(TAGS.sub(" ", CHOICES.sub(" ", SCRIPTS.sub(" ", text))))
    return re.sub(r"\s+", " ", text)


def _file(name: str, data: bytes) -> str:
    if name.endswith(".pdf"):
        shown = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True)
        return re.sub(r"\s+", " ", shown.stdout.decode("utf-8"))
    return DIGESTS.sub('""', data.decode("utf-8"))
