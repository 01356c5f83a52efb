"""Commands for who keeps the hub: checking it, its keys, its proof log, copies, and what is to be destroyed."""

import hashlib
import json
import shutil
import signal
from pathlib import Path
from types import FrameType
from uuid import UUID

import click

from application.commands.destroying import carry_out_due
from application.ledger import owner_of_case, owner_of_locators
from application.ports import SealBroken
from application.queries.destructions import destroyed, due
from interfaces.background import Worker
from interfaces.bootstrap import build_keyring, running, signer_of
from interfaces.cli.opening import opened_hub
from interfaces.cli.refusing import Refused, refusals_said
from interfaces.inspection import inspect
from interfaces.settings import (
    Settings,
    add_master_key,
    changing_master_key,
    home_from_environment,
    read_existing,
    read_settings,
    remove_older_master_keys,
)
from interfaces.storage import verifying
from interfaces.storage.copies import copy_database
from interfaces.storage.keystore import KeyStore
from interfaces.storage.log import NotLogged, ProofLog
from interfaces.storage.verifying import Head, PublicKey, accept_head, held_head, read_bundle, read_key

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


# ---- checking


@click.command("verify")
@click.option("--log-only", is_flag=True, help="The record and its log alone: no key is used.")
@click.option("--case", type=click.UUID, help="Where the rows of one case stand in the log.")
@click.option("--receipt", type=A_FILE, help="A receipt somebody holds.")
@click.option("--of", "file", type=A_FILE, help="With --receipt: the exported file it is a receipt of.")
@click.option("--pack", type=A_FILE, help="A referral pack somebody holds.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@refusals_said
def verify(
    log_only: bool, case: UUID | None, receipt: Path | None, file: Path | None, pack: Path | None, as_json: bool
) -> None:
    """Check all this hub holds, or one case, one receipt, one exported pack; what is wrong is named, the exit code 1.

    Whoever has no hub does the same offline, with nothing but the log's public key:
    python interfaces/storage/verifying.py --help
    """
    if sum(map(bool, (log_only, case, receipt, pack))) > 1:
        raise click.UsageError("One at a time: --log-only, --case, --receipt or --pack.")
    if file is not None and receipt is None:
        raise click.UsageError("--of goes with --receipt: it is the file the receipt was given for.")
    if as_json and (case or receipt or pack):
        raise click.UsageError("--json goes with the check of the whole hub, or of its log.")
    settings = read_settings(home_from_environment())
    if receipt is not None and file is not None:
        _require_receipt_of(file, receipt, settings)
    given = receipt or pack
    if given is not None:
        raise SystemExit(verifying.main(["receipt" if receipt else "pack", str(given), "--key", _public_key(settings)]))
    if case is not None:
        raise SystemExit(_verify_case(settings, case))
    _verify_all(settings, log_only=log_only, as_json=as_json)


def _verify_all(settings: Settings, *, log_only: bool, as_json: bool) -> None:
    found = inspect(settings, log_only=log_only)
    if as_json:
        click.echo(json.dumps({"genuine": found.genuine, "faults": found.faults, "notes": found.notes}))
    else:
        for line in (*found.notes, *found.faults):
            click.echo(line)
        rows = found.log.rows if found.log else 0
        verdict = "all as they were sealed and signed." if found.genuine else "NOT as they were sealed and signed."
        click.echo(f"{rows} rows checked: {verdict}")
    if not found.genuine:
        raise SystemExit(1)


def _require_receipt_of(file: Path, receipt: Path, settings: Settings) -> None:
    """Raises: NotGenuine, Refused: when the receipt is one of another file."""
    given = verifying.read_json(receipt.read_bytes(), receipt.name)
    proven = verifying.verify_receipt(given, signer_of(settings).public_key)
    if proven.opened.get("digest") != hashlib.sha256(file.read_bytes()).hexdigest():
        raise Refused(f"{file} is not the file this receipt was given for, or it was changed since.")


def _verify_case(settings: Settings, case: UUID) -> int:
    if settings.postgres is not None:
        raise Refused("--case reads the files of an embedded hub. On PostgreSQL, verify the whole log.")
    heads = [path for path in (settings.keys / "log.head", *sorted(settings.witnesses.glob("*.head"))) if path.exists()]
    held = [word for path in heads for word in ("--head", str(path))]
    return verifying.main(
        ["case", str(settings.events), str(settings.log), case.hex, "--key", _public_key(settings), *held]
    )


def _public_key(settings: Settings) -> str:
    signer_of(settings)
    return str(settings.keys / "log.pub")


# ---- keys


@click.group("keys")
def keys() -> None:
    """The keys of cases and agencies, and the master key that wraps them."""


@keys.command("status")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@refusals_said
def keys_status(as_json: bool) -> None:
    """How many keys there are, under which master key, and whether each opens; no key is shown."""
    settings = read_existing(home_from_environment())
    ring = build_keyring(settings)
    store = KeyStore(settings.postgres.keys if settings.postgres else settings.keystore)
    living, gone, under = store.counts()
    faulty = ring.faulty()
    store.close()
    ring.end()
    answer = {
        "keys": living, "destroyed": gone, "master_keys": sorted(settings.masters), "under": under, "faulty": faulty,
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(answer))
    else:
        click.echo(f"{living} keys in use, {gone} destroyed.")
        for master, count in sorted(under.items()):
            click.echo(f"  under master key {master}: {count}")
        for owner in faulty:
            click.echo(f"  DAMAGED: the key of {owner} does not open")
        if gone:
            click.echo("Rotate the master key after a destruction: then older copies of the key store open nothing.")
    if faulty:
        raise SystemExit(1)


@keys.command("rotate")
@click.option("--master", is_flag=True, help="A new master key: every key is wrapped anew, the old one is removed.")
@click.option("--case", type=click.UUID, help="A new key for what is recorded in this case from now on.")
@refusals_said
def keys_rotate(master: bool, case: UUID | None) -> None:
    """Change the master key, or the key of one case; everything stays readable."""
    if master == (case is not None):
        raise click.UsageError("Say which: --master, or --case with its number.")
    settings = read_existing(home_from_environment())
    if case is not None:
        ring = build_keyring(settings)
        if owner_of_case(case) not in ring.owners("case"):
            raise Refused("There is no such case here, or it was destroyed.")
        numbers = [ring.rotate(owner) for owner in (owner_of_case(case), owner_of_locators(case)) if ring.has(owner)]
        ring.end()
        click.echo(
            f"What is recorded in this case from now on lies under key {numbers[0]}. "
            "A hub that is running goes on, and takes it up when it is started again."
        )
        return
    with changing_master_key(settings.home):
        count = _new_master_key(settings.home)
    click.echo(
        f"{count} keys are wrapped by a new master key; the old one is gone. "
        "A hub that is running here goes on by itself."
    )


def _new_master_key(home: Path) -> int:
    """How many keys are wrapped by it. Raises: Refused: when one does not open; then no master key was removed."""
    number, count = add_master_key(home), 0
    ring = build_keyring(read_settings(home))
    try:
        while again := ring.rotate_master():  # a hub that runs may have kept a key meanwhile
            count += again
    except SealBroken:
        raise Refused("A key does not open, so no master key was removed. See which: hub keys status") from None
    finally:
        ring.end()
    remove_older_master_keys(home, number)
    return count


# ---- the log


@click.command("project")
@refusals_said
def project() -> None:
    """Keep read models and proof log up with the record, until stopped; for a hub on PostgreSQL."""
    settings = read_existing(home_from_environment())
    if settings.postgres is None:
        raise Refused("An embedded hub keeps up by itself while it is served: use `hub serve`.")
    with running(settings, role="projector") as started:
        worker = Worker(started.hub, started.log)

        def stop(_signal: int, _frame: FrameType | None) -> None:
            worker.ask_to_stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        click.echo("Keeping up with the record (stop it with Ctrl-C).")
        worker.run()


@click.command("head")
@click.option("--from", "held", type=A_FILE, help="The head a witness holds; what follows proves the way from it.")
@refusals_said
def head(held: Path | None) -> None:
    """Print what a witness needs to take the newest head: send it to each agency and to the auditor."""
    with running(read_existing(home_from_environment())) as started:
        before = held_head(held, signer_of(started.settings).public_key) if held is not None else None
        click.echo(json.dumps(_bundle(started.log, before)))


def _bundle(log: ProofLog, held: Head | None) -> dict[str, object]:
    """Raises: Refused: when the log has not come as far as the head held."""
    try:
        return log.bundle(held.size if held else 0)
    except NotLogged:
        if held is None:
            raise Refused("Nothing is on record yet, so there is no head to keep.") from None
        raise Refused(f"This log does not reach {held}: it is older, or another one. Keep that head.") from None


@click.command("witness")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--new", "bundle", type=A_FILE, help="What `hub head --from FILE` printed; this hub's own unless given.")
@click.option("--key", type=A_FILE, help="The log's public key; this hub's unless given.")
@refusals_said
def witness(file: Path, bundle: Path | None, key: Path | None) -> None:
    """Take the newest head into FILE, once it is proven that it continues the head FILE holds."""
    if key is not None and bundle is None:
        raise click.UsageError("--key goes with --new: this hub's own head is checked with its own key.")
    if bundle is not None:
        public = _key_of(key)
        taken = accept_head(file, *read_bundle(bundle.read_bytes()), public)
    else:
        with running(read_existing(home_from_environment())) as started:
            public = signer_of(started.settings).public_key
            given = json.dumps(_bundle(started.log, held_head(file, public))).encode()
            taken = accept_head(file, *read_bundle(given), public)
    click.echo(f"{file} holds the head of {taken.size} rows.")


def _key_of(file: Path | None) -> PublicKey:
    """Raises: NotGenuine: for a file that holds no such key."""
    if file is None:
        return signer_of(read_settings(home_from_environment())).public_key
    return read_key(file.read_text("utf-8", "replace"))


# ---- copies and destruction


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@refusals_said
def backup(folder: Path) -> None:
    """Copy the record and its log into a new FOLDER while the hub runs. The keys are not in it: keep them elsewhere."""
    settings = read_existing(home_from_environment())
    if settings.postgres is not None:
        raise Refused("The record is on PostgreSQL: copy it with its own tools, and never the keys with it.")
    if folder.exists():
        raise Refused(f"{folder} exists already. Name a new folder.")
    if not settings.log.exists():
        raise Refused(f"{settings.log} is missing. Start the hub once, so that it makes its log again from the record.")
    folder.mkdir(parents=True, mode=0o700)
    try:
        for path in (settings.log, settings.events):  # the log first: it never runs ahead of the record
            copy_database(path, folder / path.name)
        if settings.desk.exists():
            copy_database(settings.desk, folder / settings.desk.name)
        shutil.copy2(settings.home / "store.id", folder / "store.id")
    except BaseException:
        shutil.rmtree(folder)  # half a copy is none
        raise
    click.echo(f"Copied to {folder}: the record and its log, sealed. It opens only with the keys, which are not in it.")


@click.command("destructions")
@click.option("--carry-out", is_flag=True, help="Destroy what is due.")
@refusals_said
def destructions(carry_out: bool) -> None:
    """What is destroyed, and what is due to be; people decide it, `--carry-out` does it."""
    with opened_hub() as (hub, _settings):
        attempts = carry_out_due(hub) if carry_out else []
        for attempt in attempts:
            if attempt.refused:
                click.echo(f"{attempt.case}: not destroyed. {attempt.refused}", err=True)
        for case, event in destroyed(hub).items():
            click.echo(f"{case}: destroyed on {event.recorded:%Y-%m-%d} by decision {event.proposal}")
        for case in due(hub):
            click.echo(f"{case}: due to be destroyed")
    if any(attempt.refused for attempt in attempts):
        raise SystemExit(1)


COMMANDS: tuple[click.Command, ...] = (verify, keys, project, head, witness, backup, destructions)
