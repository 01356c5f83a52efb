"""Ids of every kind that somebody really has, tried by everybody: let in are those of the table, and to the others a
real id is as good as one that was never given.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event as sql_events
from werkzeug.test import TestResponse

from application.hub import Hub
from application.queries.my_drafts import my_drafts
from interfaces.bootstrap import build_door, build_hub
from interfaces.demo.replay import ScenarioClock
from interfaces.settings import Settings
from interfaces.signing_in.door import Door
from interfaces.web.app import create_app
from tests.application.test_answers_alike import Statements
from tests.browser.asking import NO_FILE, NO_ID, Askers, without_numbers
from tests.browser.pages_table import PEOPLE, rows
from tests.builders import Replayed, a_command_id
from tests.furnished import Ids, furnish
from tests.signing_in import MachineClock

ROWS = """
# kept in the case, for its parties: files handed over, shares, who came in, levels of risk
#                                              pri len tom rut kim sam mo  hug dan hel ben ash pat jo  lee ale -
GET  {case}/exports/{export}/receipt           404 404 404 404 404 404 404 404 404 404 200 404 404 404 404 404 401
GET  {case}/shares/{share}/made                200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 401
GET  {case}/shares/{share}/withdraw            200 404 200 200 200 404 404 404 404 404 404 404 403 403 403 403 401
POST {case}/shares/{share}/undo                303 404 404 404 404 404 404 404 404 404 404 404 403 403 403 403 401
GET  {case}/decisions/{share}/receipt          200 404 200 200 200 404 404 404 404 200 404 404 404 404 404 404 401
GET  {case}/ways-in/{way_in}/review            403 403 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
POST {case}/ways-in/{way_in}/review            403 403 422 422 422 403 403 403 403 403 403 403 403 403 403 403 401
GET  {case}/risk/{proposal}                    403 403 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
POST {case}/risk/{proposal}                    403 403 422 422 422 403 403 403 403 403 403 403 403 403 403 403 401

# other cases: Asha's, whose agency opened them, and those of the lead's managers; how they may end
#                                              pri len tom rut kim sam mo  hug dan hel ben ash pat jo  lee ale -
GET  /cases/{other}                            404 404 200 200 200 404 404 404 404 404 404 200 404 404 404 404 401
GET  /api/cases/{other}                        404 404 200 200 200 404 404 404 404 404 404 200 404 404 404 404 401
GET  {case}/links/{other}                      403 403 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
POST {case}/links/{other}                      403 403 422 422 422 403 403 403 403 403 403 403 403 403 403 403 401
GET  /cases/{lifted}/destruction/propose       403 403 200 200 200 403 404 403 403 403 403 403 404 403 403 403 401
GET  /cases/{proposed}/destruction/agree       403 403 303 303 303 403 200 403 403 403 403 403 404 403 403 403 401
GET  /cases/{agreed}/destruction/stop          403 403 200 200 200 403 200 403 403 403 403 403 404 403 403 403 401
POST /cases/{agreed}/destruction/stop          403 403 422 422 422 403 422 403 403 403 403 403 404 403 403 403 401

# beside the cases: what waits for the lead, shifts (ended once), people, what one signs in with, and an invitation,
# which is whoever's who holds it
#                                              pri len tom rut kim sam mo  hug dan hel ben ash pat jo  lee ale -
GET  /requests-to-place/{waiting}              200 200 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
POST /requests-to-place/{waiting}              422 422 422 422 422 403 403 403 403 403 403 403 403 403 403 403 401
POST /duty/{shift}/end                         403 403 303 409 409 403 404 403 403 403 403 403 403 403 403 403 401
GET  /people/{person}                          403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 200 401
GET  /people/{person}/roles/give               403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 200 401
GET  /people/{person}/disable_account          403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 200 401
GET  /people/{person}/invite                   403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 200 401
POST /people/{person}/roles/end                403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 422 401
GET  /account/passkeys/{passkey}/remove        200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 401
GET  /enrol/{invitation}                       200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST /enrol/{invitation}                       303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
"""
REAL = rows(ROWS)
NO_MANAGERS = ("priya", "sam", "helen", "alex")
UNKNOWN = {
    "export": NO_FILE, "person": NO_FILE, "passkey": NO_FILE, "invitation": NO_FILE, "waiting": "Q71", "shift": "D71",
    "share": "S71", "proposal": "A71", "way_in": "0" * 12, "other": NO_ID, "lifted": NO_ID, "proposed": NO_ID,
    "agreed": NO_ID,
}  # fmt: skip
"""An id of the same shape that was never given."""


NOT_LET_IN = (403, 404)
CASES = ("other", "lifted", "proposed", "agreed")
ASKED_ALIKE = ("lena", "sam", "mo", "hugo", "helen", "asha", "pat", "jo", "alex")
"""Whoever is refused a real id and asks for one never given: of each sort of people."""
NO_IDS = ("case_id", "name", "number", "action")
"""Arguments of an address that are words or numbers everybody knows, or are tried by every row."""
ELSEWHERE = {
    "reading.told": "of the items and agencies that the page lists: test_the_lead_records_that_an_agency_was_told",
    "single_sign_on.start": "of the agencies, which everybody knows: test_single_sign_on.py",
    "single_sign_on.come_back": "the same",
}


@dataclass
class Knowing(Askers):
    """Everybody, who have learned the ids."""

    ids: Ids = field(default_factory=dict)

    @property
    def hub(self) -> Hub:
        hub: Hub = self.app.extensions["hub"]
        return hub

    @property
    def door(self) -> Door:
        door: Door = self.app.extensions["hub door"]
        return door

    def tries(self, who: str, method: str, path: str, ids: Ids, **more: str) -> TestResponse:
        """An address with these ids in it; a POST carries its token and its number, and no more."""
        address = path.format(case=f"/cases/{self.case}", **ids)
        client, token = self.new_client(who) if address.startswith("/enrol/") else self.client(who)
        data = {"csrf_token": token, "command_id": a_command_id(), **more}
        with client.open(address, method=method, data=data if method == "POST" else None) as answer:
            return answer


@pytest.fixture(scope="module")
def knowing(
    worked_home: Replayed, home_of: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Knowing]:
    """A hub with something of every kind in it, opened anew so that its log has come to the end."""
    stands_at = worked_home.scenario.moment(worked_home.scenario.demo_stands_at)
    settings = replace(home_of(tmp_path_factory.mktemp("knowing")), demo_stands_at=stands_at)
    clock, machine = ScenarioClock(stands_at), MachineClock()
    hub = build_hub(settings, clock)
    ids = furnish(create_app(hub, settings, build_door(hub, settings, machine)), worked_home.case)
    hub.close()
    hub = build_hub(settings, clock)
    yield Knowing(create_app(hub, settings, build_door(hub, settings, machine)), str(worked_home.case), ids=ids)
    hub.close()


@pytest.fixture(scope="module")
def asked(knowing: Knowing) -> Statements:
    """What that hub asks of its databases, that of its accounts too, once everybody has signed in and looked around."""
    for who in PEOPLE:
        for case in (knowing.case, *(knowing.ids[name] for name in CASES)):
            knowing.tries(who, "GET", f"/cases/{case}", {})
    found, accounts = Statements(knowing.hub), knowing.door.accounts._desk
    for engine in (accounts.writing, accounts.reading):
        sql_events.listen(engine, "before_cursor_execute", partial(found._of_engine, "accounts"))
    return found


def told(answer: TestResponse, ids: Ids) -> tuple[int, str, list[str]]:
    """What an answer tells but for the id that was asked for."""
    text = without_numbers(answer)
    for one in ids.values():
        text = text.replace(one, "").replace(one[:8], "")
    return answer.status_code, text, sorted(answer.headers.keys())


@pytest.mark.parametrize(("method", "path", "expected"), REAL, ids=[f"{one[0]} {one[1]}" for one in REAL])
def test_a_real_id_lets_in_whom_the_rules_let_in_and_tells_others_nothing(
    method: str, path: str, expected: dict[str, int], knowing: Knowing, asked: Statements
) -> None:
    """The allowed set equals the table, both ways; refused, it answers like an unknown one, with the same work."""
    found, differing = {}, []
    for who in PEOPLE:
        asked.seen.clear()
        answer = knowing.tries(who, method, path, knowing.ids)
        found[who], work = answer.status_code, asked.kinds()
        if found[who] in NOT_LET_IN and who in ASKED_ALIKE:
            asked.seen.clear()
            unknown = knowing.tries(who, method, path, UNKNOWN)
            alike = told(answer, knowing.ids) == told(unknown, UNKNOWN) and work == asked.kinds()
            differing += [] if alike else [who]

    assert " ".join(map(str, expected.values())) == " ".join(map(str, found.values()))
    assert [] == differing


def test_every_kind_of_id_is_tried_as_a_real_one(knowing: Knowing) -> None:
    """Of each route that takes an id there is a row, here or in `pages_table`, in which somebody has one."""
    addresses = knowing.app.url_map
    adapter = addresses.bind("127.0.0.1")
    takes = {one.endpoint for one in addresses.iter_rules() if one.arguments - {*NO_IDS, "filename"}}
    case = f"/cases/{knowing.case}"
    tried = {
        adapter.match(path.format(case=case, digest=NO_FILE, nobody=NO_ID, **knowing.ids), method)[0]
        for method, path, expected in (*REAL, *(row for row in rows() if not row[1].startswith("{static}")))
        if ({200, 303, 422} if (method, path, expected) in REAL else {200}) & set(expected.values())
    }

    assert ELSEWHERE.keys() == takes - tried


def test_another_persons_session_is_not_ended_by_its_number(knowing: Knowing, asked: Statements) -> None:
    """One's own only; another's number is as good as none."""
    answers = []
    for number in (knowing.ids["session"], "0" * 64):
        asked.seen.clear()
        answer = knowing.tries("sam", "POST", "/account/sessions/end", {}, session=number)
        knowing.client("sam")[0].get("/account")  # where it says that it has ended
        answers.append((answer.status_code, answer.location, asked.kinds()))
    before = {one.token.hex() for one in knowing.door.sessions("priya")}
    knowing.tries("priya", "POST", "/account/sessions/end", {}, session=knowing.ids["session"])

    assert answers[0] == answers[1]
    assert {knowing.ids["session"]} == before - {one.token.hex() for one in knowing.door.sessions("priya")}


def test_another_persons_draft_is_not_thrown_away_by_its_number(knowing: Knowing, asked: Statements) -> None:
    """One's own only; another's number is as good as none."""
    answers = []
    for number in (knowing.ids["draft"], "0" * 64):
        asked.seen.clear()
        answer = knowing.tries("sam", "POST", "/caseload/drafts/discard", {}, draft_of_mine=number)
        answers.append((answer.status_code, answer.location, asked.kinds()))
    before = [one.reference for one in my_drafts(knowing.hub, "priya")]
    knowing.tries("priya", "POST", "/caseload/drafts/discard", {}, draft_of_mine=knowing.ids["draft"])

    assert answers[0] == answers[1]
    assert ([knowing.ids["draft"]], ()) == (before, my_drafts(knowing.hub, "priya"))


def test_only_a_manager_of_that_agency_confirms_an_account(knowing: Knowing, asked: Statements) -> None:
    """Nia's waits for the police's manager; to others she is nobody."""
    nia = knowing.hub.blind.key("a person in an address", "nia")
    answers, work = {}, []
    for who in (*NO_MANAGERS, "tom", "pat", "mo"):
        answers[who] = knowing.tries(who, "POST", "/accounts-to-confirm", {}, person=nia).status_code
    for number in (nia, NO_FILE):
        asked.seen.clear()
        knowing.tries("tom", "POST", "/accounts-to-confirm", {}, person=number)
        work.append(asked.kinds())

    assert {**dict.fromkeys(NO_MANAGERS, 403), "tom": 404, "pat": 404, "mo": 303} == answers
    assert work[0] == work[1]
