"""Reviews: a person of the partnership is given a structured scope in which to read what happened."""

from datetime import date

import msgspec

from domain.errors import AlreadyUsed, BadInput
from domain.record import Act, Command, Event, Line, Reference, Text, put


class OpenReview(Command, frozen=True, kw_only=True):
    """Give a reviewer a scope: recorded from and until (whole days), agencies, locators yes or no."""

    id: Reference
    reviewer: Line
    kind: Line
    from_day: date = msgspec.field(name="from")
    until: date
    agencies: tuple[Line, ...]
    locators: bool = False
    questions: Text


class ReviewOpened(Event, frozen=True, kw_only=True, tag="review.opened"):
    review: str
    reviewer: str
    kind: str
    from_day: date
    until: date
    agencies: tuple[str, ...]
    locators: bool
    questions: str


Reviews = dict[str, ReviewOpened]


def decide_open_review(reviews: Reviews, command: OpenReview, act: Act) -> list[Event]:
    if command.id in reviews:
        raise AlreadyUsed
    if command.reviewer == act.by.person:
        raise BadInput("reviewer", "Whoever opens a review does not read by it. Name another reviewer.")
    if command.until < command.from_day:
        raise BadInput("until", "The end of the scope is before its beginning.")
    if not command.agencies:
        raise BadInput("agencies", "Name the agencies whose records the review reads.")
    return [
        ReviewOpened(
            review=command.id,
            reviewer=command.reviewer,
            kind=command.kind,
            from_day=command.from_day,
            until=command.until,
            agencies=command.agencies,
            locators=command.locators,
            questions=command.questions,
            **act.stamp,
        )
    ]


def evolve(reviews: Reviews, event: Event) -> Reviews:
    match event:
        case ReviewOpened():
            return put(reviews, event.review, event)
        case _:
            return reviews
