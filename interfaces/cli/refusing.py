"""Turns what the hub refuses into one clear line and the exit code 1."""

import functools
from collections.abc import Callable
from typing import Any

import click

from domain.errors import BadInput, SafeguardingError
from interfaces.demo.scenario import ScenarioFaulty
from interfaces.settings import HomeTaken, SettingsDamaged, SettingsMissing, home_from_environment
from interfaces.storage.damage import UNREADABLE, of_postgres
from interfaces.storage.keystore import MasterKeyChanged
from interfaces.storage.log import LogDamaged, LogWentBack, WouldFork
from interfaces.storage.verifying import NotGenuine
from interfaces.web.wsgi import NotBehindHttps, PortRefused

SAID = (
    SafeguardingError, SettingsMissing, SettingsDamaged, HomeTaken, ScenarioFaulty, PortRefused, NotBehindHttps,
    LogWentBack, LogDamaged, WouldFork, NotGenuine, MasterKeyChanged,
)  # fmt: skip


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
        except SAID as error:
            raise Refused(str(error)) from None
        except UNREADABLE as error:
            raise Refused(_unreadable(error)) from None
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise Refused(f"{where}{error.strerror}. Check the path, and that you may write there.") from None

    return saying


def _unreadable(error: Exception) -> str:
    if of_postgres(error):
        said = str(error).strip().splitlines()[0]
        return f"PostgreSQL did not answer as it should ({said}). Check that it runs, and its connection strings."
    return (
        f"The record in {home_from_environment()} cannot be read or written ({str(error).splitlines()[0]}). "
        "A damaged events.sqlite must be put back from a copy; a damaged rows.sqlite you remove, then run: hub rebuild"
    )
