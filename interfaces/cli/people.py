"""`hub people`: register, invite, give roles and end them on the machine itself, before or beside the administrator."""

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any

import click

from application.commands.accounts import note
from application.commands.people import keep_directory
from application.hub import Hub
from domain.vocabulary import Role
from interfaces.bootstrap import build_door
from interfaces.cli.opening import opened_hub
from interfaces.cli.refusing import Refused, refusals_said
from interfaces.settings import Settings
from interfaces.signing_in import enrolment
from interfaces.signing_in.door import Door
from interfaces.web.words import word

THE_MACHINE = "hub"
ROLE = click.Choice([role.value for role in Role])
DAY = click.DateTime(["%Y-%m-%d"])
SAID = {
    "end_membership": "{name} has left: every role and session has ended.",
    "disable_account": "{name} is let in no more, until the account is enabled again.",
    "enable_account": "{name} is let in again.",
    "confirm_account": "{name}'s account is confirmed, by whoever keeps this machine; that is on record.",
}


@click.group("people")
def people() -> None:
    """People, their roles and their accounts. What is done here is on record as done on the machine."""


@contextmanager
def _door() -> Iterator[tuple[Hub, Settings, Door]]:
    with opened_hub() as (hub, settings), closing(build_door(hub, settings)) as door:
        yield hub, settings, door


def _keep(hub: Hub, act: str, /, **data: Any) -> None:
    keep_directory(hub, THE_MACHINE, act, data, command_id=f"machine-{secrets.token_hex(8)}")


def _named(hub: Hub, person: str) -> str:
    """Raises: Refused: listing the people there are."""
    known = hub.directory().people
    if person not in known:
        listed = "".join(f"\n  {one.id:12} {one.name}" for one in known.values()) or " nobody yet"
        raise Refused(f"There is no '{person}' in the directory. There are:{listed}")
    return str(known[person].name)


@people.command("list")
@refusals_said
def list_people() -> None:
    """Everybody, with roles, and how each account stands."""
    with _door() as (hub, _settings, door):
        now, enrolled = hub.now(), door.accounts.enrolled("password") | door.accounts.enrolled("identity")
        for one in hub.directory().people.values():
            roles = ", ".join(word(role, "role") for role in sorted(one.held(now))) or "no role"
            email = door.accounts.email_of(one.id)
            begun = f"invited under {email}; nothing is chosen yet" if email else "not set up yet"
            set_up = f"in use, with {email}" if door.accounts.is_among(one.id, enrolled) else begun
            stands = "left" if one.standing.left else "disabled" if one.standing.disabled else set_up
            waits = ", waits to be confirmed" if one.standing.waits(now) else ""
            click.echo(f"{one.id:12} {one.name} ({one.agency}): {roles}; {stands}{waits}")


@people.command("add")
@click.argument("person")
@click.option("--name", required=True, help="The person's name.")
@click.option("--agency", required=True, help="The agency's reference in the directory.")
@click.option("--job", default="", help="What the person does.")
@click.option("--role", "roles", type=ROLE, multiple=True, required=True, help="A role held from now on; repeatable.")
@refusals_said
def add(person: str, name: str, agency: str, job: str, roles: tuple[str, ...]) -> None:
    """Register PERSON (a short reference, such as a staff number)."""
    with opened_hub() as (hub, _settings):
        directory = hub.directory()
        if person in directory.people:
            raise Refused(f"'{person}' is {directory.people[person].name}. Choose another reference for {name}.")
        if agency not in directory.agencies:
            listed = "".join(f"\n  {one.id:12} {one.name}" for one in directory.agencies.values())
            raise Refused(f"There is no agency '{agency}' in the directory. There are:{listed}")
        _keep(hub, "register_person", id=person, name=name, agency=agency, job=job, roles=list(roles))
    click.echo(f"{name} is registered. Let them in with: hub people invite {person} --email ADDRESS")


@people.command("role")
@click.argument("person")
@click.argument("role", type=ROLE)
@click.option("--from", "starts", type=DAY, help="The first day; from now on unless given.")
@click.option("--until", "ends", type=DAY, help="The day on which the role is held no more.")
@click.option("--end", is_flag=True, help="End the role now.")
@refusals_said
def give_role(person: str, role: str, starts: datetime | None, ends: datetime | None, end: bool) -> None:
    """Give PERSON a ROLE, from when until when, or end it."""
    with opened_hub() as (hub, settings):
        name = _named(hub, person)
        if end:
            _keep(hub, "end_role", person=person, role=role)
        else:
            today = hub.now().astimezone(settings.zone).date()
            days = {"starts": starts if starts and starts.date() != today else None, "ends": ends}
            span = {key: at.replace(tzinfo=settings.zone).isoformat() for key, at in days.items() if at}
            _keep(hub, "give_role", person=person, role=role, **span)
    click.echo(f"{name}: {word(role, 'role')} {'ended' if end else 'given'}.")


@people.command("invite")
@click.argument("person")
@click.option("--email", default="", help="The person's work e-mail; needed the first time.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True,
              help="Where the hub is served on this machine, if it has no public address yet.")  # fmt: skip
@refusals_said
def invite(person: str, email: str, port: int) -> None:
    """Print a link for PERSON, to be handed over: there they choose what they sign in with, once, within 24 hours.

    Whoever has credentials already loses them, and comes to no case until a manager confirms the account.
    """
    with _door() as (hub, settings, door):
        name = _named(hub, person)
        address = email or door.accounts.email_of(person)
        if not address:
            raise Refused("Give the person's work e-mail with --email; it is what they sign in with.")
        command_id = f"machine-{secrets.token_hex(8)}"
        link = enrolment.start(door, THE_MACHINE, person, address, command_id=command_id)
        note(hub, "account.link_sent", person, by=THE_MACHINE, how="printed")
        waits = (
            f"\n{name} comes to no case until a manager has confirmed the account."
            if hub.directory().people[person].standing.waits(hub.now())
            else ""
        )
    click.echo(f"{settings.web.origin or f'http://127.0.0.1:{port}'}/enrol/{link}")
    click.echo(f"Hand it to {name} and to nobody else.{waits}", err=True)


@people.command("sign-out")
@click.option("--all", "everybody", is_flag=True, help="Everybody, in every browser.")
@refusals_said
def sign_out(everybody: bool) -> None:
    """End every session at once, such as those an older desk.sqlite brought back; it is on record for each person."""
    if not everybody:
        raise click.UsageError("Say whom: --all. One person's sessions end with: hub people disable, then enable.")
    with _door() as (hub, _settings, door):
        ended = {one: door.end_all(one, "everywhere", by=THE_MACHINE) for one in hub.directory().people}
    signed_out = [sessions for sessions in ended.values() if sessions]
    click.echo(f"{sum(signed_out)} sessions of {len(signed_out)} people have ended. Everybody signs in anew.")


def _of_an_account(name: str, does: str, act: str) -> click.Command:
    @click.argument("person")
    @refusals_said
    def do(person: str) -> None:
        with _door() as (hub, _settings, door):
            said = SAID[act].format(name=_named(hub, person))
            _keep(hub, act, person=person)
            if act in ("end_membership", "disable_account"):
                door.end_all(person, "may_not_enter", by=THE_MACHINE)
        click.echo(said)

    return click.command(name, help=does)(do)


for command in (
    _of_an_account("end", "PERSON leaves the agency: every role and session ends now.", "end_membership"),
    _of_an_account("disable", "Let PERSON in no more.", "disable_account"),
    _of_an_account("enable", "Let PERSON in again.", "enable_account"),
    _of_an_account("confirm", "Confirm PERSON's account, where nobody at the hub can.", "confirm_account"),
):
    people.add_command(command)
