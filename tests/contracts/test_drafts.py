"""What is typed and not sent, kept alike by both stores: its author's alone, bound to its page, gone with its case."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from application.commands.acts import act
from application.commands.drafting import LONGEST, discard_begun, discard_draft, draft_of, keep_draft
from application.hub import Hub
from application.ledger import agency_stream
from application.queries.my_drafts import my_drafts
from domain.agency import LookRefused
from domain.errors import BadInput, NotFound
from interfaces.bootstrap import running
from interfaces.demo.replay import ScenarioClock
from interfaces.storage.databases import Database, open_database
from interfaces.storage.drafts import DRAFTS, META
from tests.builders import MORNING, a_case, a_partnership, concern_data, do
from tests.contracts.conftest import Store

PAGE = "recording.concern"
TYPED = {"narrative": ["She came late, again."], "sources": ["seen", "told"], "command_id": ["a-form-of-ben"]}


@pytest.fixture
def hub(store: Store) -> Hub:
    return a_partnership(store.hub())


@pytest.fixture
def case(hub: Hub) -> UUID:
    return a_case(hub)


def table_of(store: Store) -> Database:
    given = store.settings.postgres
    database = open_database(given.writer if given else store.settings.desk, META)
    store.opened.append(database.close)
    return database


def rows(store: Store) -> list[tuple[bytes, bytes, bytes, int, bytes]]:
    with table_of(store).reading.begin() as connection:
        return [tuple(row) for row in connection.execute(select(DRAFTS).order_by(DRAFTS.c.found_by))]


def test_what_was_typed_comes_back_as_it_was(hub: Hub, store: Store, case: UUID) -> None:
    """Every box with every value, and when it was begun and last kept; also in another process."""
    keep_draft(hub, "ben", PAGE, case, TYPED)
    hub.clock.at = MORNING + timedelta(minutes=3)  # type: ignore[attr-defined]
    keep_draft(hub, "ben", PAGE, case, TYPED | {"narrative": ["She came late, and cried."]})
    found = draft_of(store.hub(MORNING + timedelta(minutes=4)), "ben", PAGE, case)
    assert found is not None

    assert TYPED | {"narrative": ["She came late, and cried."]} == found.typed
    assert (MORNING, MORNING + timedelta(minutes=3)) == (found.begun, found.kept)


def test_a_draft_is_its_author_s_alone(hub: Hub, case: UUID) -> None:
    """Neither a colleague in the case team nor anybody else gets it; another page of the author's does not either."""
    do(hub, "tom", case, "join_team", person="tom", reason="I manage this case.")
    keep_draft(hub, "ben", PAGE, case, TYPED)

    assert [None] * 3 == [draft_of(hub, who, PAGE, case) for who in ("tom", "priya", "sam")]
    assert draft_of(hub, "ben", "recording.plan", case) is None


def test_a_draft_is_not_on_record(hub: Hub, case: UUID) -> None:
    """Keeping and giving back add no entry to any stream."""
    before = hub.ledger.recorder.max_notification_id()
    keep_draft(hub, "ben", PAGE, case, TYPED)
    draft_of(hub, "ben", PAGE, case)
    discard_draft(hub, "ben", PAGE)

    assert before == hub.ledger.recorder.max_notification_id()


def test_what_is_stored_shows_nothing(hub: Hub, store: Store, case: UUID) -> None:
    """No word typed, no page, no person and no case is legible in a row."""
    keep_draft(hub, "ben", PAGE, case, TYPED)
    (found_by, author, of, _, sealed) = rows(store)[0]
    stored = found_by + author + of + sealed

    assert [] == [
        word for word in (b"late", b"ben", PAGE.encode(), case.bytes, str(case).encode()) if word in stored
    ]


def test_a_discarded_draft_is_gone(hub: Hub, store: Store, case: UUID) -> None:
    """Also from the table; discarded again it changes nothing."""
    keep_draft(hub, "ben", PAGE, case, TYPED)
    discard_draft(hub, "ben", PAGE)
    discard_draft(hub, "ben", PAGE)

    assert draft_of(hub, "ben", PAGE, case) is None
    assert [] == rows(store)


def test_a_row_put_in_another_s_place_gives_nothing(hub: Hub, store: Store, case: UUID) -> None:
    """A draft is bound to its author and page: moved to a colleague's, or made to look young, it does not open."""
    keep_draft(hub, "ben", PAGE, case, TYPED)
    keep_draft(hub, "ben", "recording.plan", case, {"text": ["A plan."]})
    (one, _, _, touched, _), (other, _, _, _, sealed) = rows(store)
    with table_of(store).writing.begin() as connection:
        connection.execute(update(DRAFTS).where(DRAFTS.c.found_by == one).values(sealed=sealed))
        connection.execute(update(DRAFTS).where(DRAFTS.c.found_by == other).values(touched=touched + 60))

    assert [None, None] == [draft_of(hub, "ben", page, case) for page in (PAGE, "recording.plan")]


def test_a_row_put_on_another_s_list_is_not_on_it(hub: Hub, store: Store, case: UUID) -> None:
    """Nobody is given a colleague's draft by a change of its row."""
    keep_draft(hub, "priya", PAGE, None, TYPED)
    (priya,) = (author for _, author, _, _, _ in rows(store))
    discard_draft(hub, "priya", PAGE)
    keep_draft(hub, "ben", PAGE, case, TYPED)
    with table_of(store).writing.begin() as connection:
        connection.execute(update(DRAFTS).values(author=priya))

    assert () == my_drafts(hub, "priya")


@pytest.mark.parametrize("who", ["asha", "alex"])
def test_who_does_not_come_to_the_case_keeps_nothing_there(who: str, hub: Hub, store: Store, case: UUID) -> None:
    """Unknown and hidden cases answer alike, and the try is on record."""
    agency = hub.person(who)[1].id
    with pytest.raises(NotFound) as hidden:
        keep_draft(hub, who, PAGE, case, TYPED)
    with pytest.raises(NotFound) as unknown:
        keep_draft(hub, who, PAGE, uuid4(), TYPED)
    refused = [event for event in hub.ledger.read(agency_stream(agency)) if isinstance(event, LookRefused)]

    assert str(hidden.value) == str(unknown.value)
    assert [] == rows(store)
    assert 2 == len(refused)


def test_without_a_case_a_draft_is_kept_under_the_agency(hub: Hub, case: UUID) -> None:
    """A page on which no case is known yet."""
    keep_draft(hub, "ben", "asking.about", None, TYPED)
    found = draft_of(hub, "ben", "asking.about", None)

    assert found is not None
    assert TYPED == found.typed


def test_what_was_done_already_is_no_draft(hub: Hub, store: Store, case: UUID) -> None:
    """A copy of a form that comes after the act, or outlived a lost answer, is thrown away."""
    keep_draft(hub, "ben", PAGE, case, TYPED | {"command_id": ["recorded-by-ben"]})
    act(hub, "ben", case, "record_concern", concern_data(), command_id="recorded-by-ben")
    outlived = draft_of(hub, "ben", PAGE, case)
    keep_draft(hub, "ben", PAGE, case, TYPED, command_id="recorded-by-ben")

    assert outlived is None
    assert [] == rows(store)


def test_its_author_alone_finds_on_a_list_what_was_begun(hub: Hub, case: UUID) -> None:
    """The last kept first, with its case; what was done or thrown away is not on it, a colleague's list is empty."""
    do(hub, "tom", case, "join_team", person="tom", reason="I manage this case.")
    keep_draft(hub, "ben", "asking.about", None, TYPED)
    hub.clock.at = MORNING + timedelta(minutes=3)  # type: ignore[attr-defined]
    keep_draft(hub, "ben", PAGE, case, TYPED)
    begun = my_drafts(hub, "ben")
    discard_begun(hub, "tom", begun[0].reference)
    discard_begun(hub, "ben", begun[1].reference)
    left = my_drafts(hub, "ben")
    act(hub, "ben", case, "record_concern", concern_data(), command_id="a-form-of-ben")

    assert [(PAGE, case, hub.now()), ("asking.about", None, MORNING)] == [(b.page, b.case, b.kept) for b in begun]
    assert () == my_drafts(hub, "tom")
    assert [PAGE] == [one.page for one in left]
    assert () == my_drafts(hub, "ben")


def test_of_a_case_one_no_longer_comes_to_the_list_names_nothing(hub: Hub, case: UUID) -> None:
    """Neither the case nor the form; it can still be thrown away."""
    keep_draft(hub, "ben", PAGE, case, TYPED)
    do(hub, "ben", case, "declare_interest", about="She is my niece.")
    (begun,) = my_drafts(hub, "ben")
    discard_begun(hub, "ben", begun.reference)

    assert ("", None) == (begun.page, begun.case)
    assert () == my_drafts(hub, "ben")


def test_destroying_a_case_destroys_its_drafts(hub: Hub, store: Store, case: UUID) -> None:
    """With the keys the rows go; drafts of other cases and pages stay."""
    keep_draft(hub, "ben", PAGE, case, TYPED)
    keep_draft(hub, "ben", "asking.about", None, TYPED)
    hub.forget(case)

    assert hub.drafts.find("ben", PAGE, hub.now()) is None
    assert 1 == len(rows(store))


@pytest.mark.parametrize("role", ["writer", "projector"])
def test_what_nobody_touches_for_a_fortnight_goes(role: str, hub: Hub, store: Store, case: UUID) -> None:
    """Kept to the last second of fourteen days; then not given back, and removed at the next start."""
    keep_draft(hub, "ben", PAGE, case, TYPED)
    fortnight = MORNING + timedelta(days=14)
    kept = draft_of(store.hub(fortnight), "ben", PAGE, case)
    late = draft_of(store.hub(fortnight + timedelta(seconds=1)), "ben", PAGE, case)
    before = len(rows(store))
    with running(store.settings, ScenarioClock(fortnight + timedelta(seconds=1)), role=role):
        after = rows(store)

    assert kept is not None
    assert late is None
    assert (1, []) == (before, after)


def test_keeping_one_removes_what_is_too_old(hub: Hub, store: Store, case: UUID) -> None:
    """A hub that runs for months needs no other broom."""
    keep_draft(hub, "ben", PAGE, case, TYPED)
    keep_draft(store.hub(MORNING + timedelta(days=15)), "ben", "recording.plan", case, TYPED)

    assert 1 == len(rows(store))


def test_what_is_longer_than_any_form_is_refused(hub: Hub, store: Store, case: UUID) -> None:
    """Nobody fills the store with what no form takes."""
    with pytest.raises(BadInput):
        keep_draft(hub, "ben", PAGE, case, {"narrative": ["x" * LONGEST]})

    assert [] == rows(store)


def test_of_more_than_fifty_the_one_left_alone_for_longest_goes(hub: Hub, store: Store) -> None:
    """Of the same person's only; a colleague's drafts stay, and so does what is kept again."""
    owner = agency_stream("school").owner
    hub.drafts.keep("priya", "a page", owner, TYPED, MORNING)
    for minute in range(52):
        hub.drafts.keep("ben", f"page {minute}", owner, TYPED, MORNING + timedelta(minutes=minute))
        hub.drafts.keep("ben", "page 0", owner, TYPED, MORNING + timedelta(minutes=minute))
    left = {draft.page for draft in hub.drafts.all_of("ben", hub.now())}

    assert {"page 0", *(f"page {minute}" for minute in range(3, 52))} == left
    assert 51 == len(rows(store))
