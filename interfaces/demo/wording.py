"""How an act table of a scenario becomes what the hub's act takes: other words for the same field, shorter forms."""

from collections.abc import Callable
from typing import Any

from application.commands.acts import fields_of

ABOUT_THE_ENTRY = ("n", "recorded", "by", "act", "after", "error", "rule")
WHY = ("why", "because", "text", "statement", "note", "comment")
CONCERN = ("id", "item", "concern_id")
REFERRAL = ("id", "referral_id")
OTHER_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "acknowledge_referral": {"referral": REFERRAL, "decision": ("outcome", "response", "result", *WHY)},
    "agree_onward": {
        "items": ("item", "concerns", "concern"),
        "to": ("with", "recipient", "recipients", "agency", "onward_to", "for"),
        "terms": ("conditions", "on_terms", "reason", *WHY),
    },
    "agree_risk": {"agreement": ("id", "proposal"), "as_role": ("role",)},
    "conclude_referral": {
        "referral": REFERRAL,
        "outcome": ("decision", "conclusion", "result", "summary", "reason", *WHY),
    },
    "correct_concern": {"concern": CONCERN},
    "decide_sharing": {"with": ("to", "recipient", "agency"), "persons": ("person",), "answers_request": ("request",)},
    "declare_interest": {"about": ("interest", "reason", *WHY)},
    "dissent_from_risk": {"agreement": ("id", "proposal"), "as_role": ("role",), "level": ("category",)},
    "escalate_referral": {"referral": REFERRAL, "reason": ("summary", *WHY)},
    "join_team": {"person": ("member", "colleague"), "reason": WHY},
    "open_review": {"from": ("from_day", "since"), "until": ("to",), "kind": ("type",)},
    "propose_risk": {"category": ("level",), "rationale": ("reason", *WHY)},
    "record_consent": {"expires": ("until", "valid_until", "expires_at"), "scope": ("to",)},
    "record_details": {"child": ("details", "change")},
    "record_disagreement": {"concern": CONCERN, "reason": ("disagreement", "view", *WHY)},
    "record_plan": {"for": ("agency", "for_agency"), "text": ("plan",)},
    "request_information": {"of": ("from", "to", "agency"), "wanted": ("what",), "purpose": ("reason", *WHY)},
    "retract_concern": {"concern": CONCERN, "reason": WHY},
    "withdraw_consent": {"consent": ("id", "consent_id"), "reason": WHY},
    "withdraw_sharing": {"decision": ("id", "sharing", "share"), "reason": WHY},
}
"""Per act and field, what a writer may have called it instead; the first that stands there is taken."""
REST_LEFT_OUT = frozenset(OTHER_WORDS) - {"decide_sharing", "correct_concern", "propose_risk", "record_consent"}
"""Acts of few fields, where whatever else an entry says is a remark."""
LISTS = ("persons", "recipients", "agencies", "places", "vehicles", "carers", "answers", "blanks")
TIMES = ("expires", "reported")
NOT_STATED = "Not stated."


def worded(name: str, entry: dict[str, Any], moment: Callable[[str], Any]) -> dict[str, Any]:
    """The fields of the act `name` as the hub takes them; `moment` reads a local time."""
    data = {key: value for key, value in entry.items() if key not in ABOUT_THE_ENTRY}
    takes = fields_of(name)
    if isinstance(data.get("scope"), dict) and name == "open_review":
        data = {**data.pop("scope"), **data}
    for part in ("child", "change"):
        if part in takes:
            data = _gathered(data, part, fields_of(name, part), takes)
    for field, others in OTHER_WORDS.get(name, {}).items():
        found = next((other for other in others if other in data and other not in takes), None)
        if field not in data and found is not None:
            data[field] = data.pop(found)
    data = _short_forms(name, data)
    for field in TIMES:
        if isinstance(data.get(field), str):
            data[field] = _timed(data[field], moment)
    remarks = {*WHY, "id", "justification", "reason"} - set(takes)
    rest = set(data) - set(takes) if name in REST_LEFT_OUT else remarks
    return {key: value for key, value in data.items() if key not in rest}


def completed(name: str, data: dict[str, Any], who: str, justification: str, reference: str) -> dict[str, Any]:
    """What an act leaves unsaid because it goes without saying; never done to a refusal."""
    takes = fields_of(name)
    unsaid: dict[str, Any] = {"justification": justification, "id": reference}
    if name == "join_team":
        unsaid["person"] = who
    if name in ("withdraw_consent", "withdraw_sharing", "retract_concern"):
        unsaid["reason"] = NOT_STATED
    if name == "open_review":
        unsaid |= {"kind": "review", "questions": NOT_STATED}
    return {**{key: value for key, value in unsaid.items() if key in takes and value}, **data}


def _gathered(data: dict[str, Any], part: str, inner: tuple[str, ...], takes: tuple[str, ...]) -> dict[str, Any]:
    """Fields of a part that stand beside it are put into it."""
    loose = {key: value for key, value in data.items() if key in inner and key not in takes}
    if not loose or not isinstance(data.get(part, {}), dict):
        return data
    kept = {key: value for key, value in data.items() if key not in loose}
    return {**kept, part: {**data.get(part, {}), **loose}}


def _short_forms(name: str, data: dict[str, Any]) -> dict[str, Any]:
    """One where a list is meant, an item by its name, a concern by its item."""
    short: dict[str, Any] = {
        key: [value] if key in LISTS and isinstance(value, str | dict) else value for key, value in data.items()
    }
    if name == "record_concern" and isinstance(short.get("basis"), str):
        short["basis"] = [short["basis"]]
    if isinstance(short.get("concern"), str):
        short["concern"] = short["concern"].removeprefix("concern:")
    if name == "decide_sharing" and "items" in short:
        short["items"] = [one if isinstance(one, dict) else {"item": one} for one in _items(short["items"])]
    if name == "agree_onward":
        short["items"] = [_named(one) for one in _items(short.get("items", []))]
    if name == "record_consent" and isinstance(short.get("scope"), str | list):
        short["scope"] = {"to": short["scope"], "about": short.pop("about", NOT_STATED)}
    if name == "record_consent" and isinstance(short.get("scope"), dict):
        to = short["scope"].get("to", [])
        short["scope"] = {**short["scope"], "to": [to] if isinstance(to, str) else to}
    return short


def _items(value: Any) -> list[Any]:
    match value:
        case str():
            return [value]
        case {"item": _}:
            return [value]
        case dict():
            return [{"item": item, "showing": showing} for item, showing in value.items()]
        case list():
            return value
        case _:
            return [value]


def _named(one: Any) -> Any:
    item = one.get("item", "") if isinstance(one, dict) else one
    return item if not isinstance(item, str) or ":" in item or "." in item or item in WHOLE else f"concern:{item}"


WHOLE = ("risk", "safe_contact")
"""Items whose name holds neither point nor colon; any other bare word is a concern's."""


def _timed(text: str, moment: Callable[[str], Any]) -> str:
    try:
        return str(moment(text).isoformat())
    except (ValueError, OverflowError):
        return text
