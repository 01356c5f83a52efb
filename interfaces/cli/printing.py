"""Lay views out for a terminal, or as JSON."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click
import msgspec

from application.laying_out import Names, agency_name, lines_of
from application.queries.history import HistoryView
from application.queries.timeline import TimelineView
from application.queries.who_knew import WhoKnewView
from application.views import CaseView, Cell, DecisionThread, ReferralThread, RequestThread
from interfaces.demo.check import Report
from interfaces.settings import Settings
from interfaces.web.words import word


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
    for line in (
        *(_request(one, names, settings.zone) for one in view.requests),
        *(_decision(one, names, settings.zone) for one in view.decisions),
        *(_referral(one, names, settings.zone) for one in view.referrals),
    ):
        click.echo(f"\n{line}")


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
        if row.recorded_itself:
            click.echo("    recorded it itself")


def _request(one: RequestThread, names: Names, zone: ZoneInfo) -> str:
    answered = "answered" if one.answered else "not answered yet"
    return (
        f"Request {one.id}, {_local(one.made, zone)}: {_between(one.by, one.by_person, one.of, names)}, {answered}\n"
        f"    wanted: {one.wanted}\n    purpose: {one.purpose}"
    )


def _decision(one: DecisionThread, names: Names, zone: ZoneInfo) -> str:
    until = f"\n    until: {_local(one.expires, zone)}" if one.expires else ""
    reason = f"\n    reason: {one.reason}" if one.reason else ""
    note = f"\n    note: {one.note}" if one.note else ""
    withdrawn = f"\n    withdrawn {_local(one.withdrawn, zone)}: {one.withdrawn_reason}" if one.withdrawn else ""
    items = f"\n    items: {', '.join(f'{item} ({showing})' for item, showing in one.items)}" if one.items else ""
    force = ", in force" if one.in_force else ""
    return (
        f"Decision {one.id}, {_local(one.made, zone)}: {_between(one.by, one.by_person, one.recipient, names)}: "
        f"{word(one.outcome, 'outcome')}{force}\n"
        f"    purpose: {one.purpose}; basis: {word(one.basis, 'basis')}{items}{reason}{note}{until}{withdrawn}"
    )


def _referral(one: ReferralThread, names: Names, zone: ZoneInfo) -> str:
    lines = [
        f"Referral {one.id}, {_local(one.made, zone)}: {_between(one.by, one.by_person, one.to, names)}",
        f"    summary: {one.summary}",
    ]
    if one.acknowledged:
        lines.append(f"    acknowledged {_local(one.acknowledged, zone)} by {one.acknowledged_by}: {one.decision}")
    lines += [f"    escalated {_local(at, zone)}: {reason}" for reason, at in one.escalations]
    if one.concluded:
        lines.append(f"    concluded {_local(one.concluded, zone)}: {one.outcome}")
    return "\n".join(lines)


def _between(by: str, person: str, to: str, names: Names) -> str:
    return f"{person}, {agency_name(names, by)} to {agency_name(names, to)}"


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
