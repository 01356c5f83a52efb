"""The form of a sharing decision, of its end, and of an originator's agreement that items go further."""

from collections.abc import Callable
from typing import Any

import msgspec

from application.laying_out import lines_of, notes_of
from application.views import CaseView, Cell
from domain.vocabulary import Basis, Outcome, Showing
from interfaces.web.forms.choosing import agencies_to_choose, justification_choice
from interfaces.web.forms.form import Form, Section
from interfaces.web.forms.parts import Choice, Choices, Day, LongText, Moment, Option, Wrong, YesNo

WARNING = (
    "These say where the young person can be found, by anyone who learns of them. Share one only if this agency "
    "must have it for this purpose; a later address never follows by itself."
)
GROUPS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("items", "The young person, and home", "What of the young person and home?", ("child.", "safe_contact", "carer:")),
    ("concerns", "Concerns", "Which concerns?", ("concern:",)),
    ("people", "People, places and vehicles", "Which people, places and vehicles?", ("person:", "place:", "vehicle:")),
    ("assessment", "Risk and assessment", "What of risk and assessment?", ("risk", "ticks:", "answers:")),
    ("plans", "Plans", "Which plans?", ("plan:",)),
)
"""What can be given, sort by sort: the box, its heading, what is asked there, and which items are of the sort."""
BOXES = (*(box for box, *_ in GROUPS), "locators")
OUTCOMES = (
    Option(Outcome.SHARE, "Share", "What was asked for, or all that you have on it."),
    Option(Outcome.SHARE_IN_PART, "Share in part", "Some of it, or shorter forms."),
    Option(
        Outcome.REFUSE, "Do not share", "Say why. A refusal is recorded like a share, and the agency reads your reason."
    ),
)


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision to one agency can be made of: the case as its decider sees it, and the coarse forms."""

    view: CaseView
    people: tuple[Option, ...]
    coarse: dict[str, str]
    names: dict[str, str]
    agency: str
    proposed: tuple[str, ...]
    limited_days: int
    agreed_first: frozenset[str] = frozenset()


def to_ask_first(offer: Offer) -> list[Cell]:
    """What can be given here only once whoever recorded it has agreed."""
    return [cell for cell in offer.view.cells if cell.item in offer.agreed_first and _can_be_given(cell, offer)]


def decision_form(offer: Offer | None) -> Form:
    """Share, share in part or refuse, in one form; items sort by sort, with locators apart, each by its name."""
    cells = [cell for cell in offer.view.cells if _can_be_given(cell, offer)] if offer else []
    people = _marked(offer) if offer else ()
    ends = f"at most {offer.limited_days} days" if offer else "for a limited time only"
    return Form(
        sections=(
            Section(
                heading="What you decide",
                parts=(
                    Choice(
                        name="outcome", label="Your decision", options=OUTCOMES, needed="Say whether you share, or not."
                    ),
                    justification_choice(offer.view if offer else None, refusing=True),
                    Choices(
                        name="persons",
                        label="Who is to have it?",
                        hint="They come into the case team of their agency. If you do not share, you may leave this "
                        "empty: whoever asked is told.",
                        options=people,
                        open=True,
                        directory=True,
                    ),
                    *_request_choice(offer),
                ),
            ),
            Section(
                heading="What is shared",
                intro="Open what this purpose needs, and tick no more than that. Tick nothing if you do not share.",
            ),
            *_by_sort(cells, offer),
            Section(
                heading="Where the young person is",
                warning=WARNING,
                parts=(
                    Choices(
                        name="locators",
                        label="Named one by one",
                        options=_given([cell for cell in cells if cell.locator], offer),
                        open=True,
                        small=True,
                    ),
                ),
            ),
            Section(
                heading="For how long",
                parts=(
                    YesNo(
                        name="continuing",
                        label="Does it go on?",
                        hint="If it goes on, later versions of these items follow, except where the young person is.",
                        yes="Yes, later versions follow",
                        no="No, only what stands today",
                    ),
                    Moment(
                        name="expires",
                        label="It ends by itself on",
                        hint=f"Needed when you share in order to decide on more: {ends}. For example, 16 1 2026 at "
                        "10:00",
                    ),
                    Day(name="review_by", label="Look at it again by", hint="Optional. For example, 26 4 2026"),
                ),
            ),
            Section(
                heading="In words",
                parts=(
                    LongText(
                        name="reason",
                        label="Your reason",
                        hint="Needed if you do not share. The other agency reads it.",
                        rows=3,
                    ),
                    LongText(name="note", label="A note to the other agency", rows=2),
                ),
            ),
        ),
        rule=_decision_rule,
        also={"items.item": "items", "with": "persons"},
    )


def _marked(offer: Offer) -> tuple[Option, ...]:
    """The agency's people, the one who asked marked."""
    asked = {one.by_person for one in offer.view.requests if one.by == offer.agency and not one.answered}
    return tuple(
        Option(
            one.value,
            one.text,
            ". ".join(filter(None, (one.hint, "Asked for this"))) if one.text in asked else one.hint,
        )
        for one in offer.people
    )


def _can_be_given(cell: Cell, offer: Offer) -> bool:
    """Shown to the decider, and recorded by its agency or held by the lead; what is retained goes no further."""
    held = cell.own or offer.view.reader.lead
    return held and not cell.retained and cell.showing in (Showing.FULL, Showing.COARSE) and cell.content is not None


def _request_choice(offer: Offer | None) -> tuple[Choice, ...]:
    """Which request of that agency it answers; not asked where none waits."""
    waiting = [one for one in offer.view.requests if one.by == offer.agency and not one.answered] if offer else []
    if offer and not waiting:
        return ()
    asked = tuple(Option(one.id, one.wanted, f"Asked by {one.by_person}, to {one.purpose}.") for one in waiting)
    none = Option("none", "None of these")
    return (Choice(name="answers_request", label="Which request does it answer?", options=(*asked, none), open=True),)


def _by_sort(cells: list[Cell], offer: Offer | None) -> tuple[Section, ...]:
    """One section for each sort, with how many there are; open where the policy proposes something, else on demand."""
    found = []
    for box, heading, asked, items in GROUPS:
        of_it = [cell for cell in cells if cell.item.startswith(items) and not cell.locator]
        if of_it or offer is None or box == BOXES[0]:
            options = _given(of_it, offer)
            found.append(
                Section(
                    heading=f"{heading} ({len(of_it)})",
                    folded=True,
                    open=any(PROPOSED in option.hint for option in options),
                    parts=(Choices(name=box, label=asked, options=options, open=True, small=True),),
                )
            )
    return tuple(found)


def _given(cells: list[Cell], offer: Offer | None) -> tuple[Option, ...]:
    if offer is None:
        return ()
    found = []
    for cell in cells:
        label, content = name_of(cell, offer.names)
        kind = cell.item.partition(":")[0]
        marks = _marks(cell, offer)
        coarse, _, _ = (offer.coarse.get(cell.item) or offer.coarse.get(kind, "")).partition(",")
        if coarse:
            found.append(Option(f"{cell.item}={Showing.COARSE}", f"{label}: {coarse} only", ". ".join(marks)))
        if cell.showing is Showing.FULL:
            whole = IN_FULL if kind == "concern" else content.rstrip(".")
            proposed = PROPOSED if {cell.item, kind} & set(offer.proposed) else ""
            told = ". ".join(filter(None, (whole, proposed, *marks)))
            found.append(Option(f"{cell.item}={Showing.FULL}", label, told))
    return tuple(found)


PROPOSED = "The policy proposes this"
IN_FULL = "In full: narrative, source and the young person's voice"


def _marks(cell: Cell, offer: Offer) -> tuple[str, ...]:
    """What must be known of an item before it goes further: given in part, put right, received on consent."""
    received = next((one for one in offer.view.decisions if one.id == cell.decision), None)
    on_consent = ("It was given on consent: it goes no further than the consent reaches",)
    resting = on_consent if received is not None and received.basis == Basis.CONSENT else ()
    recorder = offer.names.get(cell.recorded_by, "Who recorded it")
    first = (f"{recorder} must agree first",) if cell.item in offer.agreed_first else ()
    return (*(note.rstrip(".") for note in notes_of(cell)), *resting, *first)


def name_of(cell: Cell, names: dict[str, str]) -> tuple[str, str]:
    """How an item is called where it is chosen, and a line of what it holds."""
    kind, _, reference = cell.item.partition(":")
    if kind in ("answers", "ticks", "plan"):
        holder = names.get(reference, reference)
        return {
            "answers": f"Answers of {holder}",
            "ticks": f"Section 1, B to F, of {holder}",
            "plan": f"Plan for {holder}",
        }[kind], ""
    lines = lines_of(cell)
    if kind == "concern":
        return f"Concern: {lines[0][1]}", ""
    if kind in ("person", "place", "vehicle", "carer"):
        return f"{cell.label.rpartition(' ')[0]}: {lines[0][1]}", ""
    return cell.label, lines[0][1][:200] if cell.item not in ("risk.reasons",) else ""


def _decision_rule(values: dict[str, Any]) -> None:
    chosen = chosen_in(values)
    names = [one.partition("=")[0] for one in chosen]
    refusing = values["outcome"] == Outcome.REFUSE
    if not refusing and not values.get("persons"):
        raise Wrong("persons", "Choose at least one person by name.")
    if any(one.partition("=")[2] not in (Showing.FULL, Showing.COARSE) for one in chosen):
        raise Wrong("items", "This is not one of the choices. Choose from the list.")
    if len(set(names)) != len(names):
        twice = next(one for one in chosen if names.count(one.partition("=")[0]) > 1)
        raise Wrong(
            _box_of(values, twice), "You ticked something both in full and in its shorter form. Choose one of the two."
        )
    if refusing and chosen:
        raise Wrong(
            _box_of(values, chosen[0]),
            "A refusal gives nothing. Take the ticks out, or share in part.",
        )
    if refusing and "reason" not in values:
        raise Wrong("reason", "Say why you do not share; the other agency reads it.")
    if not refusing and not chosen:
        raise Wrong("items", "Tick what is shared, or choose 'Do not share'.")


def chosen_in(values: dict[str, Any]) -> list[str]:
    """All that was ticked, of whatever sort."""
    return [one for box in BOXES for one in values.get(box, [])]


def _box_of(values: dict[str, Any], chosen: str) -> str:
    return next(box for box in BOXES if chosen in values.get(box, []))


def to_decision(agency: str) -> Callable[[dict[str, Any], Callable[[str], str]], dict[str, Any]]:
    def data(values: dict[str, Any], reference: Callable[[str], str]) -> dict[str, Any]:
        kept = (
            "outcome",
            "justification",
            "persons",
            "continuing",
            "expires",
            "review_by",
            "reason",
            "note",
            "answers_request",
        )
        decision = {key: values[key] for key in kept if key in values}
        if decision.get("answers_request") == "none":
            del decision["answers_request"]
        chosen = [one.partition("=") for one in chosen_in(values)]
        items = [{"item": item, "showing": showing} for item, _, showing in chosen]
        return decision | {"id": reference(""), "with": agency, "items": items}

    return data


def onward_form(view: CaseView | None, directory: tuple[Option, ...], names: dict[str, str]) -> Form:
    """The originator's own items, and the agency they may go to."""
    own = tuple(
        Option(cell.item, *name_of(cell, names))
        for cell in (view.cells if view else ())
        if cell.own and cell.content is not None
    )
    return Form(
        sections=(
            Section(
                intro="The lead agency may then give these to the agency you name. It still decides whether to.",
                parts=(
                    Choices(
                        name="items",
                        label="What may go further?",
                        options=own,
                        open=True,
                        small=True,
                        needed="Tick what may go further.",
                    ),
                    agencies_to_choose("to", "To which agency?", directory, "Choose the agency."),
                    LongText(name="terms", label="On what terms, if any", rows=3),
                ),
            ),
        ),
    )
