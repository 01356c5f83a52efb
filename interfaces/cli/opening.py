"""Opens the hub of the folder for a command: as it is, or for a person of the demo."""

from collections.abc import Iterator
from contextlib import contextmanager

from application.hub import Hub
from interfaces.bootstrap import running
from interfaces.cli.refusing import Refused
from interfaces.settings import Settings, home_from_environment, read_existing

BEGIN = (
    "Fill in hub.toml there; start it with: hub serve; then let the first administrator in with: "
    "hub people invite PERSON --email ADDRESS"
)


@contextmanager
def opened_hub() -> Iterator[tuple[Hub, Settings]]:
    settings = read_existing(home_from_environment())
    with running(settings) as started:
        yield started.hub, settings


@contextmanager
def hub_of_demo_person(who: str) -> Iterator[tuple[Hub, Settings]]:
    """Acting for a named person is for the demo store: nobody acts in the name of real people."""
    with opened_hub() as (hub, settings):
        if settings.demo_stands_at is None:
            raise Refused(
                "The command line speaks for a person only in a demo store, and this is none: people sign in and "
                "act for themselves. Try it in a demo, in a folder of its own: hub demo"
            )
        people = hub.directory().people
        if who not in people:
            known = "".join(f"\n  {one.id:12} {one.name}, {one.job or one.agency}" for one in people.values())
            raise Refused(f"There is no '{who}' in this demo. --as takes one of:{known}")
        yield hub, settings
