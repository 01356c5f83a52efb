"""Lay views out for a terminal, or as JSON."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click
import msgspec

from application.laying_out import Names, lines_of
from application.queries.history import HistoryView
from application.queries.timeline import TimelineView
from application.queries.who_knew import WhoKnewView
from application.views import CaseView, Cell
from interfaces.demo.check import Report
from interfaces.settings import Settings


def report(found: Report, as_json: bool) -> None:
    """Every refusal with its error and every expectation, each with pass or fail."""
    if as_json:
        _json(found)
        return
    click.echo(f"{found.title}: {found.acts} acts accepted")
    for refusal in found.refusals:
        fault = "" if refusal.passed else f" (expected {refusal.expected}, {refusal.stored} events stored)"
        click.echo(f"{_verdict(refusal.passed)} after act {refusal.after}: {refusal.by} may not {refusal.act}: "
                   f"{refusal.error}{fault}\n     {refusal.message}")  # fmt: skip
    for expectation in found.expectations:
        click.echo(
            f"{_verdict(expectation.passed)} {expectation.id}" + "".join(f"\n     {f}" for f in expectation.faults)
        )
    passed = sum(one.passed for one in found.refusals) + sum(one.passed for one in found.expectations)
    click.echo(f"{passed} of {len(found.refusals) + len(found.expectations)} as they should be")


def case(view: CaseView, names: Names, settings: Settings, as_json: bool) -> None:
    if as_json:
        _json(view)
        return
    at = view.as_at or view.now
    moment = f"{'as recorded by' if view.as_at else 'at'} {_local(at, settings.zone)}"
    click.echo(f"OFFICIAL-SENSITIVE  case {view.case} for {view.reader.name}, {view.reader.agency_name}, {moment}")
    for cell in view.cells:
        _cell(cell, names, settings.zone)


def history(found: HistoryView, names: Names, settings: Settings, as_json: bool) -> None:
    if as_json:
        _json(found)
        return
    for cell in found.versions:
        _cell(cell, names, settings.zone)


def timeline(found: TimelineView, settings: Settings, as_json: bool) -> None:
    if as_json:
        _json(found)
        return
    for entry in found.entries:
        occurred = entry.occurred.start if entry.occurred else ""
        click.echo(
            f"{occurred:16}  recorded {_local(entry.at, settings.zone)}  {entry.by:10} {entry.what}: {entry.text}"
        )


def knew(found: WhoKnewView, settings: Settings, as_json: bool) -> None:
    if as_json:
        _json(found)
        return
    click.echo(f"Who knew what, when ({found.scope})")
    for row in found.rows:
        click.echo(f"{row.label} · {row.agency}")
        for label, moment in (
            ("recorded", row.recorded),
            ("could see in short", row.entitled_coarse),
            ("could see in full", row.entitled_full),
            ("opened in short", row.opened_coarse),
            ("opened in full", row.opened_full),
        ):
            if moment is not None:
                click.echo(f"    {label:20} {_local(moment, settings.zone)}")


def _cell(cell: Cell, names: Names, zone: ZoneInfo) -> None:
    marks = " retained" if cell.retained else ""
    recorded = f", recorded {_local(cell.recorded, zone)}" if cell.recorded else ""
    click.echo(f"\n{cell.label} [{cell.item} v{cell.version}, {cell.showing}{marks}{recorded}] {cell.reason}")
    for label, value in lines_of(cell, names, zone=zone):
        click.echo(f"    {label}: {value}" if label else f"    {value}")


def _local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _verdict(passed: bool) -> str:
    return "pass" if passed else "FAIL"


def _json(value: msgspec.Struct) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(value)).decode())
