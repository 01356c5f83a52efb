"""When the store does not answer: what was stored is found and answered as done, what was not is tried once more."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from eventsourcing.persistence import OperationalError, StoredEvent

from application.access import look
from application.commands.acts import act
from application.commands.asking import ask_about, place_request
from application.commands.opening import open_case
from application.commands.reviewing import open_review_of
from application.hub import Hub
from application.ledger import Ledger, agency_stream, disclosures_stream
from application.queries.caseload import caseload
from application.queries.searching import search
from domain.agency import RequestReceived, SearchMade
from domain.disclosures import CaseShown
from domain.errors import NotRecorded, OutcomeUnknown, SafeguardingError
from domain.plans import PlanRecorded
from interfaces.bootstrap import build_hub
from interfaces.demo.replay import ScenarioClock
from interfaces.storage.sqlite import HubSQLiteFactory, HubSQLiteRecorder
from interfaces.web.app import create_app
from interfaces.web.errors import answer, status_of
from tests.builders import (
    MORNING,
    a_case,
    a_justification,
    a_partnership,
    a_worker_of_the_lead,
    concern_data,
    settings_in,
)
from tests.interfaces.web.browsing import form_on, person

STORED, LOST = "stored, and the answer lost", "not stored"


class SilentRecorder(HubSQLiteRecorder):
    """The store with a line to it that breaks: after a commit, or before anything arrived."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.breaks: list[str] = []
        self.asked = 0

    def insert_events(self, stored_events: Any, **more: Any) -> Any:
        self.asked += 1
        broken = self.breaks.pop(0) if self.breaks else ""
        if broken == LOST:
            raise OperationalError("server closed the connection unexpectedly")
        numbers = super().insert_events(stored_events, **more)
        if broken == STORED:
            raise OperationalError("server closed the connection unexpectedly")
        return numbers


class SilentFactory(HubSQLiteFactory):
    application_recorder_class = SilentRecorder


class Shaky(NamedTuple):
    """A hub on a line that breaks when told to, and beside it one that reads what is really there."""

    hub: Hub
    line: SilentRecorder
    beside: Hub
    case: UUID
    folder: Path

    def count(self) -> int:
        return self.beside.ledger.count()


@pytest.fixture
def shaky(tmp_path: Path) -> Iterator[Shaky]:
    settings = settings_in(tmp_path)
    beside = a_partnership(build_hub(settings, ScenarioClock(MORNING)))
    case = a_case(beside)
    a_worker_of_the_lead(beside, case)
    env = {
        "PERSISTENCE_MODULE": "tests.application.test_outcomes:SilentFactory",
        "SQLITE_DBNAME": settings.events.as_uri(),
        "CREATE_TABLE": "y",
    }
    ledger = Ledger(beside.ledger.seal, env=env)
    hub = Hub(ledger, beside.rows, beside.blind, beside.clock, beside.proofs, beside.cooling, drafts=beside.drafts)
    line: Any = ledger.recorder
    assert type(line).__name__ == "SilentRecorder"
    yield Shaky(hub, line, beside, case, tmp_path)
    ledger.close()
    beside.close()


HER = {"name": "Maya Ellison", "date_of_birth": "2010-05-14"}
NEW = {"name": "Orla Finch", "date_of_birth": "2011-03-09"}
ASKED = {"id": "Q1", "of": "csc", "wanted": "w", "purpose": "p"}
REVIEW = {"id": "V1", "reviewer": "jo", "kind": "audit", "from": "2026-01-01", "until": "2026-02-01",
          "agencies": ["csc"], "questions": "q"}  # fmt: skip

DOINGS: dict[str, Callable[[Hub, UUID], Any]] = {
    "recording": lambda hub, case: act(hub, "ben", case, "record_concern", concern_data("C1"), command_id="sent-once"),
    "joining": lambda hub, case: act(
        hub, "ada", case, "join_team", {"person": "ada", "reason": "r"}, command_id="sent-once"
    ),
    "several events": lambda hub, case: act(
        hub, "ben", case, "record_details",
        {"justification": "J1", "child": {"gender": "Female", "address": "4 Larch Rise", "postcode": "ZX9 4QT"}},
        command_id="sent-once",
    ),
    "opening": lambda hub, case: open_case(
        hub, "sam", {"justification": a_justification("J9"), "child": NEW}, command_id="sent-once"
    ),
    "opening without a naming": lambda hub, case: open_case(
        hub, "sam", {"justification": a_justification("J9"), "child": {"name": "Orla"}}, command_id="sent-once"
    ),
    "coming into a case": lambda hub, case: open_case(
        hub, "sam", {"justification": a_justification("J9"), "child": HER}, command_id="sent-once"
    ),
    "asking": lambda hub, case: ask_about(hub, "sam", HER, ASKED, command_id="sent-once"),
    "opening a review": lambda hub, case: open_review_of(hub, "pat", HER, REVIEW, command_id="sent-once"),
}  # fmt: skip
"""Acts that write once, each under one command id."""


def added(shaky: Shaky, doing: Callable[[Hub, UUID], Any], hub: Hub | None = None) -> int:
    """How many events the doing leaves on record."""
    before = shaky.count()
    doing(hub or shaky.hub, shaky.case)
    return shaky.count() - before


@pytest.fixture(params=DOINGS)
def doing(request: pytest.FixtureRequest) -> Callable[[Hub, UUID], Any]:
    return DOINGS[request.param]


def of_command(shaky: Shaky) -> list[Any]:
    """Every event made by the command, wherever it stands."""
    found = []
    for _, stream, version, owner in shaky.beside.ledger.follow(0, 100_000):
        rows = shaky.beside.ledger.recorder.select_events(stream, gt=version - 1, lte=version)
        events = [shaky.beside.ledger.opened(row) for row in rows]
        found += [event for event in events if event.command.startswith("sent-once") and owner]
    return found


def test_what_was_stored_is_answered_as_done(doing: Callable[[Hub, UUID], Any], shaky: Shaky) -> None:
    """Finding E4: the connection broke after the commit; it is looked up by the command id, and has one effect."""
    shaky.line.breaks = [STORED]
    first = added(shaky, doing)
    again = added(shaky, doing)

    assert [] == shaky.line.breaks
    assert 0 < first == len(of_command(shaky))
    assert 0 == again


def test_what_was_not_stored_is_tried_once_more(doing: Callable[[Hub, UUID], Any], shaky: Shaky) -> None:
    """A line that breaks once costs nobody anything."""
    shaky.line.breaks = [LOST]
    first = added(shaky, doing)

    assert [] == shaky.line.breaks
    assert 2 == shaky.line.asked
    assert 0 < first == len(of_command(shaky))
    assert 0 == added(shaky, doing)


def test_a_line_that_stays_broken_is_said_to_be(doing: Callable[[Hub, UUID], Any], shaky: Shaky) -> None:
    """One try more and no further; nothing is stored, nothing is claimed; sent again later it has its effect, once."""
    shaky.line.breaks = [LOST] * 5
    before = shaky.count()
    with pytest.raises(OutcomeUnknown, match="Send it again") as unknown:
        doing(shaky.hub, shaky.case)

    assert "telephone the lead agency" in unknown.value.message
    assert before == shaky.count()
    assert 2 == shaky.line.asked
    assert [] == of_command(shaky)

    shaky.line.breaks = []

    assert 0 < added(shaky, doing) == len(of_command(shaky))
    assert 0 == added(shaky, doing)


def test_stored_at_the_second_try_or_not_it_is_never_there_twice(
    doing: Callable[[Hub, UUID], Any], shaky: Shaky
) -> None:
    """The person is told that it is not known, sends it again, and it is there once."""
    shaky.line.breaks = [LOST, STORED]
    with pytest.raises(OutcomeUnknown):
        doing(shaky.hub, shaky.case)
    stored = len(of_command(shaky))
    again = added(shaky, doing)

    assert 0 < stored == len(of_command(shaky))
    assert 0 == again


def test_what_was_stored_is_on_the_lists_at_once(shaky: Shaky) -> None:
    """One's own act shows, though its answer was lost."""
    shaky.line.breaks = [STORED]
    DOINGS["joining"](shaky.hub, shaky.case)

    assert [shaky.case] == [entry.case for entry in caseload(shaky.beside, "ada").entries]


def test_somebody_elses_entry_in_the_place_is_not_taken_for_ones_own(shaky: Shaky) -> None:
    """The line broke before the commit, and another was first: both entries are there, each once."""

    class Meanwhile(list[str]):
        """Somebody else records just when the line breaks."""

        def pop(self, *_: Any) -> str:  # type: ignore[override]
            broken = super().pop(0)
            act(shaky.beside, "priya", shaky.case, "record_concern", concern_data("C2", justification="JL"),
                command_id="from-priya")  # fmt: skip
            return broken

    shaky.line.breaks = Meanwhile([LOST])
    DOINGS["recording"](shaky.hub, shaky.case)
    concerns = [item for item in shaky.beside.case(shaky.case).case.items if item.startswith("concern:")]

    assert ["concern:C1", "concern:C2"] == sorted(concerns)
    assert 1 == len(of_command(shaky))


# ---------------------------------------------------------------- looks and lists


def shown(shaky: Shaky) -> list[CaseShown]:
    stream = disclosures_stream(shaky.case)
    return [event for event in shaky.beside.ledger.read(stream) if isinstance(event, CaseShown)]


def test_a_look_that_is_on_record_is_answered(shaky: Shaky) -> None:
    """Stored, and the answer lost: it is found, the case is shown, and the look is on record once."""
    before = len(shown(shaky))
    shaky.line.breaks = [STORED]
    view = look(shaky.hub, "ben", shaky.case, "case")

    assert "Maya Ellison" == view.name
    assert before + 1 == len(shown(shaky))


def test_a_look_that_is_not_on_record_shows_nothing(shaky: Shaky) -> None:
    """Where it cannot be made sure that the look is recorded, the answer is the telephone."""
    before = shaky.count()
    shaky.line.breaks = [LOST]
    with pytest.raises(NotRecorded, match="Telephone the lead agency"):
        look(shaky.hub, "ben", shaky.case, "case")

    assert before == shaky.count()


@pytest.mark.parametrize("broken", [STORED, LOST])
def test_a_search_is_answered_only_when_it_is_on_record(broken: str, shaky: Shaky) -> None:
    """As a look; never twice on record."""
    before = searches(shaky)
    shaky.line.breaks = [broken]
    if broken == STORED:
        assert 1 == len(search(shaky.hub, "ben", {"name": "Maya"}, "a reason").found)
    else:
        with pytest.raises(NotRecorded):
            search(shaky.hub, "ben", {"name": "Maya"}, "a reason")

    assert before + (broken == STORED) == searches(shaky)


def searches(shaky: Shaky) -> int:
    return sum(isinstance(event, SearchMade) for event in shaky.beside.ledger.read(agency_stream("school")))


# ---------------------------------------------------------------- acts that write more than once


@pytest.mark.parametrize(
    "breaks", [[STORED], ["", STORED], [STORED, STORED], [LOST], ["", LOST], [STORED, LOST]], ids=str
)
def test_a_request_that_waits_to_be_placed_stands_once_in_each_stream(breaks: list[str], shaky: Shaky) -> None:
    """In the lead's and in one's own agency's; whatever was lost, sent again it is whole."""
    shaky.line.breaks = list(breaks)

    def ask() -> None:
        ask_about(shaky.hub, "sam", {"name": "Nobody Known"}, ASKED, command_id="sent-once")

    if LOST in breaks:
        with pytest.raises(SafeguardingError) as refused:
            ask()
        assert 503 == status_of(refused.value)
        shaky.line.breaks = []
    ask()
    ask()

    assert [1, 1] == [received(shaky, agency) for agency in ("csc", "police")]


def received(shaky: Shaky, agency: str) -> int:
    return sum(isinstance(event, RequestReceived) for event in shaky.beside.ledger.read(agency_stream(agency)))


@pytest.mark.parametrize("breaks", [[STORED], [LOST], [LOST, STORED], [LOST, LOST]], ids=str)
def test_a_request_is_placed_once(breaks: list[str], shaky: Shaky) -> None:
    """The request in the case and the mark that it was placed: in one write, once."""
    ask_about(shaky.beside, "sam", {"name": "Nobody Known"}, ASKED, command_id="asked-before")
    shaky.line.breaks = list(breaks)

    def place() -> None:
        place_request(shaky.hub, "priya", "Q1", shaky.case, command_id="placed-once")

    if len(breaks) == 2:
        with pytest.raises(OutcomeUnknown):
            place()
    place()
    place()

    assert ["Q1"] == list(shaky.beside.case(shaky.case).case.requests)
    assert {} == shaky.beside.unplaced("csc").requests
    commands = [event.command for event in shaky.beside.ledger.read(agency_stream("csc"))]
    assert 1 == commands.count("placed-once")


# ---------------------------------------------------------------- the page


def test_the_page_says_to_send_it_again(shaky: Shaky) -> None:
    """503, and what to do: the number of the form makes sure that it is not there twice."""
    settings = settings_in(shaky.folder)
    app = create_app(shaky.hub, settings)
    with app.test_request_context("/"):
        said = answer(OutcomeUnknown())

    assert 503 == said.status_code
    assert "Send it again" in said.get_data(as_text=True)


@pytest.mark.parametrize("breaks", [[LOST, LOST], [LOST, STORED]], ids=str)
def test_a_form_whose_outcome_is_not_known_is_sent_again_from_the_page_itself(
    breaks: list[str], shaky: Shaky
) -> None:
    """The page keeps all that was typed, with its number, says that sending again does no harm, and whom to call."""
    app = create_app(shaky.hub, replace(settings_in(shaky.folder), demo_stands_at=MORNING))
    ben, address = person(app.test_client(), "ben"), f"/cases/{shaky.case}/plans/new"
    form = form_on(ben.opens(address))
    typed = form.filled({"justification": "J1", "for": "school", "text": "She may sit\nin the library."})
    shaky.line.breaks = list(breaks)
    unknown = ben.client.post(address, data=typed)
    again = form_on(unknown)
    sent = [ben.client.post(again.action, data=again.values) for _ in range(2)]
    plans = [one for one in shaky.beside.case_events(shaky.case) if isinstance(one, PlanRecorded)]

    assert 503 == unknown.status_code
    assert [] == [one for one in ("It is not known whether", "does no harm", "telephone") if one not in unknown.text]
    assert {**typed, "csrf_token": []} == {**again.values, "csrf_token": []}
    assert [303, 303] == [answer.status_code for answer in sent]
    assert ["She may sit\nin the library."] == [plan.text for plan in plans]


def test_what_came_without_its_token_is_not_offered_to_be_sent_again(shaky: Shaky) -> None:
    """Nobody sends on by one button what another site made up."""
    app = create_app(shaky.hub, replace(settings_in(shaky.folder), demo_stands_at=MORNING))
    given = {"draft": "yes", "command_id": "made-up-elsewhere", "text": "Not ours."}
    with app.test_request_context("/", method="POST", data=given):
        said = answer(OutcomeUnknown()).get_data(as_text=True)

    assert "Not ours." not in said


def test_the_store_is_really_written_to(shaky: Shaky) -> None:
    """The broken line is no stand-in: what it stores, another process reads."""
    event = StoredEvent(UUID(int=7), 1, "hub.event.1", b"state")
    shaky.line.breaks = [STORED]
    with pytest.raises(OperationalError):
        shaky.line.insert_events([event])

    assert [event] == list(shaky.beside.ledger.recorder.select_events(UUID(int=7)))
