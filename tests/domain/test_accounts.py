"""What is on record of the door: people, reasons and numbers, and no field in which a secret could stand."""

import pytest

from domain.accounts import ACCOUNT_EVENTS
from domain.record import Event
from tests.domain.builders import LEAD, an_act

STAMP = {"by", "recorded", "command"}
OF_THE_DOOR = {
    "account.enrolled": {"person"},
    "account.link_sent": {"person", "how"},
    "account.address_told": {"person", "sent"},
    "sign_in.succeeded": {"person", "method", "browser"},
    "sign_in.refused": {"person", "why", "browser"},
    "agency_sign_in.refused": {"person", "agency", "why", "browser"},
    "session.ended": {"person", "why", "sessions"},
    "password.changed": {"person"},
    "second_factor.added": {"person", "kind", "name"},
    "second_factor.removed": {"person", "kind", "name"},
    "recovery_code.made": {"person"},
    "recovery_code.used": {"person", "left"},
}
"""Issue 4: no password, code, key or link is ever part of the record; a new field is added here by hand."""


def test_every_kind_of_event_at_the_door_is_written_down_here():
    assert sorted(OF_THE_DOOR) == sorted(kind.__struct_config__.tag for kind in ACCOUNT_EVENTS)


@pytest.mark.parametrize("kind", ACCOUNT_EVENTS, ids=lambda kind: kind.__struct_config__.tag)
def test_it_holds_who_why_and_how_and_no_secret(kind: type[Event]):
    assert OF_THE_DOOR[kind.__struct_config__.tag] | STAMP == set(kind.__struct_fields__)


@pytest.mark.parametrize("kind", ACCOUNT_EVENTS, ids=lambda kind: kind.__struct_config__.tag)
def test_it_cannot_be_made_with_anything_else(kind: type[Event]):
    told = {name: "it" for name in kind.__struct_fields__ if name not in STAMP}

    with pytest.raises(TypeError, match="password"):
        kind(**told, **an_act(LEAD).stamp, password="correct horse")
