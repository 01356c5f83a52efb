"""What both stores keep of accounts: sealed, found by keyed hash, used once where it works once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import delete, select, update

from application.ports import SealBroken
from interfaces.bootstrap import open_desk
from interfaces.storage.accounts import (
    CREDENTIALS,
    EMAILS,
    META,
    PASSES,
    SESSIONS,
    Accounts,
    AddressTaken,
    Credential,
    MarkTaken,
    Pass,
    PassUsed,
    Session,
)
from interfaces.storage.blind import HmacIndex

from .conftest import Store

NOW = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def accounts(store: Store) -> Iterator[Accounts]:
    made = Accounts(open_desk(store.settings), store.ring(), HmacIndex(store.settings.index_key))
    yield made
    made.close()


def a_credential(number: int = 1, **more: object) -> Credential:
    given = {"person": "priya", "kind": "totp", "value": {"secret": "S"}, "made": NOW, **more}
    return Credential(id=bytes([number]) * 16, **given)


def a_session(number: int = 1, person: str = "priya") -> Session:
    return Session(token=bytes([number]) * 32, person=person, method="totp", browser="Firefox", begun=NOW, seen=NOW)


def a_pass(number: int = 1, kind: str = "link") -> Pass:
    return Pass(token=bytes([number]) * 32, person="priya", kind=kind, until=NOW + 10 * MINUTE, data={"step": 1})


def test_an_address_leads_to_one_person(accounts: Accounts):
    """An address is one account's; a person may be given another."""
    accounts.put_email("priya", "priya@example.org")
    accounts.put_email("priya", "p.new@example.org")
    with pytest.raises(AddressTaken):
        accounts.put_email("sam", "p.new@example.org")

    assert ["", "priya"] == [accounts.person_with(f"{name}@example.org") for name in ("priya", "p.new")]
    assert ("p.new@example.org", "") == (accounts.email_of("priya"), accounts.email_of("sam"))


def test_credentials_come_back_as_they_were_kept(accounts: Accounts):
    """Of a person, by kind, and by what they are found by; nobody else's."""
    given = [
        a_credential(),
        a_credential(2, kind="passkey", value={"key": "K"}, name="Work telephone", found="id-1", counter=7),
        a_credential(3, person="sam", kind="identity", found="https://idp.example|sub-1"),
    ]
    for one in given:
        accounts.add_credential(one)

    assert given[:2] == accounts.credentials("priya")
    assert given[1:2] == accounts.credentials("priya", "passkey", "password")
    assert given[2] == accounts.find_credential("identity", "https://idp.example|sub-1")
    assert accounts.find_credential("passkey", "https://idp.example|sub-1") is None
    assert [True, False] == [accounts.is_among(one, accounts.enrolled("totp")) for one in ("priya", "sam")]


def test_what_a_credential_is_found_by_is_one_accounts(accounts: Accounts):
    """A passkey or an identity that is somebody's already is refused, and nothing changes by the try."""
    accounts.add_credential(a_credential(kind="identity", found="https://idp.example|sub-1"))
    accounts.add_credential(a_credential(2, person="sam", kind="identity", found="https://idp.example|sub-2"))
    again = a_credential(3, person="sam", kind="identity", found="https://idp.example|sub-1")
    with pytest.raises(MarkTaken):
        accounts.add_credential(again)
    with pytest.raises(MarkTaken):
        accounts.put_in_place("sam", ["identity"], [again])

    assert ["https://idp.example|sub-2"] == [one.found for one in accounts.credentials("sam")]


def test_a_credential_that_does_not_count_was_used_all_the_same(accounts: Accounts):
    """When, and nothing else."""
    accounts.add_credential(a_credential())
    accounts.was_used(bytes([1]) * 16, NOW + MINUTE)

    (kept,) = accounts.credentials("priya")
    assert (0, NOW + MINUTE) == (kept.counter, kept.last_used)


def test_a_counter_only_rises_and_once(accounts: Accounts):
    """Of many who use the same code at once, one does."""
    accounts.add_credential(a_credential(counter=5))

    with ThreadPoolExecutor(8) as many:
        moved = list(many.map(lambda _: accounts.advance(bytes([1]) * 16, 6, NOW + MINUTE), range(8)))

    assert 1 == sum(moved)
    assert not accounts.advance(bytes([1]) * 16, 5, NOW)
    (kept,) = accounts.credentials("priya")
    assert (6, NOW + MINUTE) == (kept.counter, kept.last_used)


def test_what_works_once_is_used_up_once(accounts: Accounts):
    """A recovery code and a pass: of many at once, one gets it."""
    accounts.add_credential(a_credential(kind="recovery", found="priya|code"))
    accounts.give_pass(a_pass())

    with ThreadPoolExecutor(8) as many:
        codes = list(many.map(lambda _: accounts.use_up("recovery", "priya|code"), range(8)))
        passes = list(many.map(lambda _: accounts.use_pass(bytes([1]) * 32), range(8)))

    assert (1, 1) == (sum(codes), sum(passes))


def test_new_credentials_come_all_or_none(accounts: Accounts):
    """They take the place of the old ones of their kinds, and use up what they came by."""
    accounts.add_credential(a_credential(1))
    accounts.add_credential(a_credential(2, kind="identity", found="x"))
    accounts.give_pass(a_pass())

    accounts.put_in_place("priya", ["totp", "password"], [a_credential(3)], by=bytes([1]) * 32)
    with pytest.raises(PassUsed):
        accounts.put_in_place("priya", ["totp", "password"], [a_credential(4)], by=bytes([1]) * 32)

    assert [2, 3] == [one.id[0] for one in accounts.credentials("priya")]


def test_a_value_that_changed_meanwhile_is_not_overwritten(accounts: Accounts):
    """A password is rehashed only while it is still that password."""
    read = a_credential(kind="password", value={"hash": "old"})
    accounts.add_credential(read)
    accounts.replace_value(read, {"hash": "new"})
    accounts.replace_value(read, {"hash": "late"})

    assert [{"hash": "new"}] == [one.value for one in accounts.credentials("priya")]


def test_a_session_ends_for_good(accounts: Accounts):
    """One, or all but the one that asks; what has ended is not woken by being used."""
    for number in (1, 2, 3):
        accounts.begin_session(a_session(number))
    accounts.begin_session(a_session(4, "sam"))

    assert [True, False] == [accounts.end_session(bytes([1]) * 32, NOW + MINUTE) for _ in range(2)]
    assert 1 == accounts.end_sessions("priya", NOW + MINUTE, but=bytes([2]) * 32)
    for number in (1, 2, 3):
        accounts.touch(bytes([number]) * 32, NOW + 2 * MINUTE)

    held = {one.token[0]: (one.ended, one.seen) for one in accounts.sessions("priya")}
    assert {1: (NOW + MINUTE, NOW), 2: (None, NOW + 2 * MINUTE), 3: (NOW + MINUTE, NOW)} == held
    assert accounts.session(bytes([9]) * 32) is None
    assert a_session(4, "sam") == accounts.session(bytes([4]) * 32)


def test_a_pass_is_of_one_kind_and_runs_out(accounts: Accounts):
    """What it carries can change; a new one can take the old one's place."""
    accounts.give_pass(a_pass())
    held = accounts.find_pass(bytes([1]) * 32, "link", NOW)
    assert held == a_pass()
    accounts.change_pass(held, {"step": 2})

    assert [1, 2] == [accounts.count_try(bytes([1]) * 32) for _ in range(2)]
    found = accounts.find_pass(bytes([1]) * 32, "link", NOW)
    assert found is not None
    assert ({"step": 2}, 2) == (found.data, found.tries)
    assert accounts.find_pass(bytes([1]) * 32, "sign_in", NOW) is None
    assert accounts.find_pass(bytes([1]) * 32, "link", NOW + 10 * MINUTE) is None
    accounts.give_pass(a_pass(2), alone=True)
    assert accounts.find_pass(bytes([1]) * 32, "link", NOW) is None
    accounts.take_back_passes("priya")
    assert accounts.find_pass(bytes([2]) * 32, "link", NOW) is None


def test_of_passes_that_are_too_many_the_oldest_go(accounts: Accounts):
    """Of one person's and of one kind: what strangers ask for fills nothing, and takes nothing of anybody else's."""
    accounts.give_pass(a_pass(9, kind="sign_in"))
    for number in range(1, 5):
        late = msgspec.structs.replace(a_pass(number), until=NOW + number * MINUTE)
        accounts.give_pass(late, most=2)
    found = [accounts.find_pass(bytes([number]) * 32, "link", NOW) is not None for number in range(1, 5)]

    assert [False, False, True, True] == found
    assert accounts.find_pass(bytes([9]) * 32, "sign_in", NOW) is not None


def test_attempts_are_counted_together_and_forgotten_with_time(accounts: Accounts):
    """All workers share the count; a new span begins from one."""
    within = 15 * MINUTE
    with ThreadPoolExecutor(8) as many:
        counts = list(many.map(lambda _: accounts.count_attempt("a", NOW, within)[0], range(8)))

    assert list(range(1, 9)) == sorted(counts)
    assert (9, NOW) == accounts.count_attempt("a", NOW + 14 * MINUTE, within)
    assert (1, NOW) == accounts.count_attempt("b", NOW, within)
    assert (1, NOW + 15 * MINUTE) == accounts.count_attempt("a", NOW + 15 * MINUTE, within)
    accounts.forget_attempts("a")
    assert (1, NOW) == accounts.count_attempt("a", NOW, within)


def test_what_is_past_is_let_go(accounts: Accounts):
    """Passes as they run out; sessions and attempts after they have been kept for looking back."""
    accounts.give_pass(a_pass())
    accounts.begin_session(a_session())
    accounts.count_attempt("a", NOW, MINUTE)

    accounts.tidy(NOW + 11 * MINUTE, kept=timedelta(days=30))
    assert not accounts.use_pass(bytes([1]) * 32)
    assert 1 == len(accounts.sessions("priya"))
    accounts.tidy(NOW + timedelta(days=31), kept=timedelta(days=30))
    assert [] == accounts.sessions("priya")


def test_no_row_tells_whose_it_is(accounts: Accounts, store: Store):
    """Neither name, address nor secret is legible; kinds and times are."""
    accounts.put_email("priya", "priya@example.org")
    accounts.add_credential(a_credential(kind="passkey", value={"secret": "JBSWY3DP"}, name="Telephone", found="id-1"))
    accounts.begin_session(a_session())
    accounts.give_pass(a_pass())
    accounts.count_attempt("priya@example.org", NOW, MINUTE)
    desk = open_desk(store.settings)
    with desk.reading.begin() as connection:
        rows = [repr(tuple(row)) for table in META.sorted_tables for row in connection.execute(select(table))]
    desk.close()

    assert 5 == len(rows)
    told = [word for word in ("priya", "example", "JBSWY3DP", "Telephone", "id-1", "Firefox") if word in str(rows)]
    assert [] == told


def test_a_row_made_over_to_another_person_does_not_open(accounts: Accounts, store: Store):
    """A secret is bound to its row, its person and its kind: nobody can lend theirs to another account."""
    accounts.add_credential(a_credential(1, kind="passkey", found="id-1"))
    accounts.add_credential(a_credential(2, kind="passkey", found="id-2", person="sam"))
    accounts.put_email("priya", "priya@example.org")
    accounts.begin_session(a_session())
    accounts.give_pass(a_pass())
    desk = open_desk(store.settings)
    with desk.writing.begin() as connection:
        held = {row.id[0]: row for row in connection.execute(select(CREDENTIALS))}
        for table in (EMAILS, SESSIONS, PASSES):
            connection.execute(update(table).values(person=held[2].person))
        connection.execute(delete(CREDENTIALS).where(CREDENTIALS.c.id == held[2].id))
        connection.execute(update(CREDENTIALS).values(found_by=held[2].found_by))
    desk.close()

    for read in (
        lambda: accounts.email_of("sam"),
        lambda: accounts.person_with("priya@example.org"),
        lambda: accounts.session(bytes([1]) * 32),
        lambda: accounts.find_pass(bytes([1]) * 32, "link", NOW),
        lambda: accounts.find_credential("passkey", "id-2"),
    ):
        with pytest.raises(SealBroken):
            read()


def test_credentials_tell_nothing_when_they_are_printed(accounts: Accounts):
    """A trace or a log line shows the kind and no more."""
    assert ["Credential(totp)", "Pass(link)"] == [repr(a_credential()), repr(a_pass())]


def test_one_credential_is_removed_by_its_owner_only(accounts: Accounts):
    """A reference to another person's removes nothing."""
    accounts.add_credential(a_credential())

    assert [False, True, False] == [
        accounts.remove_credential(person, bytes([1]) * 16) for person in ("sam", "priya", "priya")
    ]
