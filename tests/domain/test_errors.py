"""Refusals: each has a code of its own and says what to do next."""

import pytest

import domain.errors
from domain.errors import BadInput, SafeguardingError

REFUSALS = [
    kind for kind in vars(domain.errors).values() if isinstance(kind, type) and issubclass(kind, SafeguardingError)
]


@pytest.mark.parametrize("kind", [kind for kind in REFUSALS if not issubclass(kind, BadInput)])
def test_a_refusal_says_what_to_do_next(kind):
    """Every user-facing message is a sentence."""
    assert kind().message.endswith(".")


@pytest.mark.parametrize("kind", [kind for kind in REFUSALS if issubclass(kind, BadInput)])
def test_a_refused_field_is_named(kind):
    """The face puts the message beside the field."""
    refused = kind("until", "The end is before the beginning.")

    assert ("until", "The end is before the beginning.") == (refused.field, refused.message)


def test_codes_tell_refusals_apart():
    """Faces decide by the kind of error, never by reading its text."""
    assert len(REFUSALS) == len({kind.code for kind in REFUSALS})


def test_a_refusal_may_say_more():
    """The message given takes the place of the general one."""
    assert "Look again." == SafeguardingError("Look again.").message
