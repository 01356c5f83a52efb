"""The forms at the door: signing in, choosing credentials, and a person's own account."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import fields

from interfaces.signing_in.passwords import LONGEST, SHORTEST
from interfaces.web.forms.boxes import Box
from interfaces.web.forms.form import Form, Section
from interfaces.web.forms.parts import Part, Shown, Text, Typed, Wrong


class Address(Text, frozen=True, kw_only=True):
    """An e-mail address; browsers and password keepers know it as the name of the account."""

    longest: int = 254

    def shown(self, typed: Typed, errors: Mapping[str, str]) -> Shown:
        laid_out = Text.shown(self, typed, errors)
        more = {"type": "email", "autocomplete": "username", "spellcheck": False, "autocapitalize": "none"}
        return Shown(laid_out.kind, laid_out.params | more)


class Password(Part, frozen=True, kw_only=True):
    """A password: any characters, never shown again, not even to who typed it."""

    new: bool = False

    @property
    def boxes(self) -> dict[str, fields.Field[Any]]:
        return {self.name: Untouched(10 * LONGEST)}

    def shown(self, typed: Typed, errors: Mapping[str, str]) -> Shown:
        more = {
            "type": "password",
            "label": self._label(),
            "classes": "govuk-!-width-two-thirds",
            "autocomplete": "new-password" if self.new else "current-password",
            "spellcheck": False,
        }
        return Shown("input", self._params(errors) | more)


class Untouched(Box):
    """Text as it was typed, with the spaces around it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        Box._deserialize(self, value, attr, data, **kwargs)
        return str(value[0])


class Code(Text, frozen=True, kw_only=True):
    """A code of an authenticator, or a recovery code; never shown again."""

    longest: int = 80
    width: str = "govuk-input--width-10"
    numbers: bool = True

    def shown(self, typed: Typed, errors: Mapping[str, str]) -> Shown:
        laid_out = Text.shown(self, {}, errors)
        more = {"autocomplete": "one-time-code", "spellcheck": False}
        if self.numbers:
            more |= {"inputmode": "numeric"}
        return Shown(laid_out.kind, laid_out.params | more)


class Onward(Part, frozen=True, kw_only=True):
    """The page to go on to, carried along: one of the hub's own, or none."""

    def read(self, given: Mapping[str, Any], zone: ZoneInfo) -> str:
        return own_page(given.get(self.name, ""))

    def shown(self, typed: Typed, errors: Mapping[str, str]) -> Shown:
        return Shown("hidden", {"name": self.name, "value": own_page((typed.get(self.name) or [""])[0])})


class Answer(Part, frozen=True, kw_only=True):
    """What the browser answers to what it was asked; a script of the page puts it there."""

    def read(self, given: Mapping[str, Any], zone: ZoneInfo) -> str:
        if not given.get(self.name):
            raise Wrong("", self.needed)  # there is no box to go to
        return str(given[self.name])

    def shown(self, typed: Typed, errors: Mapping[str, str]) -> Shown:
        return Shown("hidden", {"name": self.name, "value": ""})


class NameOfPasskey(Text, frozen=True, kw_only=True):
    """What somebody calls a passkey of theirs."""

    longest: int = 60

    def shown(self, typed: Typed, errors: Mapping[str, str]) -> Shown:
        laid_out = Text.shown(self, typed, errors)
        return Shown(laid_out.kind, laid_out.params | {"attributes": {"maxlength": str(self.longest)}})


def own_page(address: str) -> str:
    """The address, if it can only lead to a page of this hub."""
    inside = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if inside and address.isprintable() and len(address) <= 500 else ""


SIGN_IN = Form(
    sections=(
        Section(
            parts=(
                Address(name="email", label="Work e-mail", needed="Enter your work e-mail address."),
                Password(name="password", label="Password", needed="Enter your password."),
                Onward(name="onward"),
            )
        ),
    )
)
SECOND_STEP = Form(
    sections=(
        Section(
            parts=(
                Code(
                    name="code",
                    label="Code",
                    hint="The six numbers your authenticator app shows now. Each code works once.",
                    needed="Enter the code.",
                ),
            )
        ),
    )
)
RECOVERY = Form(
    sections=(
        Section(
            parts=(
                Code(
                    name="code",
                    label="Recovery code",
                    hint="One of the ten you were shown. Each works once.",
                    needed="Enter a recovery code.",
                    width="govuk-input--width-20",
                    numbers=False,
                ),
            )
        ),
    )
)
NEW_PASSWORD_HINT = (
    f"At least {SHORTEST} characters of any kind: four words that do not belong together will do. "
    "It need not be changed from time to time, and a password keeper may choose it for you."
)


def _same_twice(values: dict[str, Any]) -> None:
    if values["password"] != values["again"]:
        raise Wrong("again", "The two are not the same. Enter the new password again.")


def _new_password() -> tuple[Part, ...]:
    return (
        Password(name="password", label="New password", hint=NEW_PASSWORD_HINT, needed="Enter a password.", new=True),
        Password(name="again", label="New password again", needed="Enter the new password again.", new=True),
    )


CHOOSE_PASSWORD = Form(sections=(Section(parts=_new_password()),), rule=_same_twice)
CHANGE_PASSWORD = Form(
    sections=(
        Section(
            parts=(
                Password(name="current", label="The password you have now", needed="Enter the password you have now."),
                *_new_password(),
            )
        ),
    ),
    rule=_same_twice,
)
OWN_PASSWORD = Form(
    sections=(
        Section(parts=(Password(name="current", label="Your password", needed="Enter your password."),)),
    )
)
SURE = Form(
    sections=(
        Section(
            parts=(
                Password(name="current", label="Your password", needed="Enter your password."),
                Onward(name="onward"),
            )
        ),
    )
)
NO_PASSKEY = "Your browser gave no passkey. Press the button, and follow what your browser says."
USE_PASSKEY = Form(sections=(Section(parts=(Answer(name="answer", needed=NO_PASSKEY), Onward(name="onward"))),))
NEW_PASSKEY = Form(
    sections=(
        Section(
            parts=(
                NameOfPasskey(
                    name="called",
                    label="Name of this passkey",
                    hint="So that you know it again, such as “Work laptop”.",
                    needed="Enter a name for this passkey.",
                ),
                Answer(name="answer", needed=NO_PASSKEY),
            )
        ),
    )
)
NOTHING = Form(sections=(Section(),))
