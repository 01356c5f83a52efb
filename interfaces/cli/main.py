"""The `hub` command: set up, load the worked case, serve, ask a hub, export, import, rebuild."""

import functools
import hashlib
import json
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from click.core import ParameterSource

from application.hub import Hub
from application.projections.catch_up import rebuild as rebuild_rows
from application.queries.case_as_seen import case_as_seen
from application.queries.caseload import caseload
from application.queries.chronology import chronology
from application.queries.history import history_of
from application.queries.pack import referral_pack
from application.queries.policies_in_force import all_editions
from application.queries.timeline import case_timeline
from application.queries.who_knew import who_knew
from domain.errors import BadInput, SafeguardingError
from interfaces.bootstrap import running, set_up_postgres
from interfaces.cli import printing
from interfaces.cli.handing_over import file_to_write
from interfaces.cli.importing import import_acts
from interfaces.cli.keeping import COMMANDS as KEEPING
from interfaces.cli.opening import BEGIN, hub_of_demo_person, opened_hub
from interfaces.cli.people import people
from interfaces.cli.refusing import Refused, refusals_said
from interfaces.demo.check import Report, run
from interfaces.demo.replay import Replay, ScenarioClock
from interfaces.demo.scenario import WORKED_CASE, Scenario, read_partnership, read_scenario
from interfaces.exports import chronology as chronology_file
from interfaces.exports.pack import as_zip, lay_out
from interfaces.exports.policy_tables import markdown
from interfaces.settings import (
    Settings,
    create_home,
    home_from_environment,
    new_home,
    read_existing,
    read_settings,
    scenario_in,
    write_options_begun,
    write_postgres,
)
from interfaces.web.words import read_moment
from interfaces.web.wsgi import LOOPBACK
from interfaces.web.wsgi import serve as serve_web

AS_PERSON = click.option("--as", "who", required=True, help="The demo person who asks.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
PORT = click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
CASE = click.option("--case", "case", type=click.UUID, help="The case; may be left out when the person sees only one.")



@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """The safeguarding hub. HUB_HOME names the folder of an embedded hub (else .hub here)."""
    context.call_on_close(functools.partial(os.umask, os.umask(0o077)))


for kept in (*KEEPING, people):
    main.add_command(kept)


@main.command()
@click.option("--from", "partnership", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
              help="A TOML file with the partnership's [[agency]] and [[person]] entries.")  # fmt: skip
@click.option("--postgres", default="", metavar="CONNECTION",
              help="The owner's libpq connection string of an empty database for the record.")  # fmt: skip
@click.option("--keys", "keys_in", default="", metavar="CONNECTION",
              help="With --postgres: the same for the key store, in a database of its own.")  # fmt: skip
@refusals_said
def init(partnership: Path, postgres: str, keys_in: str) -> None:
    """Make a hub for a partnership, with keys of its own: in the folder, or with its databases on PostgreSQL."""
    home = home_from_environment()
    if (home / "events.sqlite").exists() or (home / "hub.toml").exists():
        raise Refused("There is a hub here already; it was left as it is.")
    if bool(postgres) != bool(keys_in):
        raise click.UsageError("A hub on PostgreSQL needs both: --postgres for the record, --keys for the key store.")
    scenario = read_partnership(partnership)
    with new_home(home) as unfinished:
        create_home(unfinished)
        if postgres:
            write_postgres(unfinished, set_up_postgres(postgres, keys_in))
        write_options_begun(unfinished)
        with running(read_settings(unfinished)) as started:
            Replay(scenario, started.hub, ScenarioClock(started.hub.now())).set_up()
    click.echo(f"The hub is set up in {home}. {BEGIN}")


@main.command()
@click.option("--load", is_flag=True, help="Fill the demo store and do not serve it.")
@click.option("--check", is_flag=True, help="Replay into a fresh store and print every refusal and expectation.")
@click.option("--scenario", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=WORKED_CASE,
              help="A scenario file; the worked case unless given.")  # fmt: skip
@PORT
@AS_JSON
@click.pass_context
@refusals_said
def demo(context: click.Context, load: bool, check: bool, path: Path, port: int, as_json: bool) -> None:
    """Load the worked case and serve it on 127.0.0.1."""
    if load and check:
        raise click.UsageError("--check replays into a store of its own: leave out --load.")
    if as_json and not (load or check):
        raise click.UsageError("--json goes with --load or --check.")
    scenario = read_scenario(path)
    if check:
        _check(scenario, as_json)
        return
    home = home_from_environment()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    filled_already = (home / "events.sqlite").exists()
    if not filled_already:
        _load(scenario, home, digest, quiet=as_json)
    elif not (home / "demo").exists():
        raise Refused("HUB_HOME names a hub that is not a demo; the demo was not loaded into it.")
    elif scenario_in(home) != digest:
        _other_scenario(home, asked_for=context.get_parameter_source("path") is not ParameterSource.DEFAULT)
    if not load:
        _serve(read_existing(home), port)
    elif as_json:
        click.echo(json.dumps({"home": str(home), "filled_already": filled_already}))
    elif filled_already:
        click.echo(f"The demo store was filled already. To start afresh, remove {home} and load it again.")
    else:
        click.echo(f"The demo store is filled. It is in {home}.")


def _other_scenario(home: Path, *, asked_for: bool) -> None:
    """A store holds one scenario: another one asked for is refused; otherwise what is there is named and served."""
    said = f"The demo store in {home} was filled from another scenario file, or from an earlier one of this name."
    afresh = f"To start afresh, remove {home}; or let HUB_HOME name another folder."
    if asked_for:
        raise Refused(f"{said} {afresh}")
    click.echo(f"{said} It is used as it is. {afresh}", err=True)


def _load(scenario: Scenario, home: Path, digest: str, *, quiet: bool) -> None:
    with new_home(home) as unfinished:
        create_home(unfinished, scenario.moment(scenario.demo_stands_at), digest)
        clock = ScenarioClock(scenario.moment(scenario.acts[0]["recorded"]))
        with running(read_settings(unfinished), clock) as started:
            replay = Replay(scenario, started.hub, clock)
            replay.set_up()
            with click.progressbar(scenario.acts, label=f"Recording {scenario.title}", hidden=quiet) as acts:
                for entry in acts:
                    _do(replay, entry)


def _do(replay: Replay, entry: dict[str, Any]) -> None:
    """Raises: Refused: naming the act that the scenario has and the hub does not take."""
    try:
        replay.do(entry)
    except (SafeguardingError, KeyError, TypeError, AttributeError) as error:
        why = error.message if isinstance(error, SafeguardingError) else f"{type(error).__name__} {error}"
        raise Refused(
            f"Act {entry['n']} ({entry['act']}, by {entry['by']}) was not accepted: {why}\n"
            "Nothing was kept. Put the scenario right; --check shows everything that is wrong with it."
        ) from None


def _check(scenario: Scenario, as_json: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        create_home(Path(folder))
        steps = len(scenario.acts) + len(scenario.expectations)
        with click.progressbar(length=steps, label="Replaying", hidden=as_json) as bar:
            report: Report = run(scenario, read_settings(Path(folder)), lambda: bar.update(1))
    printing.report(report, as_json)
    if not report.passed:
        raise SystemExit(1)


@main.command()
@PORT
@click.option("--host", default=LOOPBACK, show_default=True, help="Another address only behind https: [web] origin.")
@refusals_said
def serve(port: int, host: str) -> None:
    """Serve the hub on this machine, or behind a proxy that speaks https."""
    _serve(read_existing(home_from_environment()), port, host)


def _serve(settings: Settings, port: int, host: str = LOOPBACK) -> None:
    def say() -> None:
        click.echo(f"The hub is at {settings.web.origin or f'http://{host}:{port}'} (stop it with Ctrl-C).")

    serve_web(settings, port, host, ready=say)


@main.command("case")
@AS_PERSON
@CASE
@AS_JSON
@refusals_said
def case_command(who: str, case: UUID | None, as_json: bool) -> None:
    """The case as this person may see it."""
    with hub_of_demo_person(who) as (hub, settings):
        view = case_as_seen(hub, who, _case(hub, who, case), what="case on the command line")
        printing.case(view, hub.directory(), settings, as_json)


@main.command("as-at")
@click.argument("moment")
@AS_PERSON
@CASE
@AS_JSON
@refusals_said
def as_at_command(moment: str, who: str, case: UUID | None, as_json: bool) -> None:
    """The case as it was recorded by MOMENT (local time, 2026-01-31T12:00; a day alone means the end of it)."""
    with hub_of_demo_person(who) as (hub, settings):
        at = _moment(moment, hub, settings)
        view = case_as_seen(hub, who, _case(hub, who, case), at, "case on the command line")
        printing.case(view, hub.directory(), settings, as_json)


@main.command("history")
@click.argument("item", required=False)
@AS_PERSON
@CASE
@AS_JSON
@refusals_said
def history_command(item: str | None, who: str, case: UUID | None, as_json: bool) -> None:
    """The history of ITEM (such as concern:C1), or the whole timeline."""
    with hub_of_demo_person(who) as (hub, settings):
        found = _case(hub, who, case)
        if item:
            printing.history(history_of(hub, who, found, item), hub.directory(), settings, as_json)
        else:
            printing.timeline(case_timeline(hub, who, found)[1], settings, as_json)


@main.command("knew")
@AS_PERSON
@CASE
@AS_JSON
@refusals_said
def knew_command(who: str, case: UUID | None, as_json: bool) -> None:
    """Who knew what, when: occurred, recorded, entitled, opened."""
    with hub_of_demo_person(who) as (hub, settings):
        printing.knew(who_knew(hub, who, _case(hub, who, case)), settings, as_json)


@main.command("export")
@click.argument("what", type=click.Choice(["referral", "chronology"]))
@click.option("--referral", default="", help="The referral, for its pack.")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), help="The file to write.")
@click.option("--force", is_flag=True, help="Write over the file when there is one.")
@AS_PERSON
@CASE
@refusals_said
def export_command(what: str, referral: str, target: Path, force: bool, who: str, case: UUID | None) -> None:
    """Write a referral pack (zip) or the chronology (CSV) as this person may hand it over."""
    with hub_of_demo_person(who) as (hub, settings):
        found = _case(hub, who, case)
        if what == "referral":
            _require_referral(hub, who, found, referral)
        elif referral:
            raise Refused("--referral goes with `export referral`; a chronology is of the whole case.")
        with file_to_write(target, force=force) as file:
            if what == "referral":
                as_read_here = functools.partial(
                    lay_out, names=hub.directory(), zone=settings.zone, contacts=settings.contacts or None
                )
                _pack, files = referral_pack(hub, who, found, referral, as_read_here)
                file.write(as_zip(files))
            else:
                as_table = functools.partial(chronology_file.lay_out, names=hub.directory(), zone=settings.zone)
                file.write(chronology(hub, who, found, as_table))
    click.echo(f"Written: {target}. That it was handed out is on record.")


def _require_referral(hub: Hub, who: str, case: UUID, referral: str) -> None:
    """Raises: Refused: listing the referrals this person may export."""
    if referral:
        return
    view = case_as_seen(hub, who, case, what="case on the command line")
    own = [f"{one.id} (to {hub.directory().agencies[one.to].name})" for one in view.referrals
           if one.by == view.reader.agency]  # fmt: skip
    if not own:
        raise Refused(f"{view.reader.agency_name} has made no referral in this case, so there is no pack to write.")
    raise Refused(f"Name the referral with --referral: {', '.join(own)}.")


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@AS_PERSON
@CASE
@refusals_said
def import_command(file: Path, who: str, case: UUID | None) -> None:
    """Do the acts in FILE as this person: JSON lines, {"act": "record_concern", "data": {…}}; repeated, one effect."""
    with hub_of_demo_person(who) as (hub, _settings):
        lines = _lines_of(file)
        found = _case(hub, who, case)
        with click.progressbar(length=len(lines), label="Importing") as bar:
            refused = import_acts(hub, who, found, lines, lambda: bar.update(1))
    for line, message in refused:
        click.echo(f"line {line}: {message}", err=True)
    acts = sum(bool(line.strip()) for line in lines)
    click.echo(f"{acts - len(refused)} of {acts} lines are in the record.")
    if refused:
        raise SystemExit(1)


def _lines_of(file: Path) -> list[str]:
    """The lines as editors number them; other line separators of Unicode stand within a line."""
    try:
        return file.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise Refused(f"{file} is not UTF-8 (byte {error.start}). Save it as UTF-8; nothing was imported.") from None


@main.command("rebuild")
@AS_JSON
@refusals_said
def rebuild_command(as_json: bool) -> None:
    """Throw the read models away and make them again from the events."""
    settings = read_existing(home_from_environment())
    there_were = settings.postgres is not None or settings.rows.exists()
    with opened_hub() as (hub, _settings):
        before = hub.rows.everything()
        newest = hub.ledger.recorder.max_notification_id() or 0
        with click.progressbar(length=newest, label="Rebuilding", hidden=as_json) as bar:
            taken = rebuild_rows(hub, bar.update)
        equal = before == hub.rows.everything()
    answer = {"events": taken, "rows": len(before), "equal_to_before": equal if there_were else None}
    verdict = f"the rows are {'equal' if equal else 'not equal'} to those before" if there_were else (
        "there were no rows before, and now there are"
    )  # fmt: skip
    click.echo(json.dumps(answer) if as_json else f"{taken} events taken in; {verdict}.")


@main.command("policy-tables")
@click.option(
    "--check",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Compare with this document and fail if it differs.",
)
@refusals_said
def policy_tables(path: Path | None) -> None:
    """Print the policy tables as a document."""
    text = markdown(all_editions())
    if path is None:
        click.echo(text, nl=False)
    elif not path.exists() or path.read_bytes() != text.encode():
        raise Refused(f"{path} is not as the tables make it. Write it again with: hub policy-tables > {path}")


def _case(hub: Hub, who: str, case: UUID | None) -> UUID:
    if case is not None:
        return case
    cases = [str(entry.case) for entry in caseload(hub, who).entries]
    if not cases:
        raise Refused("This person sees no case. Name another person with --as.")
    if len(cases) > 1:
        raise Refused("This person sees several cases; name one with --case:\n  " + "\n  ".join(cases))
    return UUID(cases[0])


def _moment(text: str, hub: Hub, settings: Settings) -> datetime:
    """The moment meant; today means now, a later one is refused: nothing was recorded by then yet."""
    at, now = read_moment(text, settings.zone, "MOMENT"), hub.now()
    if at is None:
        raise BadInput("MOMENT", "Write a date and time like 2026-01-31T12:00.")
    today = now.astimezone(settings.zone)
    if at > now and text.strip() != today.date().isoformat():
        raise BadInput(
            "MOMENT", f"This is still to come: the hub's clock says {today:%Y-%m-%d %H:%M}. Choose an earlier one."
        )
    return min(at, now)
