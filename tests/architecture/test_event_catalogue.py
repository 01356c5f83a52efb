"""Events last for ever: every tag, field, type and stored word is frozen here, with one stored sample of each event."""

import enum
import json
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import msgspec
import pytest
from eventsourcing.persistence import StoredEvent

from application.ledger import EVENT_TYPES, TOPIC, EventMapper, StreamEvent, UnknownTopic, place_of
from application.ports import Seal
from domain.details import LocatorRecorded
from domain.record import Event
from interfaces.storage.keyring import KeyRing
from interfaces.storage.keystore import KeyStore

SAMPLES = Path(__file__).with_name("event_samples.jsonl").read_bytes().splitlines()
CARRIED = {"by": "Actor", "recorded": "datetime", "command": "str"}

# A field that may be left out has a question mark. An added field has a default; a changed shape gets a new tag and an
# upcaster from the old; a changed meaning is a new event. Nothing is ever taken out of these lists.
EVENTS = """
case.opened
    lead: str
details.young_person_named
    name: str
    date_of_birth: str
details.recorded
    details: dict[str, str | Blank]
    justification: str
    reason?: str
details.locator_recorded
    item: str
    value: str | Blank
    justification: str
    reason?: str
details.carer_recorded
    carer: Carer
    justification: str
justification.given
    justification: str
    purpose: str
    duty_of_confidentiality: bool
    basis: Basis
    facts: str
    proportionality: str
    ground?: Ground | None
    consent?: str
    child_told?: str
    standing?: bool
    recipients?: tuple[str, ...]
consent.recorded
    consent: str
    given_by: str
    decision: ConsentDecision
    scope: Scope
    method: str
    understanding?: str
    expires?: datetime | None
consent.withdrawn
    consent: str
    reason: str
team.joined
    person: str
    reason: str
team.interest_declared
    about: str
concern.recorded
    concern: str
    justification: str
    content: Concern
    places?: tuple[Place, ...]
    vehicles?: tuple[Vehicle, ...]
    onward_sharing?: Onward
concern.corrected
    concern: str
    justification: str
    content: Concern
    reason: str
    places?: tuple[Place, ...]
    vehicles?: tuple[Vehicle, ...]
concern.retracted
    concern: str
    justification: str
    reason: str
concern.disagreement_recorded
    concern: str
    justification: str
    reason: str
person_of_concern.recorded
    person: str
    justification: str
    content: PersonOfConcern
    onward_sharing?: Onward
plan.recorded
    plan: str
    justification: str
    for_agency: str
    text: str
assessment.started
    justification: str
    ticks: dict[str, tuple[str, ...]]
    instrument: str
    ticks_other?: dict[str, str]
assessment.answered
    justification: str
    answers?: tuple[Answer, ...]
    blanks?: tuple[BlankAnswer, ...]
assessment.ended
    justification: str
risk.proposed
    agreement: str
    justification: str
    category: int
    rationale: str
    downgrade_reason?: str
risk.agreed
    agreement: str
    justification: str
    as_role: Role
    required?: tuple[RequiredAction, ...]
risk.dissented
    agreement: str
    justification: str
    as_role: Role
    level: int
    reason: str
action.dated
    agreement: str
    justification: str
    action: str
    due: date
    who?: str
action.outcome_recorded
    agreement: str
    justification: str
    action: str
    done: bool
    on: date
    outcome: str
request.made
    request: str
    of: str
    wanted: str
    purpose: str
    about?: About | None
sharing.shared
    decision: str
    justification: str
    outcome: Outcome
    recipient: str
    persons: tuple[str, ...]
    items: tuple[SharedItem, ...]
    expires?: datetime | None
    continuing?: bool
    review_by?: date | None
    answers_request?: str
    reason?: str
    note?: str
sharing.refused
    decision: str
    justification: str
    recipient: str
    persons: tuple[str, ...]
    reason: str
    answers_request?: str
    note?: str
sharing.withdrawn
    decision: str
    reason: str
sharing.onward_agreed
    items: tuple[str, ...]
    to: str
    terms?: str
referral.made
    referral: str
    justification: str
    to: str
    summary: str
    carers_informed: Told
    before_agreement: bool
    carers_informed_why?: str
referral.acknowledged
    referral: str
    decision: str
referral.concluded
    referral: str
    outcome: str
referral.escalated
    referral: str
    reason: str
review.opened
    review: str
    reviewer: str
    kind: str
    from_day: date
    until: date
    agencies: tuple[str, ...]
    locators: bool
    questions: str
seal.placed
    contact: str
    telephone: str
    people: tuple[str, ...]
    reason: str
seal.lifted
    reason: str
access.duty_opened
    access: str
    reason: str
    until: datetime
access.emergency_opened
    access: str
    reason: str
    until: datetime
access.reviewed
    access: str
    outcome: AccessOutcome
    note: str
case.linked
    other: str
    reason: str
case.marked_different
    other: str
    reason: str
case.unlinked
    other: str
    reason: str
disclosure.shown
    what: str
    items: tuple[ShownItem, ...]
    edition: str
    as_at?: datetime | None
    reason?: str
disclosure.exported
    what: str
    recipient: str
    items: tuple[ShownItem, ...]
    edition: str
    digest: str
    referral?: str
disclosure.correction_told
    item: str
    agency: str
    how: str
agency.search_made
    terms: About
    reason: str
    matched: int
agency.list_shown
    what: str
    entries: tuple[tuple[str, tuple[ShownItem, ...]], ...]
agency.look_refused
    what: str
    case: str
    sealed?: bool
agency.emergency_asked
    about: About
    reason: str
    case?: str
agency.request_received
    request: str
    of: str
    wanted: str
    purpose: str
    about: About
agency.request_placed
    request: str
    case: str
placing.claimed
    case: str
directory.agency_registered
    agency: str
    name: str
    kind: AgencyKind
    lead?: bool
directory.person_registered
    person: str
    name: str
    agency: str
    job?: str
directory.role_given
    person: str
    role: Role
    starts?: datetime | None
    ends?: datetime | None
    to_confirm?: bool
directory.role_ended
    person: str
    role: Role
duty.assigned
    duty: str
    person: str
    starts: datetime
    until: datetime
duty.ended
    duty: str
    person: str
directory.membership_ended
    person: str
account.invited
    person: str
    to_confirm?: bool
account.reset_started
    person: str
account.disabled
    person: str
account.enabled
    person: str
account.confirmed
    person: str
    roles?: tuple[Role, ...]
account.enrolled
    person: str
account.link_sent
    person: str
    how: str
account.address_told
    person: str
    sent: bool
sign_in.succeeded
    person: str
    method: str
    browser: str
sign_in.refused
    person: str
    why: str
    browser: str
agency_sign_in.refused
    person: str
    agency: str
    why: str
    browser: str
session.ended
    person: str
    why: str
    sessions?: int
password.changed
    person: str
second_factor.added
    person: str
    kind: str
    name?: str
second_factor.removed
    person: str
    kind: str
    name?: str
recovery_code.made
    person: str
recovery_code.used
    person: str
    left: int
destruction.hold_lifted
    case: str
    reason: str
    basis: str
destruction.hold_placed
    case: str
    reason: str
destruction.proposed
    case: str
    proposal: str
    asked: str
    reason: str
    basis: str
destruction.agreed
    case: str
    proposal: str
    due: datetime
destruction.stopped
    case: str
    proposal: str
    reason: str
destruction.carried_out
    case: str
    proposal: str
"""

PARTS = """
Actor
    person: str
    role: Role
    agency: str
Blank
    blank: BlankReason
Carer
    id: str
    name: str
    relationship: str
    parental_responsibility?: bool | None
    safe_to_inform: Told
    why?: str
Scope
    to: tuple[str, ...]
    about: str
Concern
    occurred: Occurred
    basis: tuple[str, ...]
    heading: str
    headline: str
    narrative: str
    nature: Nature
    basis_other?: str
    source?: str
    response?: str
    child_voice?: str
    sensitive?: str
    significant?: bool
    reported?: str
Occurred
    start?: str
    until?: str
    precision?: Precision
Place
    id: str
    kind: PlaceKind
    description: str
Vehicle
    id: str
    description: str
PersonOfConcern
    kind: PersonKind
    name?: str
    age?: int | None
    age_basis?: AgeBasis | None
    ethnicity?: str
    ethnicity_view?: str
    vehicle?: str
    description?: str
    perpetrator_type?: tuple[str, ...]
Answer
    question: int
    option: int
    alternative?: int | None
    evidence?: str
    note?: str
BlankAnswer
    question: int
    reason: BlankReason
    whom?: str
RequiredAction
    key: str
    text: str
About
    name?: str
    date_of_birth?: str
SharedItem
    item: str
    showing?: Showing
ShownItem
    item: str
    version: int
    showing: Showing
    rule: str
"""

WORDS = """
Role: practitioner team_manager cse_prevention_manager partnership_manager reviewer auditor administrator
BlankReason: not_known not_asked ask_other_worker not_appropriate_to_ask
Told: yes no not_yet
Basis: consent public_interest no_duty_owed none
Ground: significant_harm_to_child serious_harm_to_adult sufficient_force decide_on_further_sharing
ConsentDecision: given refused
Precision: minute day month about unknown
Nature: fact opinion
PlaceKind: address hotspot
Onward: lead_decides ask_originator
PersonKind: alleged_perpetrator associate
AgeBasis: actual estimate
Outcome: share share_in_part refuse
Showing: full coarse ask_holder withheld
AgencyKind: childrens_social_care police health education voluntary partnership
AccessOutcome: appropriate to_be_followed_up
"""


def tabled(text: str) -> dict[str, dict[str, str]]:
    """A table as typed: a name at the margin, below it `field: type`."""
    table: dict[str, dict[str, str]] = {}
    for line in filter(None, text.split("\n")):
        if not line.startswith(" "):
            table[line] = {}
        else:
            field, kind = line.strip().split(": ", 1)
            table[list(table)[-1]][field] = kind
    return table


FROZEN = tabled(EVENTS)
FROZEN_PARTS = tabled(PARTS)


def in_words(kind: Any) -> str:
    """A type as the tables write it."""
    of, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind is type(None):
        return "None"
    if of is typing.Annotated:
        return in_words(inner[0])
    if of in (types.UnionType, typing.Union):
        return " | ".join(in_words(one) for one in inner)
    if of is not None:
        return f"{of.__name__}[{', '.join('...' if one is Ellipsis else in_words(one) for one in inner)}]"
    return cast(str, kind.__name__)


def fields(kind: type[msgspec.Struct]) -> dict[str, str]:
    return {
        f"{field.encode_name}{'' if field.required else '?'}": in_words(field.type)
        for field in msgspec.structs.fields(kind)
    }


def parts_of(kinds: tuple[Any, ...]) -> dict[str, Any]:
    """Every struct and list of words that these are made of, by name."""
    found: dict[str, Any] = {}
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        if typing.get_args(kind):
            waiting += typing.get_args(kind)
        elif isinstance(kind, type) and issubclass(kind, msgspec.Struct | enum.Enum) and kind.__name__ not in found:
            found[kind.__name__] = kind
            if issubclass(kind, msgspec.Struct):
                waiting += [field.type for field in msgspec.structs.fields(kind)]
    return found


def tag_of(kind: type[Event]) -> str:
    return cast(str, kind.__struct_config__.tag)


ALL_PARTS = parts_of(EVENT_TYPES)
STRUCTS = {name: kind for name, kind in ALL_PARTS.items() if issubclass(kind, msgspec.Struct)}
ENUMS = {name: kind for name, kind in ALL_PARTS.items() if issubclass(kind, enum.Enum)}


class Row:
    """A row of the store, sealed with a key of its own: what it says is written into it and read out of it."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal
        self._mapper = EventMapper(seal)

    def decoded(self, plain: bytes, topic: str = TOPIC) -> Event:
        """What the ledger makes of a row that holds this."""
        state = self._seal.close("hub", place_of(UUID(int=1), 1), plain)
        row = StoredEvent(originator_id=UUID(int=1), originator_version=1, topic=topic, state=state)
        return cast(StreamEvent, self._mapper.to_domain_event(row)).event

    def encoded(self, event: Event) -> bytes:
        """What the row holds once the seal is off and, for a locator, the value's own seal too."""
        row = self._mapper.to_stored_event(cast(Any, StreamEvent(UUID(int=1), 1, event, "hub")))
        plain = self._seal.open(place_of(UUID(int=1), 1), row.state).rstrip(b" ")
        if not isinstance(event, LocatorRecorded):
            return plain
        opened: Any = self._mapper.locator_in(row)
        return msgspec.json.encode(msgspec.structs.replace(self.decoded(plain), value=opened))


@pytest.fixture(scope="module")
def row(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Row]:
    store = KeyStore(tmp_path_factory.mktemp("keys") / "keys.sqlite")
    yield Row(KeyRing(b"s" * 16, store, {1: b"m" * 32}))
    store.close()


def test_no_tag_is_new_changed_or_gone():
    """One registry maps tags to types; nothing is ever deleted from it."""
    assert sorted(FROZEN) == sorted(tag_of(kind) for kind in EVENT_TYPES)


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=tag_of)
def test_an_events_fields_stay_as_they_are(kind):
    """Who, when and by which command in every event; then its own fields, names and types."""
    assert CARRIED | FROZEN[tag_of(kind)] == fields(kind)


def test_no_part_of_an_event_is_new_or_gone():
    """The values inside events last as long."""
    assert sorted(FROZEN_PARTS) == sorted(set(STRUCTS) - {kind.__name__ for kind in EVENT_TYPES})


@pytest.mark.parametrize("name", FROZEN_PARTS)
def test_the_parts_of_events_stay_as_they_are(name):
    """A field taken out or changed here makes stored events unreadable."""
    assert FROZEN_PARTS[name] == fields(STRUCTS[name])


@pytest.mark.parametrize("name", [line.split(": ")[0] for line in WORDS.split("\n") if line])
def test_no_stored_word_is_changed_or_gone(name):
    """Words may be added; what was stored stays readable."""
    (frozen,) = [line.split(": ")[1].split() for line in WORDS.split("\n") if line.startswith(f"{name}: ")]

    assert set() == set(frozen) - {word.value for word in ENUMS[name]}


def test_every_list_of_words_is_frozen():
    """No stored word is left out."""
    assert sorted(line.split(": ")[0] for line in WORDS.split("\n") if line) == sorted(ENUMS)


def test_there_is_a_sample_of_every_event():
    """Old samples of each are kept and decoded."""
    assert {json.loads(sample)["event"] for sample in SAMPLES} >= set(FROZEN)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: json.loads(sample)["event"])
def test_a_stored_event_is_read_and_written_the_same_for_ever(row, sample):
    """Byte for byte what was stored."""
    assert sample == row.encoded(row.decoded(sample))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: json.loads(sample)["event"])
def test_a_field_nobody_knows_is_refused(row, sample):
    """In the event itself or in any value within it."""
    for damaged in with_a_stray_field(json.loads(sample)):
        with pytest.raises(msgspec.ValidationError):
            row.decoded(json.dumps(damaged).encode())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: json.loads(sample)["event"])
def test_a_field_that_is_missing_is_refused(row, sample):
    """Every field that has no default."""
    content = json.loads(sample)
    required = [name for name in CARRIED | FROZEN[content["event"]] if not name.endswith("?")]
    for name in required:
        with pytest.raises(msgspec.ValidationError):
            row.decoded(json.dumps({key: value for key, value in content.items() if key != name}).encode())


@pytest.mark.parametrize("tag", ["domain.concerns.ConcernRecorded", "concern.rewritten", ""])
def test_a_tag_nobody_knows_is_refused(row, tag):
    """Nothing is imported because a row names it."""
    content = json.loads(SAMPLES[0]) | {"event": tag}

    with pytest.raises(msgspec.ValidationError):
        row.decoded(json.dumps(content).encode())


def test_a_topic_nobody_knows_is_refused(row):
    """Topics in rows are looked up, never imported."""
    with pytest.raises(UnknownTopic):
        row.decoded(SAMPLES[0], "os:system")


OPEN_KEYED = {"details", "ticks", "ticks_other"}


def with_a_stray_field(content: Any) -> list[Any]:
    """`content` once with a stray field in each object in it; where keys are data, there are none to stray."""
    if isinstance(content, list):
        return [[*content[:n], one, *content[n + 1 :]] for n, item in enumerate(content)
                for one in with_a_stray_field(item)]  # fmt: skip
    if not isinstance(content, dict):
        return []
    inner = [
        content | {name: one}
        for name, value in content.items() if name not in OPEN_KEYED for one in with_a_stray_field(value)
    ]  # fmt: skip
    return [content | {"stray": 1}, *inner]
