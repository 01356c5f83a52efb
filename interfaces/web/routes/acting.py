"""One way for every page that acts in a case: show the form, read it, act, and on a refusal show it again as typed."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from application.commands.acts import act
from application.ports import Draft
from application.queries.acts_open_to_me import require_open
from application.queries.case_for_form import case_for_form, changed_since
from application.views import CaseView, Cell
from domain.errors import AlreadyUsed, BadInput, ChangedMeanwhile, NotFound, RuleBroken
from interfaces.web.auth import Desk, desk
from interfaces.web.drafting import given_back
from interfaces.web.forms.choosing import sole_standing
from interfaces.web.forms.form import Fault, Form, Unreadable, typed_in
from interfaces.web.forms.parts import Option
from interfaces.web.forms.recording import Reference, as_they_are
from interfaces.web.forms.wording import advice_on
from interfaces.web.pages import new_command_id, page

Refusal = Unreadable | BadInput | RuleBroken | ChangedMeanwhile
REFUSED = (Unreadable, BadInput, RuleBroken, ChangedMeanwhile)
BEGIN = "begin"
OPENED = "."
"""Parts the digest of what was seen from when it was."""
CHANGED = (
    "Someone else changed this while you were working. Compare what stands now with what you typed, then send it again."
)
DONE = "Recorded."
"""Said once on the page that follows an act; nothing of the case is in it."""


def _no_more(view: CaseView) -> dict[str, Any]:
    return {}


class ActPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page that does one act in a case.

    `build` makes the form, without a view where it is only read; `items` are the cells the page shows beside her name;
    `typed` is what the form begins with; what the page `watches` may not have been changed meanwhile; `after` is the
    page of the case that follows. A standing justification is chosen beforehand, except where the full reasoning
    is asked for. What is written in the boxes `advised` is looked at for words that put the blame on a young person.
    """

    act: str
    title: str
    button: str
    build: Callable[[CaseView | None], Form]
    to_data: Callable[[dict[str, Any], Reference], dict[str, Any]] = as_they_are
    items: tuple[str, ...] = ()
    typed: Callable[[CaseView], dict[str, list[str]]] = _no_more
    more: Callable[[CaseView], dict[str, Any]] = _no_more
    template: str = "forms/act.html"
    watches: tuple[str, ...] = ()
    advised: tuple[str, ...] = ()
    warn: bool = False
    after: str = "cases.show"
    rests_on_the_standing_one: bool = True


class Posted(msgspec.Struct, frozen=True):
    """A form as posted, with what it carries."""

    typed: dict[str, list[str]]

    @classmethod
    def now(cls) -> "Posted":
        return cls(typed_in(request.form))

    def carried(self, name: str) -> str:
        return (self.typed.get(name) or [""])[0]

    @property
    def command_id(self) -> str:
        """The number of this form.

        Raises:
            BadInput: without one, a form sent twice could not be known from two forms.
        """
        number = self.carried("command_id")
        if not _is_number(number):
            raise BadInput("command_id", "The form has lost its number. Send it again; what you typed stays.")
        return number

    @property
    def opened(self) -> datetime | None:
        """When the page had been opened, as far as the form says so."""
        seconds = self.carried("seen").partition(OPENED)[2]
        return datetime.fromtimestamp(int(seconds), UTC) if re.fullmatch(r"[0-9]{1,10}", seconds) else None

    @property
    def number(self) -> str:
        """The number with which the form is shown again."""
        return number_in(self.typed)

    @property
    def only_begins(self) -> bool:
        """Whether another page hands over what was typed there, for the form to begin with; nothing is done yet."""
        return self.carried("step") == BEGIN


def _seen(at: Desk, view: CaseView, draft: Draft | None) -> str:
    """What is seen now, and when that is; of a draft what its author had seen, so that what came between is met."""
    seen = draft.typed.get("seen") if draft else None
    return seen[0] if seen else f"{view.digest}{OPENED}{int(at.hub.now().timestamp())}"


def number_in(typed: Mapping[str, list[str]]) -> str:
    """The number that came with what was typed; a new one where there is none."""
    number = (typed.get("command_id") or [""])[0]
    return number if _is_number(number) else new_command_id()


def number_after(refused: Refusal | None, typed: Mapping[str, list[str]]) -> str:
    """The same number when a form is sent again, so that it has one effect; a new one where that was used up."""
    return new_command_id() if isinstance(refused, AlreadyUsed) else number_in(typed)


def _is_number(text: str) -> bool:
    return 8 <= len(text) <= 64


def act_page(case_id: UUID, what: ActPage) -> Response:
    """The page for a GET; for a POST the act, then the case."""
    at = desk()
    require_open(at.hub, at.who, what.act)
    if request.method == "GET":
        return show(at, case_id, what)
    posted = Posted.now()
    try:
        if to_look_at_again(at, what, posted):
            return advise(at, case_id, what, posted)
        do(at, case_id, what, posted)
    except REFUSED as refused:
        return show_again(at, case_id, what, posted, refused)
    return to_case(case_id, what.after)


def to_look_at_again(at: Desk, what: ActPage, posted: Posted) -> bool:
    """Whether its words are advised on before they go on record: once, and not where they are to stay as written.

    Raises: Unreadable.
    """
    if not what.advised or posted.carried("as_written") == "yes":
        return False
    values = what.build(None).read(posted.typed, at.settings.zone)
    return bool(advice_on(values.get(key, "") for key in what.advised))


def advise(at: Desk, case_id: UUID, what: ActPage, posted: Posted) -> Response:
    """The page again, once, with advice on wording; the words stay as they are, and what was seen as it was."""
    view = case_for_form(at.hub, at.who, case_id, f"form: {what.title}", what.items, what.watches)
    return laid_out(at, what, view, posted.typed, [], posted.number, seen=posted.carried("seen"))


def do(at: Desk, case_id: UUID, what: ActPage, posted: Posted) -> None:
    """Raises: SafeguardingError, Unreadable."""
    data = read(at, what, posted)
    seen = posted.carried("seen").partition(OPENED)[0] if what.watches else ""
    act(at.hub, at.who, case_id, what.act, data, command_id=posted.command_id, seen=seen, watching=what.watches)


def read(at: Desk, what: ActPage, posted: Posted) -> dict[str, Any]:
    """The command's data from the posted form.

    Raises: Unreadable.
    """
    values = what.build(None).read(posted.typed, at.settings.zone)
    return what.to_data(values, referring(at, posted.command_id))


def referring(at: Desk, command_id: str) -> Reference:
    """References for what this command makes; made again alike when it is repeated."""
    return lambda what: at.hub.reference_from(f"{at.who}:{command_id}{what}")


def show(at: Desk, case_id: UUID, what: ActPage) -> Response:
    view = case_for_form(at.hub, at.who, case_id, f"form: {what.title}", what.items, what.watches)
    draft, begun = given_back(at), what.typed(view)
    if draft is not None:
        chosen = {"justification": begun["justification"]} if "justification" in begun else {}
        return laid_out(at, what, view, draft.typed | chosen, [], number_in(draft.typed), draft=draft)
    standing = sole_standing(view)
    if what.rests_on_the_standing_one and standing:
        begun = {"justification": [standing], **begun}
    return laid_out(at, what, view, begun, [], new_command_id())


def show_again(at: Desk, case_id: UUID, what: ActPage, posted: Posted, refused: Refusal) -> Response:
    """The same page, with what was typed and why it was refused."""
    changed = isinstance(refused, ChangedMeanwhile)
    beside = tuple(one.partition("#")[0] for one in what.watches) if changed else ()
    view = case_for_form(at.hub, at.who, case_id, f"form: {what.title}", (*what.items, *beside), what.watches)
    stands = changed_since(view, what.watches, posted.opened) if changed else ()
    faults = [Fault("both", CHANGED)] if stands else faults_of(what.build(view), refused)
    number = number_after(refused, posted.typed)
    return laid_out(at, what, view, posted.typed, faults, number, status_of(refused), stands=stands)


def laid_out(
    at: Desk,
    what: ActPage,
    view: CaseView,
    typed: dict[str, list[str]],
    faults: list[Fault],
    command_id: str,
    status: int = 200,
    draft: Draft | None = None,
    stands: tuple[Cell, ...] = (),
    seen: str = "",
) -> Response:
    form = what.build(view)
    context = {
        "draft": draft,
        "stands": stands,
        "in_words": form.in_words(typed) if stands else (),
        "advised": what.advised,
        "long": form.long and not what.warn,
        "title": what.title,
        "button": what.button,
        "warn": what.warn,
        "seen": (seen or _seen(at, view, draft)) if what.watches else "",
        "advice": advice_on((typed.get(key) or [""])[0] for key in what.advised),
    }
    return page(
        what.template,
        status,
        view=view,
        sections=form.laid_out(typed, faults),
        errors=errors_of(faults),
        typed=typed,
        command_id=command_id,
        **(context | what.more(view)),
    )


def plain_page(
    form: Form,
    title: str,
    button: str,
    posted: Posted | None = None,
    refused: Refusal | None = None,
    template: str = "forms/plain.html",
    keeps: bool = True,
    **more: object,
) -> Response:
    """A page with a form and no case beside it: as it begins, as it was left, or again with what is wrong."""
    draft = given_back(desk()) if keeps and not posted else None
    typed = posted.typed if posted else draft.typed if draft else {}
    faults = faults_of(form, refused) if refused else []
    return page(
        template,
        status_of(refused) if refused else 200,
        title=title,
        button=button,
        sections=form.laid_out(typed, faults),
        errors=errors_of(faults),
        command_id=number_after(refused, typed),
        draft=draft,
        keeps=keeps,
        **more,
    )


def faults_of(form: Form, refused: Refusal) -> list[Fault]:
    match refused:
        case Unreadable():
            return refused.faults
        case BadInput():
            return [form.fault(refused)]
        case _:
            return [Fault("", refused.message)]


def status_of(refused: Refusal) -> int:
    return 422 if isinstance(refused, Unreadable | BadInput) else 409


def errors_of(faults: list[Fault]) -> dict[str, str]:
    """Messages by the box they link to; those that belong to no box come together under the empty one."""
    errors: dict[str, str] = {}
    for fault in faults:
        errors[fault.box] = f"{errors[fault.box]} {fault.message}" if fault.box in errors else fault.message
    return errors


def to_case(case_id: UUID, page_of_it: str = "cases.show") -> Response:
    flash(DONE)
    return redirect(url_for(page_of_it, case_id=case_id), 303)


def agencies(at: Desk, *, without: tuple[str, ...] = ()) -> tuple[Option, ...]:
    """The partnership's agencies as choices; the office itself holds no records."""
    found = at.hub.directory().agencies.values()
    return tuple(Option(one.id, one.name) for one in found if one.id not in without and one.kind != "partnership")


def people(at: Desk, agency: str, *, without: tuple[str, ...] = ()) -> tuple[Option, ...]:
    """The people of one agency as choices, by name and job."""
    found = at.hub.directory().people.values()
    return tuple(Option(one.id, one.name, one.job) for one in found if one.agency == agency and one.id not in without)


def at_work(at: Desk) -> dict[str, str]:
    """Where each person works, by name."""
    return {one.name: one.agency for one in at.hub.directory().people.values()}


def names(at: Desk) -> dict[str, str]:
    """Agencies' names by id."""
    return {one.id: one.name for one in at.hub.directory().agencies.values()}


def own_agency(at: Desk) -> str:
    return at.hub.person(at.who)[1].id


def there(found: Any) -> Any:
    """Raises: NotFound: for a reference of which this person sees nothing."""
    if found is None:
        raise NotFound
    return found
