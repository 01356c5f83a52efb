"""Every form that takes words: those of `test_forms_refuse`, and those that came later or need something there first.

A page is written as an address with the ids of `tests.furnished` in it; whoever is nobody there is a stranger.
"""

import re
from collections.abc import Mapping
from uuid import UUID

from werkzeug.test import TestResponse

from tests.interfaces.web.browsing import PageForm, day, forms_on
from tests.interfaces.web.hostile import packed
from tests.interfaces.web.test_forms_refuse import FORMS, HAPPENED, HER, REASONED, Answers, FormOfTheHub

STRANGER = "stranger"
AGREED: Answers = {
    **HER, **HAPPENED, "to": ["csc"], "about": "typed by hand", "method": "in person", "purpose": "typed by hand",
    "proportionality": "typed by hand",
}  # fmt: skip
BY_HAND: Answers = {"reason": "typed by hand, and why it cannot wait"}


def _anywhere(page: str, who: str, answers: Answers, text: str) -> FormOfTheHub:
    return FormOfTheHub(page, who, answers, text, in_case=False)


SEARCH = _anywhere("/search", "sam", {}, "name")
SIGN_IN = _anywhere("/sign-in", STRANGER, {}, "email")
PASSKEY = _anywhere("/account/passkeys/new", "priya", {}, "called")
TOLD = FormOfTheHub("/who-knew", "priya", {"how": "typed by hand"}, "how")
LATER = [
    _anywhere("/record/agreed", "asha", AGREED, "about"),
    _anywhere("/cases/{case}/links/{other}", "tom", BY_HAND | {"decision": "mark_different"}, "reason"),
    _anywhere("/people/new", "alex", {"name": "typed", "job": "typed", "agency": "csc", "roles": ["auditor"]}, "name"),
    _anywhere("/people/agencies/new", "alex", {"name": "typed by hand", "kind": "voluntary"}, "name"),
    _anywhere("/people/{person}/invite", "alex", {"email": "priya@agency.example"}, "email"),
    FormOfTheHub("/open-with-a-reason", "priya", BY_HAND, "reason"),
    FormOfTheHub(
        "/assessment/start", "priya", {"justification": "J4", "education_status_other": "typed by hand"},
        "education_status_other",
    ),
    FormOfTheHub("/risk/{proposal}", "tom", {"stance": "dissent", "level": "3", **BY_HAND}, "reason"),
    FormOfTheHub(
        "/risk/A3/actions/strategy_meeting/date", "priya", {"who": "typed by hand"} | day("due", "2026-07-01"), "who"
    ),
    FormOfTheHub(
        "/risk/A3/actions/strategy_meeting/outcome", "priya",
        {"done": "yes", "outcome": "typed by hand"} | day("on", "2026-06-01"), "outcome",
    ),
    FormOfTheHub("/shares/with/school/reasoning", "priya", REASONED, "facts"),
    _anywhere("/duty/open", "priya", HER | BY_HAND, "reason"),
    FormOfTheHub("/open-on-duty", "priya", BY_HAND, "reason"),
    _anywhere("/emergency", "helen", HER | BY_HAND, "reason"),
    FormOfTheHub("/ways-in/{way_in}/review", "tom", {"outcome": "appropriate", "note": "typed by hand"}, "note"),
    FormOfTheHub("/destruction/lift-hold", "tom", BY_HAND | {"basis": "typed by hand"}, "reason"),
    _anywhere("/cases/{lifted}/destruction/propose", "tom", BY_HAND | {"asked": "police", "basis": "typed"}, "reason"),
    _anywhere("/cases/{agreed}/destruction/stop", "tom", BY_HAND, "reason"),
    _anywhere("/cases/{proposed}/destruction/hold", "mo", BY_HAND, "reason"),
    FormOfTheHub(
        "/seal", "tom", {"contact": "typed", "telephone": "020 7946 0100", "people": ["tom", "priya"], **BY_HAND},
        "contact",
    ),
    FormOfTheHub("/seal/lift", "tom", BY_HAND, "reason"),
]  # fmt: skip
EVERY_FORM = [*FORMS, *LATER, SEARCH, SIGN_IN, PASSKEY, TOLD]
LONG_TEXT, LINE = 20_000, 500
NO_WORDS = ("hidden", "password", "datetime-local", "submit", "button")
NUMBERS = ("-day", "-month", "-year", "-time")


def address_of(sheet: FormOfTheHub, case: UUID, ids: Mapping[str, str]) -> str:
    page = sheet.page.format(case=case, **ids)
    return f"/cases/{case}{page}" if sheet.in_case else page


def boxes_of(form: PageForm) -> dict[str, str]:
    """The boxes people type words into, each with its kind."""
    boxes = (one for one in form.controls.values() if one.offered is None and one.kind not in NO_WORDS)
    return {one.name: one.kind for one in boxes if not one.name.endswith(NUMBERS)}


def the_form(answer: TestResponse, sheet: FormOfTheHub) -> PageForm:
    """The page's form that has the box; not the one to sign out, nor the one to throw a draft away."""
    box = sheet.text or "command_id"
    found = next((form for form in forms_on(answer) if box in form.controls), None)
    assert found is not None, (sheet.page, answer.status, re.sub(r"\s+", " ", answer.text)[-3000:])
    return found


def typed_into(form: PageForm, number: int) -> dict[str, str]:
    """What is typed into each of its boxes, the next time something else: after a dozen times all of the words."""
    found = {}
    for place, (box, kind) in enumerate(boxes_of(form).items()):
        boxes = packed(LONG_TEXT if kind == "textarea" else LINE)
        found[box] = boxes[(number + place) % len(boxes)]
    return found
