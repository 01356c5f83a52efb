"""The `hub` command: set up, load the worked case, serve, ask a hub, export, import, rebuild."""

import functools
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import msgspec

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
from interfaces.bootstrap import build_hub
from interfaces.cli import printing
from interfaces.cli.importing import import_acts
from interfaces.demo.check import Report, run
from interfaces.demo.replay import Replay, ScenarioClock
from interfaces.demo.scenario import WORKED_CASE, Scenario, ScenarioFaulty, read_scenario
from interfaces.exports import chronology as chronology_file
from interfaces.exports.pack import as_zip, lay_out
from interfaces.exports.policy_tables import markdown
from interfaces.settings import Settings, SettingsMissing, create_home, home_from_environment, read_settings
from interfaces.web.wsgi import serve as serve_web

AS_PERSON = click.option("--as", "who", required=True, help="The demo person who asks.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
CASE = click.option("--case", "case", type=click.UUID, help="The case; may be left out when the person sees only one.")


class Refused(click.ClickException):
    """A refusal, said as its message; the exit code is 1."""


def refusals_said(command: Callable[..., None]) -> Callable[..., None]:
    """Turn the hub's refusals into one clear line."""

    @functools.wraps(command)
    def saying(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except BadInput as error:
            raise Refused(f"{error.field}: {error.message}" if error.field else error.message) from None
        except (SafeguardingError, SettingsMissing, ScenarioFaulty) as error:
            raise Refused(str(error)) from None

    return saying


@click.group()
def main() -> None:
    """The safeguarding hub. HUB_HOME names the folder of an embedded hub (else .hub here)."""


@contextmanager
def opened_hub() -> Iterator[tuple[Hub, Settings]]:
    settings = read_settings(home_from_environment())
    hub = build_hub(settings)
    try:
        yield hub, settings
    finally:
        hub.close()


@contextmanager
def hub_of_demo_person() -> Iterator[tuple[Hub, Settings]]:
    """Acting for a named person is for the demo store: elsewhere people sign in, and nobody acts in their name."""
    with opened_hub() as (hub, settings):
        if settings.demo_stands_at is None:
            raise Refused("The command line speaks for a person only in a demo store. Sign in with the browser.")
        yield hub, settings


@main.command()
@click.option("--from", "partnership", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A TOML file with the partnership's [[agency]] and [[person]] entries.")  # fmt: skip
@refusals_said
def init(partnership: Path | None) -> None:
    """Make an empty hub with keys of its own."""
    home = home_from_environment()
    if (home / "events.sqlite").exists():
        raise Refused("There is a hub here already; it was left as it is.")
    entries = msgspec.toml.decode(partnership.read_bytes()) if partnership else {}
    create_home(home)
    hub = build_hub(read_settings(home))
    if entries:
        scenario = msgspec.convert(
            {"title": "", "timezone": "Europe/London", "demo_stands_at": "", "act": [], **entries}, Scenario
        )
        Replay(scenario, hub, ScenarioClock(hub.now())).set_up()
    hub.close()
    click.echo("The hub is set up. Start it with: hub serve")


@main.command()
@click.option("--load", is_flag=True, help="Fill the demo store and do not serve it.")
@click.option("--check", is_flag=True, help="Replay into a fresh store and print every refusal and expectation.")
@click.option("--scenario", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=WORKED_CASE,
              help="A scenario file; the worked case unless given.")  # fmt: skip
@click.option("--port", default=8000, show_default=True)
@AS_JSON
@refusals_said
def demo(load: bool, check: bool, path: Path, port: int, as_json: bool) -> None:
    """Load the worked case and serve it on 127.0.0.1."""
    scenario = read_scenario(path)
    if check:
        _check(scenario, as_json)
        return
    home = home_from_environment()
    if not (home / "events.sqlite").exists():
        _load(scenario, home)
    elif not (home / "demo").exists():
        raise Refused("HUB_HOME names a hub that is not a demo; the demo was not loaded into it.")
    if load:
        click.echo("The demo store is filled.")
    else:
        _serve(read_settings(home), port)


def _load(scenario: Scenario, home: Path) -> None:
    create_home(home, scenario.moment(scenario.demo_stands_at))
    clock = ScenarioClock(scenario.moment(scenario.acts[0]["recorded"]))
    hub = build_hub(read_settings(home), clock)
    replay = Replay(scenario, hub, clock)
    replay.set_up()
    with click.progressbar(scenario.acts, label="Recording the worked case") as acts:
        for entry in acts:
            replay.do(entry)
    hub.close()


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
@click.option("--port", default=8000, show_default=True)
@refusals_said
def serve(port: int) -> None:
    """Serve the hub on 127.0.0.1."""
    _serve(read_settings(home_from_environment()), port)


def _serve(settings: Settings, port: int) -> None:
    click.echo(f"The hub is at http://127.0.0.1:{port} (stop it with Ctrl-C).")
    serve_web(settings, port)


@main.command("case")
@AS_PERSON
@CASE
@AS_JSON
@refusals_said
def case_command(who: str, case: UUID | None, as_json: bool) -> None:
    """The case as this person may see it."""
    with hub_of_demo_person() as (hub, settings):
        view = case_as_seen(hub, who, _case(hub, who, case), what="case on the command line")
        printing.case(view, hub.directory(), settings, as_json)


@main.command("as-at")
@click.argument("moment")
@AS_PERSON
@CASE
@AS_JSON
@refusals_said
def as_at_command(moment: str, who: str, case: UUID | None, as_json: bool) -> None:
    """The case as it was recorded by MOMENT (local time, 2026-01-31T12:00)."""
    with hub_of_demo_person() as (hub, settings):
        at = _moment(moment, settings)
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
    with hub_of_demo_person() as (hub, settings):
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
    with hub_of_demo_person() as (hub, settings):
        printing.knew(who_knew(hub, who, _case(hub, who, case)), settings, as_json)


@main.command("export")
@click.argument("what", type=click.Choice(["referral", "chronology"]))
@click.option("--referral", default="", help="The referral, for its pack.")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), help="The file to write.")
@AS_PERSON
@CASE
@refusals_said
def export_command(what: str, referral: str, target: Path, who: str, case: UUID | None) -> None:
    """Write a referral pack (zip) or the chronology (CSV) as this person may hand it over."""
    with hub_of_demo_person() as (hub, settings):
        found = _case(hub, who, case)
        if what == "referral":
            as_read_here = functools.partial(lay_out, names=hub.directory(), zone=settings.zone)
            _pack, files = referral_pack(hub, who, found, referral, as_read_here)
            target.write_bytes(as_zip(files))
        else:
            as_table = functools.partial(chronology_file.lay_out, names=hub.directory(), zone=settings.zone)
            target.write_bytes(chronology(hub, who, found, as_table))
    click.echo("Written.")


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@AS_PERSON
@CASE
@refusals_said
def import_command(file: Path, who: str, case: UUID | None) -> None:
    """Do the acts in FILE as this person: JSON lines, {"act": "record_concern", "data": {…}}; repeated, one effect."""
    with hub_of_demo_person() as (hub, _settings):
        lines = file.read_text(encoding="utf-8").splitlines()
        found = _case(hub, who, case)
        with click.progressbar(length=len(lines), label="Importing") as bar:
            refused = import_acts(hub, who, found, lines, lambda: bar.update(1))
    for line, message in refused:
        click.echo(f"line {line}: {message}", err=True)
    click.echo(f"{len(lines) - len(refused)} of {len(lines)} lines are in the record.")
    if refused:
        raise SystemExit(1)


@main.command("rebuild")
@AS_JSON
@refusals_said
def rebuild_command(as_json: bool) -> None:
    """Throw the read models away and make them again from the events."""
    with opened_hub() as (hub, _settings):
        before = hub.rows.everything()
        newest = hub.ledger.recorder.max_notification_id() or 0
        with click.progressbar(length=newest, label="Rebuilding", hidden=as_json) as bar:
            taken = rebuild_rows(hub, bar.update)
        equal = before == hub.rows.everything()
    answer = {"events": taken, "rows": len(before), "equal_to_before": equal}
    verdict = "equal to" if equal else "not equal to"
    click.echo(json.dumps(answer) if as_json else f"{taken} events taken in; the rows are {verdict} those before.")


@main.command("policy-tables")
@click.option(
    "--check", "path", type=click.Path(path_type=Path), help="Compare with this document and fail if it differs."
)
@refusals_said
def policy_tables(path: Path | None) -> None:
    """Print the policy tables as a document."""
    text = markdown(all_editions())
    if path is None:
        click.echo(text, nl=False)
    elif not path.exists() or path.read_text(encoding="utf-8") != text:
        raise Refused(f"{path} is not as the tables make it. Write it again with: hub policy-tables > {path}")


def _case(hub: Hub, who: str, case: UUID | None) -> UUID:
    if case is not None:
        return case
    entries = caseload(hub, who).entries
    if len(entries) != 1:
        raise Refused(f"This person sees {len(entries)} cases; name one with --case.")
    return entries[0].case


def _moment(text: str, settings: Settings) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("This is not a date and time; write it as 2026-01-31T12:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=settings.zone)
