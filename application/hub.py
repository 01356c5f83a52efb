"""The hub: loads what a command or a query needs, and records; the one thing faces are handed."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from threading import Lock
from typing import TypeVar
from uuid import UUID

import msgspec

from application import snapshots
from application.ledger import (
    DESTRUCTIONS_STREAM,
    DIRECTORY_STREAM,
    Append,
    Ledger,
    Stream,
    Tails,
    agency_stream,
    case_stream,
    disclosures_stream,
    owner_of_case,
    owner_of_locators,
)
from application.ports import BlindIndex, Clock, Drafts, KeyDestroyed, Proofs, ReadModels, SealBroken, Snapshot
from application.snapshots import Commands, SnapshotOutdated
from domain import agency as agencies
from domain import destruction as destructions
from domain import directory as directories
from domain import disclosures as shown
from domain.agency import ListShown, LookRefused, LooksBeside
from domain.case import Case, evolve, fold
from domain.destruction import Destructions
from domain.directory import Agency, Directory, Person
from domain.disclosures import NOTHING_SHOWN, Disclosures
from domain.errors import AlreadyUsed, ChangedMeanwhile, NotFound, OutcomeUnknown, RecordUnreadable
from domain.record import Command, Event

Held = TypeVar("Held")
Done = TypeVar("Done")
HELD_IN_MEMORY = 500
TRIES = 20
RACES = 10
ANSWERS_AWAITED = 2
SENT = "~"
SNAPSHOT_EVERY = 100
ALL = 2**62
NO_KEY = bytes(17)
"""The head of a row sealed by no key, for asking the key store in vain."""
COOLING = timedelta(days=14)


class Loaded(msgspec.Struct, frozen=True):
    """A case as it stands, with the (command id, person) pairs its stream has seen, each with what was sent.

    `directory` is of the same moment; `from_memory` says that nothing but newer events had to be read.
    """

    case: Case
    commands: Commands = Commands()
    directory: Directory = Directory()
    from_memory: bool = False


class Hub:
    """Streams, read models and the clock in one place; holds no rule."""

    def __init__(
        self,
        ledger: Ledger,
        rows: ReadModels,
        blind: BlindIndex,
        clock: Clock,
        proofs: Proofs,
        cooling: timedelta = COOLING,
        *,
        drafts: Drafts,
    ) -> None:
        self.ledger = ledger
        self.rows = rows
        self.blind = blind
        self.clock = clock
        self.proofs = proofs
        self.cooling = cooling
        self.drafts = drafts
        self._cases: OrderedDict[UUID, Loaded] = OrderedDict()
        self._shown: OrderedDict[UUID, Disclosures] = OrderedDict()
        self._directory = Directory()
        self._destructions = Destructions()
        self._looks_beside: dict[str, tuple[int, LooksBeside]] = {}
        self._projected: OrderedDict[UUID, object] = OrderedDict()
        self._projected_to = -1
        self._lock = Lock()

    def now(self) -> datetime:
        return self.clock.now()

    def now_in(self, case: Case) -> datetime:
        """Now, but never before the case's last entry: a clock that was put back hides nothing and reorders nothing."""
        now = self.clock.now()
        return max(now, case.last_recorded) if case.last_recorded else now

    # ---- cases

    def case(self, case_id: UUID) -> Loaded:
        """The case after its newest event; one that does not exist, or was destroyed, has version 0.

        Reads only what is new, with people and destructions in the same round trip.

        Raises:
            RecordUnreadable: when a row of it does not open.
        """
        held = self._cases.get(case_id)
        directory, decided = self._directory, self._destructions
        beside = _beside(directory, decided)
        found, tails = self._since(case_id, held, beside) if held else self._from_newest_snapshot(case_id, beside)
        directory = self._with_people(directory, tails.events(DIRECTORY_STREAM))
        decided = self._with_destructions(decided, tails.events(DESTRUCTIONS_STREAM))
        if str(case_id) in decided.destroyed:
            return Loaded(Case(id=case_id), Commands(), directory, held is not None)
        try:
            new = tails.events(case_stream(case_id))
        except KeyDestroyed:  # by another process, between the two
            return Loaded(Case(id=case_id), Commands(), directory, held is not None)
        if new or held is None:
            found = self._hold(self._cases, case_id, grown(found, new))
        return msgspec.structs.replace(found, directory=directory, from_memory=held is not None)

    def level(self, loaded: Loaded) -> None:
        """Before a refusal: the same questions to every database, whatever there is or was in memory (design §3.9)."""
        beside = _beside(self._directory, self._destructions)
        if loaded.from_memory:
            self._from_newest_snapshot(loaded.case.id, beside)
        else:
            self._since(loaded.case.id, loaded, beside)
        if loaded.from_memory or not loaded.case.version:
            with suppress(SealBroken):
                self.ledger.seal.owner_of(NO_KEY)

    def _since(self, case_id: UUID, found: Loaded, beside: dict[UUID, int]) -> tuple[Loaded, Tails]:
        """With what came since, in this case and in the streams beside it."""
        after = {case_id: found.case.version, **beside}
        return found, Tails(self.ledger, after, self.ledger.rows.tails(list(after.items())))

    def _from_newest_snapshot(self, case_id: UUID, beside: dict[UUID, int]) -> tuple[Loaded, Tails]:
        """As `_since`, in the same round trip as the snapshot where one database holds both."""
        kept, rows = self.rows.newest_with_tails(case_id, list(beside.items()))
        found = self._in_snapshot(case_id, kept)
        if rows is None or (kept is not None and kept.version != found.case.version):
            return self._since(case_id, found, beside)
        return found, Tails(self.ledger, {case_id: found.case.version, **beside}, rows)

    def _from_snapshots(self, case_ids: Sequence[UUID]) -> dict[UUID, Loaded]:
        kept = self.rows.newest_snapshots(case_ids)
        return {case_id: self._in_snapshot(case_id, kept.get(case_id)) for case_id in case_ids}

    def _in_snapshot(self, case_id: UUID, kept: Snapshot | None) -> Loaded:
        if kept is not None:
            with suppress(SnapshotOutdated):
                return Loaded(*snapshots.case_in(kept.state, partial(self._earlier, case_id, kept.version)))
        return Loaded(Case(id=case_id))

    def _earlier(self, case_id: UUID, version: int, actors: snapshots.Actors) -> Mapping[str, bytes]:
        """What lies beside a snapshot; folded again where it is not there, or is of another making.

        Raises:
            RecordUnreadable, KeyDestroyed
        """
        with suppress(SnapshotOutdated):
            return snapshots.earlier_in(self.rows.earlier(case_id, version), actors)
        return snapshots.earlier_of(fold(case_id, self.ledger.read(case_stream(case_id), 0, version)), actors)

    def cases(self, case_ids: Sequence[UUID]) -> tuple[list[Case], list[UUID], list[Snapshot]]:
        """Cases after their newest events, and those that cannot be read; in two round trips, not two for each.

        The snapshots are those that came due on the way.
        """
        held = {case_id: found for case_id in case_ids if (found := self._cases.get(case_id)) is not None}
        known = held | self._from_snapshots([case_id for case_id in case_ids if case_id not in held])
        decided = self._destructions
        wanted = [(case_stream(case_id), found.case.version) for case_id, found in known.items()]
        tails = self.ledger.tails([*wanted, (DESTRUCTIONS_STREAM, decided.version)])
        decided = self._with_destructions(decided, tails.events(DESTRUCTIONS_STREAM))
        cases, unreadable, due = [], [], []
        for case_id, found in known.items():
            if str(case_id) in decided.destroyed:
                continue
            try:
                loaded, passed = _grown_past(found, tails.events(case_stream(case_id)))
            except RecordUnreadable:
                unreadable.append(case_id)
            except KeyDestroyed:
                continue
            else:
                cases.append(self._hold(self._cases, case_id, loaded).case)
                due += passed
        return cases, unreadable, due

    def record(self, loaded: Loaded, events: Sequence[Event], beside: Sequence[Append] = ()) -> Loaded:
        """Append behind the case as loaded, and to streams `beside` it, all or none; the case with what was recorded.

        Raises:
            ChangedMeanwhile, OutcomeUnknown
        """
        case = loaded.case
        self.ledger.append_all([(case_stream(case.id), case.version, events), *beside])
        return self._hold(self._cases, case.id, grown(loaded, events))

    def record_together(self, parts: Sequence[tuple[Loaded, Sequence[Event]]]) -> None:
        """Append behind several cases as loaded, all or none. Raises as `record` does."""
        self.ledger.append_all([(case_stream(one.case.id), one.case.version, events) for one, events in parts])
        for one, events in parts:
            self._hold(self._cases, one.case.id, grown(one, events))

    def case_at(self, case_id: UUID, at: datetime) -> Case:
        """The case folded from what had been recorded by `at`, and from nothing later."""
        case = self._in_snapshot(case_id, self.rows.snapshot_at(case_id, at)).case
        while True:
            following = self.ledger.read_each(case_stream(case_id), case.version, case.version + SNAPSHOT_EVERY)
            by_then = list(takewhile(lambda event: event.recorded <= at, following))
            case = fold(case_id, by_then, case)
            if len(by_then) < SNAPSHOT_EVERY:
                return case

    def case_events(self, case_id: UUID) -> list[Event]:
        return self.ledger.read(case_stream(case_id))

    def locator(self, case_id: UUID, position: int) -> object:
        """The value of the locator recorded at a position; opened only when it is about to be shown."""
        return self.ledger.locator(case_id, position)

    def disclosures(self, case_id: UUID) -> Disclosures:
        """What has been shown of a case up to now; nothing of one that was destroyed. Reads only what is new."""
        stream = disclosures_stream(case_id)
        held = self._shown.get(case_id)
        found = held or self._shown_by_snapshot(stream.id)
        try:
            new = self.ledger.read(stream, after=found.version)
        except KeyDestroyed:
            return NOTHING_SHOWN
        if new or held is None:
            found = self._hold(self._shown, case_id, shown.fold(new, found) if new else found)
        return found

    def _shown_by_snapshot(self, stream: UUID) -> Disclosures:
        kept = self.rows.newest_snapshots([stream]).get(stream)
        if kept is None:
            return NOTHING_SHOWN
        try:
            return snapshots.shown_in(kept.state)
        except SnapshotOutdated:
            return NOTHING_SHOWN

    def _hold(self, held: OrderedDict[UUID, Held], case_id: UUID, newest: Held) -> Held:
        with self._lock:
            held[case_id] = newest
            held.move_to_end(case_id)
            while len(held) > HELD_IN_MEMORY:
                held.popitem(last=False)
        return newest

    def keep_snapshots(self, stream: Stream, case_id: UUID, until: int = ALL) -> None:
        """Keep the state of a case, or of what was shown of it, wherever one is due that is not kept yet.

        Of a stream that is known to have come to `until` nothing later is read, and nothing at all where that is kept.
        """
        found = self._cases_passed(case_id, until) if stream.id == case_id else self._shown_passed(stream, until)
        self.rows.keep_snapshots(stream.owner, list(found))

    def _cases_passed(self, case_id: UUID, until: int) -> Iterator[Snapshot]:
        loaded = self._from_snapshots([case_id])[case_id]
        while loaded.case.version < until:
            new = self._next_hundred(case_stream(case_id), loaded.case.version)
            if len(new) < SNAPSHOT_EVERY:
                return
            loaded, passed = _grown_past(loaded, new)
            yield from passed

    def _shown_passed(self, stream: Stream, until: int) -> Iterator[Snapshot]:
        found = self._shown_by_snapshot(stream.id)
        while found.version < until:
            new = self._next_hundred(stream, found.version)
            if len(new) < SNAPSHOT_EVERY:
                return
            found = shown.fold(new, found)
            if kept_at(found.version):
                yield Snapshot(stream.id, found.version, new[-1].recorded, snapshots.of_shown(found))

    def _next_hundred(self, stream: Stream, version: int) -> list[Event]:
        return self.ledger.read(stream, version, version + SNAPSHOT_EVERY)

    def projected(self, case_id: UUID, made_of: object, position: int) -> bool:
        """Whether the rows at this position, where this process left them, hold the case as made of just this."""
        return self._projected_to == position and self._projected.get(case_id) == made_of

    def remember_projected(self, made_of: dict[UUID, object], before: int, position: int) -> None:
        """What the rows were just made of, in going on from `before`; what others did meanwhile is not known."""
        if self._projected_to != before:
            self._projected.clear()
        for case_id, one in made_of.items():
            self._hold(self._projected, case_id, one)
        self._projected_to = position

    # ---- people, agencies, destructions

    def directory(self) -> Directory:
        return self._with_people(self._directory, self.ledger.read(DIRECTORY_STREAM, after=self._directory.version))

    def _with_people(self, directory: Directory, new: Sequence[Event]) -> Directory:
        for event in new:
            directory = directories.evolve(directory, event)
        if new:
            self._directory = directory
        return directory

    def destructions(self) -> Destructions:
        decided = self._destructions
        return self._with_destructions(decided, self.ledger.read(DESTRUCTIONS_STREAM, after=decided.version))

    def _with_destructions(self, decided: Destructions, new: Sequence[Event]) -> Destructions:
        if new:
            before = decided.destroyed
            decided = self._destructions = destructions.fold(new, decided)
            for case in decided.destroyed.keys() - before.keys():
                self._let_go(UUID(case))
        return decided

    def _let_go(self, case_id: UUID) -> None:
        """Nothing of a destroyed case stays in memory."""
        self._cases.pop(case_id, None)
        self._shown.pop(case_id, None)
        self._projected.pop(case_id, None)
        self.ledger.seal.let_go(owner_of_case(case_id))
        self.ledger.seal.let_go(owner_of_locators(case_id))

    def forget(self, case_id: UUID) -> None:
        """Destroy a case's keys for ever, and whatever was derived from it; done again it changes nothing."""
        self.ledger.seal.destroy(owner_of_case(case_id))
        self.ledger.seal.destroy(owner_of_locators(case_id))
        self.rows.forget(case_id, [case_id, disclosures_stream(case_id).id])
        self.drafts.forget(owner_of_case(case_id))
        self._let_go(case_id)

    def person(self, who: str) -> tuple[Person, Agency]:
        """Raises: NotFound: when nobody of that name has an account."""
        return person_in(self.directory(), who)

    def unplaced(self, agency: str) -> agencies.Unplaced:
        return agencies.fold(self.ledger.read(agency_stream(agency)))

    def looks_beside(self, agency: str, case: str) -> tuple[ListShown | LookRefused, ...]:
        """The looks at a case that stand in an agency's own stream; reads only what is new since it was last asked."""
        version, known = self._looks_beside.get(agency, (0, {}))
        new = self.ledger.read(agency_stream(agency), after=version)
        if new:
            known = agencies.fold_looks(new, known)
            self._looks_beside[agency] = version + len(new), known
        return known.get(case, ())

    # ---- writing

    def append_beside(self, stream: Stream, event: Event) -> int:
        """Append to a stream where order among writers does not matter; at which version it stands now.

        A lost race is tried again, never answered.
        """
        for _ in range(TRIES):
            version, last = self.ledger.newest(stream)
            timed = event if last is None or last <= event.recorded else msgspec.structs.replace(event, recorded=last)
            try:
                self.ledger.append(stream, version, [timed])
            except ChangedMeanwhile:
                continue
            except OutcomeUnknown:
                if self.ledger.read(stream, version, version + 1) != [timed]:
                    raise
            return version + 1
        raise ChangedMeanwhile

    def append(self, stream: Stream, after: int, events: Sequence[Event]) -> None:
        """Raises: ChangedMeanwhile, OutcomeUnknown."""
        self.ledger.append(stream, after, events)

    def id_from(self, command_id: str, what: str) -> UUID:
        """An id that a repeated command makes again, and that nobody without the hub's key can work out beforehand."""
        return UUID(self.blind.key(f"id of a {what}", command_id)[:32])

    def reference_from(self, command_id: str) -> str:
        """A short reference for what a command makes; the same again when the command is repeated."""
        return self.id_from(command_id, "reference").hex[:12]

    def close(self) -> None:
        self.proofs.close()
        self.rows.close()
        self.drafts.close()
        self.ledger.close()
        self.ledger.seal.end()


class LostRace(Exception):
    """Somebody appended first; load and judge again."""


def tried_again(work: Callable[[], Done]) -> Done:
    """What `work` comes to, from its loading on: again when it lost a race, once more when the store did not answer.

    Raises:
        ChangedMeanwhile, OutcomeUnknown
    """
    unanswered = 0
    for _ in range(RACES):
        try:
            return work()
        except LostRace:
            continue
        except OutcomeUnknown:
            unanswered += 1
            if unanswered == ANSWERS_AWAITED:
                raise
    raise ChangedMeanwhile


def kept_at(version: int) -> bool:
    """Where snapshots are kept: every hundred events, ever further apart as a stream grows long."""
    return version % (SNAPSHOT_EVERY * (1 if version <= 2_000 else 5 if version <= 10_000 else 20)) == 0


def grown(loaded: Loaded, new: Sequence[Event]) -> Loaded:
    """The case with what was recorded since."""
    if not new:
        return loaded
    case = evolve(loaded.case, new[0]) if len(new) == 1 else fold(loaded.case.id, new, loaded.case)
    return msgspec.structs.replace(
        loaded,
        case=case,
        commands=loaded.commands | dict(command_of(event) for event in new),
    )


def _grown_past(loaded: Loaded, new: Sequence[Event]) -> tuple[Loaded, list[Snapshot]]:
    """The case with what was recorded since, and the snapshots of it that are due on the way."""
    due, at, first = [], 0, loaded.case.version
    for version in range(first - first % SNAPSHOT_EVERY + SNAPSHOT_EVERY, first + len(new) + 1, SNAPSHOT_EVERY):
        if kept_at(version):
            at, part = version - first, new[at : version - first]
            loaded = grown(loaded, part)
            state, earlier = snapshots.of_case(loaded.case, loaded.commands)
            due.append(Snapshot(loaded.case.id, version, part[-1].recorded, state, earlier))
    return grown(loaded, new[at:]), due


def _beside(directory: Directory, decided: Destructions) -> dict[UUID, int]:
    """How far people and destructions are known, by their streams; another thread may know more by now."""
    return {DIRECTORY_STREAM.id: directory.version, DESTRUCTIONS_STREAM.id: decided.version}


def person_in(directory: Directory, who: str) -> tuple[Person, Agency]:
    """Raises: NotFound: when nobody of that name has an account."""
    person = directory.people.get(who)
    if person is None:
        raise NotFound
    return person, directory.agencies[person.agency]


def command_of(event: Event) -> tuple[tuple[str, str], str]:
    """Whose command made the event, and the digest of what was sent with it."""
    command_id, _, sent = event.command.partition(SENT)
    return (command_id, event.by.person), sent


def sent_as(command_id: str, command: Command) -> str:
    """A command id with the digest of what is sent under it, so that another thing sent under it is noticed."""
    plain = msgspec.json.encode([type(command).__name__, command], order="deterministic")
    return f"{command_id}{SENT}{hashlib.sha256(plain).hexdigest()[:16]}"


def require_same(held: str, sent: str) -> None:
    """Raises: AlreadyUsed: when something else was sent under the same command id before; it is not swallowed."""
    if held and held != sent.partition(SENT)[2]:
        raise AlreadyUsed(
            "Something else was sent under this number before, and is on record. If this is to be recorded as well, "
            "send it again: from this page, or under a new number."
        )
