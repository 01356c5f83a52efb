"""A session that ends while somebody types gives the form back after sign-in; one that was ended gives nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from application.commands.people import keep_directory
from application.hub import Hub
from interfaces.bootstrap import build_door
from interfaces.demo.replay import ScenarioClock
from interfaces.settings import Settings
from interfaces.signing_in.door import Door
from interfaces.web.app import create_app
from tests.builders import MORNING
from tests.interfaces.web.browsing import Person, form_on, forms_on, person

TYPED = "She came late again, and cried."


@dataclass
class AtTheDoor:
    """A hub whose sign-in clock the test sets."""

    app: Flask
    door: Door
    clock: ScenarioClock

    def comes(self, who: str) -> Person:
        return person(self.app.test_client(), who)

    def later(self, by: timedelta) -> None:
        self.clock.at += by


@pytest.fixture
def at(worked_hub: Hub, settings: Settings) -> Iterator[AtTheDoor]:
    clock = ScenarioClock(MORNING)
    door = build_door(worked_hub, settings, clock)
    yield AtTheDoor(create_app(worked_hub, settings, door), door, clock)
    door.close()


@pytest.fixture
def address(case: UUID) -> str:
    return f"/cases/{case}/plans/new"


def typing(ben: Person, address: str) -> dict[str, list[str]]:
    return form_on(ben.opens(address)).filled({"for": "school", "text": TYPED})


def given_back(ben: Person, address: str) -> str:
    return form_on(ben.opens(address)).controls["text"].values[0]


def beyond_the_limits(settings: Settings) -> timedelta:
    return settings.signing_in.idle + timedelta(minutes=1)


def test_what_was_sent_too_late_is_kept_and_comes_back(
    at: AtTheDoor, address: str, worked_hub: Hub, settings: Settings
) -> None:
    """401, the words that it is kept, and after signing in the form as it was typed; nothing on record."""
    ben = at.comes("ben")
    typed = typing(ben, address)
    at.later(beyond_the_limits(settings))
    before = worked_hub.ledger.recorder.max_notification_id()
    late = ben.client.post(address, data=typed)
    recorded = worked_hub.ledger.recorder.max_notification_id()

    assert 401 == late.status_code
    assert "What you typed is kept" in late.text
    assert TYPED not in late.text
    assert before == recorded
    assert TYPED == given_back(at.comes("ben"), address)


def test_signing_in_leads_back_to_the_form(at: AtTheDoor, address: str, settings: Settings) -> None:
    """In the demo by choosing the same person again."""
    ben = at.comes("ben")
    typed = typing(ben, address)
    at.later(beyond_the_limits(settings))
    late = ben.client.post(address, data=typed)
    link = late.text.partition('">Sign in</a>')[0].rpartition('href="')[2].replace("&amp;", "&")
    choosing = next(form for form in forms_on(ben.opens(link)) if ("person", "ben") in form.buttons)
    again = ben.client.post(choosing.action, data=choosing.values | {"person": ["ben"]})

    assert (303, address) == (again.status_code, again.location)
    assert TYPED == given_back(ben, again.location)


def test_a_form_sent_again_after_signing_in_has_one_effect(
    at: AtTheDoor, address: str, case: UUID, worked_hub: Hub, settings: Settings
) -> None:
    """It keeps its number: whether the first sending came too late or just in time, the plan is there once."""
    ben = at.comes("ben")
    typed = typing(ben, address)
    at.later(beyond_the_limits(settings))
    ben.client.post(address, data=typed)
    again = at.comes("ben")
    form = form_on(again.opens(address))
    before = len(worked_hub.case_events(case))
    done = again.client.post(address, data=form.values)

    assert typed["command_id"] == form.values["command_id"]
    assert (303, before + 1) == (done.status_code, len(worked_hub.case_events(case)))


def test_another_person_at_the_same_browser_gets_nothing(at: AtTheDoor, address: str, settings: Settings) -> None:
    """The form comes back to its author alone."""
    priya = at.comes("priya")
    typed = typing(priya, address)
    at.later(beyond_the_limits(settings))
    priya.client.post(address, data=typed)

    assert "" == given_back(person(priya.client, "tom"), address)


def signed_out(at: AtTheDoor, ben: Person, hub: Hub) -> None:
    at.door.end_all("ben", "from_elsewhere")


def put_back(at: AtTheDoor, ben: Person, hub: Hub) -> None:
    at.clock.at -= timedelta(days=1)


ENDED: list[Callable[[AtTheDoor, Person, Hub], None]] = [signed_out, put_back]


@pytest.mark.parametrize("ended", ENDED)
def test_a_session_that_was_ended_keeps_nothing(
    ended: Callable[[AtTheDoor, Person, Hub], None],
    at: AtTheDoor,
    address: str,
    worked_hub: Hub,
    settings: Settings,
) -> None:
    """Signed out, ended from elsewhere, or of a time that cannot be: its cookie is nobody's any more."""
    ben = at.comes("ben")
    typed = typing(ben, address)
    ended(at, ben, worked_hub)
    late = ben.client.post(address, data=typed)
    at.later(beyond_the_limits(settings))
    later = ben.client.post(address, data=typed)

    assert [(401, False)] * 2 == [(one.status_code, "What you typed is kept" in one.text) for one in (late, later)]
    assert "What you typed since your form was last saved is not kept" in late.text
    assert "" == given_back(at.comes("ben"), address)


def test_of_an_account_that_was_disabled_nothing_is_kept(
    at: AtTheDoor, address: str, case: UUID, worked_hub: Hub, settings: Settings
) -> None:
    """Who may not come in any more leaves nothing behind, whenever the session ran out."""
    ben = at.comes("ben")
    typed = typing(ben, address)
    at.later(beyond_the_limits(settings))
    keep_directory(worked_hub, "alex", "disable_account", {"person": "ben"}, command_id="disabled-by-alex")
    late = ben.client.post(address, data=typed)
    page = f'["recording.plan",{{"case_id":"{case}"}}]'

    assert (401, False) == (late.status_code, "What you typed is kept" in late.text)
    assert worked_hub.drafts.find("ben", page, worked_hub.now()) is None


@pytest.mark.parametrize("token", ["", "x" * 40])
def test_without_its_token_nothing_is_kept(
    token: str, at: AtTheDoor, address: str, settings: Settings
) -> None:
    """Another site cannot put words into a draft."""
    ben = at.comes("ben")
    typed = typing(ben, address) | {"csrf_token": [token]}
    at.later(beyond_the_limits(settings))
    late = ben.client.post(address, data=typed)

    assert (401, False) == (late.status_code, "What you typed is kept" in late.text)
    assert "" == given_back(at.comes("ben"), address)


def test_a_form_that_says_nothing_of_keeping_is_not_kept(at: AtTheDoor, settings: Settings) -> None:
    """No form with a password in it ever is."""
    ben = at.comes("ben")
    typed = form_on(ben.opens("/ask")).values
    at.later(beyond_the_limits(settings))
    late = ben.client.post("/search", data={**typed, "name": ["Maya"], "draft": []})

    assert (401, False) == (late.status_code, "What you typed is kept" in late.text)


def test_hidden_and_unknown_cases_are_answered_alike(
    at: AtTheDoor, case: UUID, worked_hub: Hub, settings: Settings
) -> None:
    """A cookie that ran out tells nobody which cases there are, and puts no look on record under the person's name."""
    lee = at.comes("lee")
    token = forms_on(lee.opens("/caseload"))[0].controls["csrf_token"].values
    at.later(beyond_the_limits(settings))
    sent = {"csrf_token": token, "draft": ["yes"], "text": ["x"]}
    before = worked_hub.ledger.recorder.max_notification_id()
    answers = [lee.client.post(f"/cases/{one}/plans/new", data=sent) for one in (case, UUID(int=7))]
    without = [answer.text.replace(str(one), "") for answer, one in zip(answers, (case, UUID(int=7)), strict=True)]

    assert [401, 401] == [answer.status_code for answer in answers]
    assert without[0] == without[1]
    assert before == worked_hub.ledger.recorder.max_notification_id()


def kept_for(ben: Person, address: str) -> list[str]:
    """What stands on the form, and what is kept beside it."""
    return [given_back(ben, one) for one in (address, f"{address}?beside=yes")]


def test_what_comes_too_late_takes_nobody_s_place(at: AtTheDoor, address: str, settings: Settings) -> None:
    """Another form than the one whose draft stands is kept beside it; the same form goes on where it stood."""
    ben = at.comes("ben")
    typed = typing(ben, address)
    ben.client.post(address, data=typed | {"step": ["autosave"]})
    at.later(beyond_the_limits(settings))
    for number, text in (("another-form", "PLANTED"), ("another-form", "PLANTED AGAIN"), ("a-third-form", "LOST")):
        ben.client.post(address, data=typed | {"command_id": [number], "text": [text]})
    before = kept_for(at.comes("ben"), address)
    ben.client.post(address, data=typed | {"text": ["She came, and laughed."]})
    again = at.comes("ben")

    assert [TYPED, "PLANTED AGAIN"] == before
    assert ["She came, and laughed.", "PLANTED AGAIN"] == kept_for(again, address)
    assert f'href="{address}?beside=yes"' in again.opens("/caseload").text


@pytest.mark.parametrize(("minutes", "kept"), [(24 * 60 - 1, True), (24 * 60, False)])
def test_a_cookie_of_long_ago_keeps_nothing(minutes: int, kept: bool, at: AtTheDoor, address: str) -> None:
    """For a day after the session was last used, so that a form left open overnight comes back."""
    ben = at.comes("ben")
    typed = typing(ben, address)
    at.later(timedelta(minutes=minutes))
    late = ben.client.post(address, data=typed)

    assert (401, kept) == (late.status_code, "What you typed is kept" in late.text)
    assert (TYPED if kept else "") == given_back(at.comes("ben"), address)


def test_a_session_that_ran_out_begins_five_drafts(
    at: AtTheDoor, case: UUID, worked_hub: Hub, settings: Settings
) -> None:
    """Whoever holds its cookie by now fills nobody's list; the same form may be sent as often as it takes."""
    ben = at.comes("ben")
    typed = typing(ben, f"/cases/{case}/plans/new")
    at.later(beyond_the_limits(settings))
    questions = [f"/cases/{case}/assessment/questions/{number}" for number in (1, 1, 2, 3, 4, 5, 6, 1)]
    found = ["What you typed is kept" in ben.client.post(one, data=typed).text for one in questions]

    assert [True, True, True, True, True, True, False, True] == found
    assert 5 == len(worked_hub.drafts.all_of("ben", worked_hub.now()))
