"""Checks everything a hub holds: record and log without any key, then keys, rows and snapshots against the record."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from application.hub import Hub
from application.projections.checking import every_row, faulty_derived, faulty_entries
from application.queries.destructions import destroyed
from interfaces.bootstrap import build_hub, heads_of_witnesses, log_of, signer_of
from interfaces.settings import Settings, SettingsDamaged
from interfaces.storage.damage import cannot_write, whole
from interfaces.storage.keyring import ID, KeyRing
from interfaces.storage.keystore import META as KEYS
from interfaces.storage.log import META as LOG
from interfaces.storage.read_models import META as ROWS
from interfaces.storage.verifying import NotGenuine, Report, verify_files


@dataclass
class Found:
    """What was found: `faults` each name what is damaged, `notes` what is good to know and no damage."""

    log: Report | None = None
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def genuine(self) -> bool:
        return not self.faults


Check = Callable[[Found, Settings], None]


def inspect(settings: Settings, *, log_only: bool = False) -> Found:
    """Check a hub, whatever state it is in; nothing is mended, and of a damaged part no more is asked."""
    found = Found()
    parts: list[tuple[str, Check]] = [
        ("keys/log.pub", _public_key),
        ("the witnesses' heads", _witnesses),
        ("the record and its log", _record_and_log),
    ]
    if not log_only and settings.postgres is None:
        parts.append(("the files", _files))
    for part, check in parts:
        _guarded(found, part, partial(check, found, settings))
    if not log_only and found.genuine:
        _guarded(found, "the record", partial(_derived, found, settings))
    return found


def _guarded(found: Found, part: str, check: Callable[[], None]) -> None:
    """A check that breaks off has found damage, whatever a driver or a damaged value made of it."""
    try:
        check()
    except (SettingsDamaged, NotGenuine) as error:
        found.faults.append(str(error))
    except Exception as error:
        found.faults.append(f"{part}: cannot be read ({type(error).__name__})")


def _public_key(found: Found, settings: Settings) -> None:
    """What witnesses and holders of receipts are given must be the half of the key that heads are signed with."""
    ours = signer_of(settings).public_key.text.encode()
    if (settings.keys / "log.pub").read_bytes() != ours:
        found.faults.append("keys/log.pub and keys/log.key do not belong together: put both back from your keys")


def _witnesses(found: Found, settings: Settings) -> None:
    for name, head in heads_of_witnesses(settings).items():
        found.notes.append(f"witnesses/{name}.head holds the head of {head.size} rows.")


def _record_and_log(found: Found, settings: Settings) -> None:
    signer = signer_of(settings)
    if settings.postgres is None:
        places = [settings.keys / "log.head", *sorted(settings.witnesses.glob("*.head"))]
        kept = {f"{path.parent.name}/{path.name}": path for path in places}
        heads = {name: path.read_bytes() for name, path in kept.items() if path.exists()}
        found.log = verify_files(settings.events, settings.log, signer.public_key, heads)
    else:
        hub = build_hub(settings, role="auditor")
        try:
            newest = signer.newest()
            heads_known = [*heads_of_witnesses(settings).values(), *([newest] if newest else [])]
            found.log = log_of(hub).audit(heads_known)
        finally:
            hub.close()
    found.faults += [str(one) for one in found.log.findings]
    if found.log.more:
        found.faults.append(f"and {found.log.more} more of this kind")
    if found.log.uncovered:
        found.notes.append(f"{found.log.uncovered} rows are newer than the newest head; it follows within a moment.")


def _files(found: Found, settings: Settings) -> None:
    """SQLite's own check notices an index that does not agree with its table."""
    if settings.rows.exists():
        found.faults += whole(settings.rows, ROWS)
    else:
        found.faults.append("rows.sqlite is not there, as after a copy was put back: run hub rebuild, then hub verify")
    for path, meta in ((settings.log, LOG), (settings.keystore, KEYS)):
        found.faults += whole(path, meta)
    if found.genuine:
        for path in (settings.events, settings.rows, settings.log, settings.keystore):
            found.faults += cannot_write(path)


def _derived(found: Found, settings: Settings) -> None:
    hub = build_hub(settings)
    owners: dict[UUID, str] = {}
    checks: tuple[tuple[str, Callable[[Hub], Iterable[str]]], ...] = (
        ("the key store", partial(_keys, owners)),
        ("keys/log.head", partial(_newest_head, settings)),
        ("the record", partial(faulty_entries, owners=owners)),
        ("the key store", _destroyed_keys),
        ("the read models", faulty_derived),
    )
    try:
        for part, check in checks:
            _guarded(found, part, lambda check=check: found.faults.extend(check(hub)))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            if not found.genuine:
                return
        _note(found, hub)
    finally:
        hub.close()


def _note(found: Found, hub: Hub) -> None:
    for case, event in destroyed(hub).items():
        decided = hub.destructions().of(str(case))
        agencies = " and ".join(one.by.agency for one in (decided.proposal, decided.agreement) if one)
        found.notes.append(
            f"Case {case}: destroyed on {event.recorded:%Y-%m-%d} by decision {event.proposal} of {agencies}."
        )
    behind = sum(1 for _ in every_row(hub, hub.rows.position()))
    if behind:
        found.notes.append(f"The read models are {behind} entries behind; they catch up when the hub runs.")


def _newest_head(settings: Settings, hub: Hub) -> Iterator[str]:
    """A head is kept here before the log holds it: an older one, or none, was put back, and would allow what it missed.

    The log is asked first, since it may grow meanwhile. On PostgreSQL heads may be signed on another machine.
    """
    if settings.postgres is not None:
        return
    own, newest = log_of(hub).head(), signer_of(settings).newest()
    if own is not None and (newest is None or newest.size < own.size):
        held = f"holds the head of {newest.size} rows" if newest else "is missing"
        yield f"keys/log.head {held}, the log that of {own.size}: it was put back or removed. The next entry renews it."


def _keys(owners: dict[UUID, str], hub: Hub) -> Iterator[str]:
    """Every key opens and is its owner's, every row names one.

    Whose every stream is comes to stand in `owners`: the rows are walked once for all that want to know.
    """
    ring = _ring(hub)
    yield from (f"the key of {owner} does not open under any master key here" for owner in ring.faulty())
    ids = ring.ids()
    for number, stream, _, head in every_row(hub):
        owner = ids.get(head[1 : 1 + ID], "")
        if not owner and owners.get(stream) != "":
            yield f"row {number}: its key is missing from the key store"
        elif owners.get(stream, owner) not in (owner, ""):
            yield f"row {number}: it lies under the key of {owner}, the rest of its stream {stream} does not"
        elif owner.startswith("locators:") and stream not in owners:
            yield f"row {number}: the key store says that its key is for locators, {owner}"
        owners[stream] = owner


def _destroyed_keys(hub: Hub) -> Iterator[str]:
    """Destroyed are the keys of which it was decided, no others; the decisions are entries, and were opened before."""
    ring = _ring(hub)
    gone = {f"{kind}:{UUID(case).hex}" for case in hub.destructions().destroyed for kind in ("case", "locators")}
    yield from (f"the keys of {owner} are gone without a decision" for owner in sorted(ring.destroyed() - gone))
    back = sorted(ring.living() & gone)
    yield from (f"the keys of {owner} came back after the case was destroyed" for owner in back)


def _ring(hub: Hub) -> KeyRing:
    ring = hub.ledger.seal
    if not isinstance(ring, KeyRing):
        raise TypeError(type(ring).__name__)
    return ring
