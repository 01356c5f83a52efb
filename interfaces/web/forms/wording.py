"""Advice on words that put the blame on a young person: shown once at entry, never altering what is written."""

import re
from collections.abc import Iterable

import msgspec


class Advice(msgspec.Struct, frozen=True):
    """A word that was found, and what to consider writing instead."""

    found: str
    instead: str


ADVICE: tuple[tuple[str, str], ...] = (
    (r"promiscuous|promiscuity|sexualised behaviour", "Say what happened to the young person and who did it."),
    (
        r"child prostitut\w*|prostitut(?:ing|es) (?:her|him|them)sel\w+",
        "A child is sexually exploited; say by whom, if known.",
    ),
    (
        r"(?:life ?style|life) choices?|chos?e(?:s|n)? to (?:go|stay|be|sleep|see)|choosing to",
        "A child does not freely choose exploitation; say what drew or kept them there.",
    ),
    (
        r"plac(?:es|ed|ing) (?:her|him|them)sel\w+ at risk|put(?:s|ting)? (?:her|him|them)sel\w+ at risk",
        "The risk comes from those who exploit; say what they did.",
    ),
    (r"attention[ -]?seek\w*", "Say what they did, and what they may have needed."),
    (
        r"street ?wise|mature for (?:her|his|their) age|knows what (?:she|he|they)(?:'s| is| are) doing",
        "A child who seems older is still a child; say what you saw.",
    ),
    (
        r"consent(?:ed|ing|ual) (?:sex|relationship|to sex)|sexually active with",
        "Coercion, age and power matter; say who, how old, and what was said.",
    ),
    (r"manipulative|troubled child|problem child|wayward", "Describe what happened rather than what they are."),
    (
        r"(?:fail|refus)(?:s|ed|es|ing|al)? to engage|won't engage|not engaging|did not engage|hard to reach",
        "Say what was offered, and what made it hard to take up.",
    ),
    (
        r"asking for it|brought (?:it|this) on (?:her|him|them)sel\w+|only (?:her|him|them)sel\w+ to blame",
        "Nothing a child does puts the blame on them.",
    ),
)
_COMPILED = tuple((re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), instead) for pattern, instead in ADVICE)


def advice_on(texts: Iterable[str]) -> tuple[Advice, ...]:
    """What was found in the texts, each wording once, in the order of the list."""
    whole = "\n".join(texts).replace("\u2019", "'")
    return tuple(
        Advice(found.group(0), instead)
        for pattern, instead in _COMPILED
        if (found := pattern.search(whole)) is not None
    )
