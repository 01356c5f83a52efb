"""The closed lists of the record in words for forms: the form's own where it prints them, plain ones elsewhere."""

from domain.instrument import TickList, instrument
from domain.vocabulary import AgeBasis, BlankReason, Nature, Onward, PersonKind, PlaceKind, Precision, Told
from interfaces.web.forms.parts import Option

PRINTED = "Printed words of the 2015 form. In your own words say what was done to the young person, and by whom."
"""Stands beside the toolkit's own words where they are dated or put the blame on a young person."""

NATURES = (
    Option(Nature.FACT, "Fact", "Something seen, heard, said or on record. Say what it rests on."),
    Option(
        Nature.OPINION,
        "Professional opinion",
        f"Begin it with the toolkit's words: “{instrument().opinion.corrected} …”",
    ),
)
PRECISIONS = (
    Option(Precision.MINUTE, "To the minute", "Give the day and the time."),
    Option(Precision.DAY, "The day"),
    Option(Precision.MONTH, "The month only", "Leave the day empty."),
    Option(Precision.ABOUT, "About then", "Give the nearest day or month."),
    Option(Precision.UNKNOWN, "Not known when", "Leave the date empty."),
)
ONWARD = (
    Option(Onward.LEAD_DECIDES, "The lead agency decides"),
    Option(
        Onward.ASK_ORIGINATOR, "Ask us first", "The lead agency must have our agreement before it goes any further."
    ),
)
PLACES = (Option(PlaceKind.HOTSPOT, "A hotspot"), Option(PlaceKind.ADDRESS, "An address"))
PERSONS = (
    Option(PersonKind.ALLEGED_PERPETRATOR, "Alleged perpetrator"),
    Option(PersonKind.ASSOCIATE, "Associate"),
)
AGE_BASES = (Option(AgeBasis.ACTUAL, "Actual"), Option(AgeBasis.ESTIMATE, "Estimate"))
TOLD = (Option(Told.YES, "Yes"), Option(Told.NO, "No"), Option(Told.NOT_YET, "Not yet"))
YES_NO_UNKNOWN = (Option("yes", "Yes"), Option("no", "No"), Option("unknown", "Not known"))
BLANKS = (
    Option(BlankReason.NOT_KNOWN, "Not known"),
    Option(BlankReason.NOT_ASKED, "Not asked"),
    Option(BlankReason.ASK_OTHER_WORKER, "Another worker should be asked", "Say whom below."),
    Option(BlankReason.NOT_APPROPRIATE_TO_ASK, "It does not feel right to ask"),
)
SENSITIVITIES = (
    Option("sexual_health", "Sexual health"),
    Option("mental_health", "Mental health"),
    Option("other_health", "Other health"),
    Option("immigration", "Immigration or asylum"),
    Option("other", "Other"),
)
BOXES = tuple(Option(box.key, box.label.capitalize()) for box in instrument().analysis_form.boxes)
ETHNICITIES = tuple(Option(row.key, row.description) for row in instrument().ethnicities)


def ticks_of(ticks: TickList) -> tuple[Option, ...]:
    """The boxes of a list of Section 1 as printed, put right where the print is a misprint."""
    return tuple(Option(option.key, option.corrected or option.text) for option in ticks.options)
