"""What is typed into a form is given back to whoever typed it, and to nobody else, until it is sent or thrown away."""

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from application.hub import Hub
from tests.interfaces.web.browsing import PageForm, Person, form_on, forms_on
from tests.interfaces.web.conftest import token
from tests.signing_in import Enrolled, signs_in

ClientFor = Callable[[str], FlaskClient]
SAVE = ("step", "save")
AUTOSAVED = {"step": ["autosave"]}
TYPED = "She came late again, and cried."


def autosave(person: Person, address: str, answers: dict[str, str | list[str]]) -> TestResponse:
    """What the page's script sends: the form as it stands, to its own address."""
    form = form_on(person.opens(address))
    return person.client.post(address, data=form.filled(answers) | AUTOSAVED)


def value(page: TestResponse, name: str) -> list[str]:
    return form_on(page).controls[name].values


def events(hub: Hub) -> int:
    return hub.ledger.recorder.max_notification_id() or 0


FORMS = [
    ("ben", "/concerns/new", "narrative"),
    ("ben", "/details/new", "safe_contact"),
    ("ben", "/people-of-concern/new", "description"),
    ("priya", "/plans/new", "text"),
    ("priya", "/justifications/new", "facts"),
    ("priya", "/consents/new", "about"),
    ("priya", "/shares/with/school", "reason"),
    ("priya", "/requests/new", "wanted"),
    ("ben", "/referrals/new", "summary"),
    ("ben", "/assessment/questions/1", "note"),
    ("priya", "/risk/propose", "rationale"),
    ("sam", "/concerns/C2/correct", "reason"),
    ("priya", "/concerns/C2/disagree", "reason"),
]


@pytest.mark.parametrize(("who", "address", "box"), FORMS)
def test_every_long_form_is_saved_and_comes_back(
    who: str, address: str, box: str, client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """Without scripts: one button saves, goes back to the case, and puts nothing on record; My work leads back."""
    person, path = Person(client_for(who)), f"/cases/{case}{address}"
    page = person.opens(path)
    begun = events(worked_hub)
    saved, number = person.presses(path, page, {box: TYPED}, press=SAVE)
    recorded = events(worked_hub) - begun
    again = person.opens(path)
    work = person.opens("/caseload").text
    listed = re.findall(rf'href="{path}">([^<]+)<span class="govuk-visually-hidden"> \(go on', work)

    assert (303, f"/cases/{case}") == (saved.status_code, saved.location)
    assert ([True], False) == ([bool(name) for name in listed], "A form" in listed)
    assert 0 == recorded
    assert [TYPED] == value(again, box)
    assert [number] == value(again, "command_id")
    assert "Nothing of it is on record yet." in again.text


@pytest.mark.parametrize(
    ("who", "address", "box"),
    [("ben", "/record", "name"), ("ben", "/ask", "wanted"), ("pat", "/reviews/new", "name")],
)
def test_forms_that_name_no_case_yet_come_back_too(who: str, address: str, box: str, client_for: ClientFor) -> None:
    """Kept under the agency's key; then to the list of cases."""
    person = Person(client_for(who))
    saved, _ = person.sends(address, {box: TYPED}, press=SAVE)
    again = person.opens(address)

    assert (303, "/caseload") == (saved.status_code, saved.location)
    assert [TYPED] == value(again, box)


def on_my_work(person: Person) -> tuple[str, list[PageForm]]:
    """What My work says was begun and not sent, with the form that throws each away."""
    page = person.opens("/caseload")
    section = page.text.partition('<section aria-labelledby="begun">')[2].partition("</section>")[0]
    discarding = [form for form in forms_on(page) if form.action == "/caseload/drafts/discard"]
    return " ".join(re.sub(r"<[^>]+>", " ", section).split()), discarding


def test_my_work_lists_what_was_begun_and_throws_it_away(client_for: ClientFor, case: UUID) -> None:
    """Which form, of which case as its author sees it, and when it was saved; without a draft there is no list."""
    priya = Person(client_for("priya"))
    before = on_my_work(priya)
    autosave(priya, "/ask", {"wanted": TYPED})
    autosave(priya, f"/cases/{case}/shares/with/school", {"reason": TYPED})
    autosave(priya, f"/cases/{case}/assessment/questions/2", {"note": TYPED})
    said, discarding = on_my_work(priya)
    thrown = priya.client.post(discarding[0].action, data=discarding[0].values)
    again = priya.client.post(discarding[0].action, data=discarding[0].values)
    left, _ = on_my_work(priya)

    assert ("", []) == before
    assert "Ask another agency about a young person" in said
    assert said.index("Maya Ellison") < said.index("Decide what to share with Oakfield Academy (go on with it, case")
    assert "Assessment, question 2" in said
    assert 3 == said.count("Throw it away") == said.count(" Saved ") == len(discarding)
    assert TYPED not in said
    assert [(303, "/caseload#begun")] * 2 == [(one.status_code, one.location) for one in (thrown, again)]
    assert 2 == left.count("Throw it away")


def test_my_work_does_not_name_what_its_reader_comes_to_no_more(client_for: ClientFor, case: UUID) -> None:
    """Neither the case nor which form of it; it can still be thrown away."""
    ben = Person(client_for("ben"))
    autosave(ben, f"/cases/{case}/plans/new", {"text": TYPED})
    ben.sends(f"/cases/{case}/interest", {"about": "Her mother is my cousin."})
    page = ben.opens("/caseload").text
    said, (discarding,) = on_my_work(ben)
    ben.client.post(discarding.action, data=discarding.values)

    assert "A form of a case you no longer come to Saved" in said
    assert [] == [word for word in ("plan", "Maya") if word in said]
    assert str(case) not in page
    assert "" == on_my_work(ben)[0]


def test_what_is_saved_says_so_on_the_next_page(client_for: ClientFor, case: UUID) -> None:
    """Nobody takes a draft for an entry."""
    ben = Person(client_for("ben"))
    ben.sends(f"/cases/{case}/concerns/new", {"narrative": TYPED}, press=SAVE)

    assert "Saved for you alone. Nothing of it is on record yet" in ben.opens(f"/cases/{case}").text


def test_saving_on_the_way_answers_nothing_and_shows_nothing(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """204, no word, and no disclosure: nothing left the hub."""
    ben, path = Person(client_for("ben")), f"/cases/{case}/concerns/new"
    form = form_on(ben.opens(path))
    before = events(worked_hub)
    answer = ben.client.post(path, data=form.filled({"narrative": TYPED}) | AUTOSAVED)

    assert (204, b"") == (answer.status_code, answer.data)
    assert before == events(worked_hub)
    assert [TYPED] == value(ben.opens(path), "narrative")


def test_a_form_given_back_is_a_look_like_any_other(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """Opening the form shows her name: it is on record with a draft as without."""
    ben, path = Person(client_for("ben")), f"/cases/{case}/concerns/new"
    autosave(ben, path, {"narrative": TYPED})
    before = events(worked_hub)
    ben.opens(path)

    assert before + 1 == events(worked_hub)


def test_a_colleague_gets_an_empty_form(client_for: ClientFor, case: UUID) -> None:
    """A draft is its author's alone, also within the case team."""
    autosave(Person(client_for("priya")), f"/cases/{case}/plans/new", {"text": TYPED})

    assert TYPED not in client_for("tom").get(f"/cases/{case}/plans/new").text


def test_questions_are_kept_apart(client_for: ClientFor, case: UUID) -> None:
    """One draft for each question, each concern and each agency."""
    ben = Person(client_for("ben"))
    autosave(ben, f"/cases/{case}/assessment/questions/1", {"note": TYPED})

    assert [""] == value(ben.opens(f"/cases/{case}/assessment/questions/2"), "note")


def test_discarding_gives_an_empty_form(client_for: ClientFor, case: UUID) -> None:
    """One button throws away what was typed."""
    ben, path = Person(client_for("ben")), f"/cases/{case}/concerns/new"
    autosave(ben, path, {"narrative": TYPED})
    discarding = next(form for form in forms_on(ben.opens(path)) if ("step", "discard") in form.buttons)
    answer = ben.client.post(path, data=discarding.values | {"step": ["discard"]})

    assert (303, path) == (answer.status_code, answer.location)
    assert [""] == value(ben.opens(path), "narrative")


def test_recording_lets_go_of_the_draft(client_for: ClientFor, case: UUID) -> None:
    """What is on record is no draft any more."""
    ben, path = Person(client_for("ben")), f"/cases/{case}/plans/new"
    autosave(ben, path, {"text": TYPED})
    done, _ = ben.sends(path, {"for": "school", "text": "She may sit in the library."})

    assert 303 == done.status_code
    assert [""] == value(ben.opens(path), "text")


def test_a_form_that_is_refused_is_kept_as_it_was_sent(client_for: ClientFor, case: UUID) -> None:
    """Whoever closes the page that says what to put right finds the form again; only what was done is let go of."""
    ben, path = Person(client_for("ben")), f"/cases/{case}/plans/new"
    refused, number = ben.sends(path, {"text": TYPED})
    again = ben.opens(path)

    assert 422 == refused.status_code
    assert ([TYPED], [number]) == (value(again, "text"), value(again, "command_id"))


def test_a_preview_keeps_what_was_decided_so_far(client_for: ClientFor, case: UUID) -> None:
    """Between the form of a share and its confirmation nothing is lost either."""
    priya, path = Person(client_for("priya")), f"/cases/{case}/shares/with/school"
    answers: dict[str, str | list[str]] = {
        "justification": "J7",
        "outcome": "share_in_part",
        "persons": ["ben"],
        "items": ["child.gender=full"],
    }
    preview, _ = priya.sends(path, answers, press=("step", "preview"))
    kept = form_on(priya.opens(path)).values
    done, _ = priya.presses(path, preview, {}, press=("step", "confirm"))

    assert (200, 303) == (preview.status_code, done.status_code)
    assert (["share_in_part"], ["child.gender=full"]) == (kept["outcome"], kept["items"])
    assert "outcome" not in form_on(priya.opens(path)).values


def test_something_else_under_a_number_used_before_gets_a_new_one(client_for: ClientFor, case: UUID) -> None:
    """Back with the browser, changed and sent again: refused once, and recorded as well when it is meant."""
    ben, path = Person(client_for("ben")), f"/cases/{case}/plans/new"
    form = form_on(ben.opens(path))
    typed = form.filled({"for": "school", "text": TYPED})
    ben.client.post(path, data=typed)
    refused = ben.client.post(path, data=typed | {"text": ["And something else."]})
    again = form_on(refused).values
    done = ben.client.post(path, data=again)

    assert (409, 303) == (refused.status_code, done.status_code)
    assert "is on record" in refused.text
    assert (["And something else."], True) == (again["text"], again["command_id"] != typed["command_id"])


def test_a_copy_that_comes_after_the_act_is_no_draft(client_for: ClientFor, case: UUID) -> None:
    """Saving on the way may be overtaken by the button: what is on record does not come back as a draft."""
    ben, path = Person(client_for("ben")), f"/cases/{case}/plans/new"
    form = form_on(ben.opens(path))
    sent = form.filled({"for": "school", "text": TYPED})
    ben.client.post(path, data=sent)
    late = ben.client.post(path, data=sent | AUTOSAVED)

    assert 204 == late.status_code
    assert [""] == value(ben.opens(path), "text")


def test_another_justification_is_chosen_without_losing_what_was_typed(client_for: ClientFor, case: UUID) -> None:
    """The link that reloads the page keeps the words."""
    priya, path = Person(client_for("priya")), f"/cases/{case}/concerns/new"
    autosave(priya, path, {"narrative": TYPED})
    again = priya.opens(f"{path}?justification=J7")

    assert ([TYPED], ["J7"]) == (value(again, "narrative"), value(again, "justification"))


@pytest.mark.parametrize("step", ["save", "autosave", "discard"])
def test_without_a_token_nothing_is_kept_or_thrown_away(step: str, client_for: ClientFor, case: UUID) -> None:
    """The ways of a draft are as protected as any act."""
    ben, path = Person(client_for("ben")), f"/cases/{case}/concerns/new"
    autosave(ben, path, {"narrative": TYPED})
    answer = ben.client.post(path, data={"draft": "yes", "step": step, "narrative": "Not hers."})

    assert 403 == answer.status_code
    assert [TYPED] == value(ben.opens(path), "narrative")


@pytest.mark.parametrize("step", ["save", "autosave"])
def test_hidden_and_unknown_cases_answer_alike(step: str, client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """404 with the same words, and the look refused on record each time."""
    lee = client_for("lee")
    sent = {"csrf_token": token(lee), "draft": "yes", "step": step, "narrative": "x"}
    answers = []
    for wanted in (case, uuid4()):
        before = events(worked_hub)
        answer = lee.post(f"/cases/{wanted}/concerns/new", data=sent)
        answers.append((answer.status_code, answer.text, events(worked_hub) - before))

    assert 404 == answers[0][0]
    assert 1 == answers[0][2]
    assert answers[0] == answers[1]


def test_a_page_closed_meanwhile_gives_nothing_back(client_for: ClientFor, case: UUID) -> None:
    """A draft is reached through its page: once the case is closed to its author, so is the draft."""
    ben, path = Person(client_for("ben")), f"/cases/{case}/plans/new"
    autosave(ben, path, {"text": TYPED})
    ben.sends(f"/cases/{case}/interest", {"about": "Her mother is my cousin."})
    answer = ben.opens(path)

    assert 404 == answer.status_code
    assert TYPED not in answer.text


@pytest.mark.parametrize("step", ["", "save", "autosave", "discard"])
def test_a_form_that_is_not_on_the_list_is_never_kept(
    step: str, real: Flask, priya: Enrolled, worked_hub: Hub
) -> None:
    """Whatever a request says of itself: no password is kept, and the door answers as ever."""
    client = real.test_client()
    signs_in(client, priya)
    sent = {"csrf_token": token(client), "draft": "yes", "step": step, "email": priya.email, "current": "an old one"}
    changing = client.post("/account/password", data=sent | {"password": "a new one of mine"})
    leaving = client.post("/sign-out", data=sent)
    entering = client.post("/sign-in", data=sent | {"csrf_token": token(client, "/sign-in"), "password": "x"})

    assert () == worked_hub.drafts.all_of("priya", worked_hub.now())
    assert [422, 303, 422] == [one.status_code for one in (changing, leaving, entering)]
