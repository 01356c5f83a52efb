"""How alike two namings of a young person are, and under which keys those that may be alike find each other."""

import re
from datetime import date
from itertools import pairwise

import msgspec
from anyascii import anyascii
from doublemetaphone import doublemetaphone
from rapidfuzz import fuzz

_WORDS = re.compile("[a-z0-9]+")
_SEVERAL = re.compile("[,;/]")
SPELT_ALIKE = 82
"""From how many of a hundred on two spellings are taken for one name."""
NOT_TOO_FAR = 50
"""What two words that sound alike must have in common of their spelling, for short names all sound alike."""
SURE_OF_THE_DAY = ("born_same", "day_and_month_exchanged")
OF_ONE_NAME_ONLY = "one_name_alike"
POINTS = {"born_same": 100, "day_and_month_exchanged": 90, "year_differs": 75, "month_differs": 75, "day_differs": 75}


class Naming(msgspec.Struct, frozen=True):
    """Names a young person goes by, and the date of birth as the record writes it; either may be missing."""

    names: tuple[str, ...] = ()
    born: str = ""


class Likeness(msgspec.Struct, frozen=True):
    """How much of a hundred speaks for one person, and why, in stable words."""

    score: int
    why: tuple[str, ...]


def names_in(text: str) -> tuple[str, ...]:
    """The names somebody wrote, several of them parted by commas."""
    return tuple(name.strip() for name in _SEVERAL.split(text) if words_of(name))


def words_of(name: str) -> tuple[str, ...]:
    """A name in plain letters, word by word, without case, accents or marks."""
    return tuple(_WORDS.findall(anyascii(name).casefold()))


def sounds_of(name: str) -> frozenset[str]:
    """How its words sound, and each two of them written as one: O'Brien is Obrien, and Mary Ann Maryann."""
    words = words_of(name)
    joined = tuple(one + other for one, other in pairwise(words))
    return frozenset(sound for word in (*words, *joined) for sound in _sounds(word))


def _sounds(word: str) -> set[str]:
    return {sound for sound in doublemetaphone(word) if sound} or {word}


def keys_of(name: str, born: str) -> frozenset[str]:
    """Whatever is judged alike by name and date of birth shares one of these keys; none names a name alone."""
    day = _day(born)
    if day is None:
        return frozenset()
    low, high = sorted((day.day, day.month))
    dates = (f"{low}-{high}", f"{day.year}-{day.month}-", f"{day.year}--{day.day}")
    heard = {f"{sound}|{one}" for sound in sounds_of(name) for one in dates}
    return frozenset({f"born|{day.year}|{low}-{high}", *heard})


def likeness(asked: Naming, shown: Naming) -> Likeness | None:
    """How alike what is asked for is to what is shown; None when it is another person.

    What is not asked for is not compared; what is asked for and not shown speaks for nobody.
    """
    if not asked.names:
        born = _born_alike(asked.born, shown.born)
        return Likeness(POINTS[born], (born,)) if born in SURE_OF_THE_DAY else None
    found = [
        one
        for name in asked.names
        for place, other in enumerate(shown.names)
        if (one := _alike(name, asked.born, other, shown.born, place)) is not None
    ]
    return max(found, key=lambda one: one.score, default=None)


def _alike(name: str, born: str, other: str, other_born: str, place: int) -> Likeness | None:
    named = _named_alike(words_of(name), words_of(other))
    if named is None:
        return None
    score, why = named
    known_as = ("known_as",) if place else ()
    if not born:
        return None if why == OF_ONE_NAME_ONLY else Likeness(score, (why, *known_as))
    day = _born_alike(born, other_born)
    if not day:
        return None
    slipped = day not in SURE_OF_THE_DAY
    if slipped and (why == OF_ONE_NAME_ONLY or not sounds_of(name) & sounds_of(other)):
        return None
    return Likeness(round((2 * score + POINTS[day]) / 3), (why, *known_as, day))


def _named_alike(asked: tuple[str, ...], shown: tuple[str, ...]) -> tuple[int, str] | None:
    if not asked or not shown:
        return None
    whole, other = "".join(asked), "".join(shown)
    if whole == other:
        return 100, "name_same"
    if sorted(asked) == sorted(shown):
        return 97, "names_exchanged"
    if whole in other or other in whole:
        return 90, "name_in_part"
    spelt = round(max(fuzz.token_sort_ratio(" ".join(asked), " ".join(shown)), fuzz.ratio(whole, other)))
    fewer, more = sorted((asked, shown), key=len)
    with_joins = (*more, *(one + two for one, two in pairwise(more)))
    alike = [any(_sound_alike(word, one) for one in with_joins) for word in fewer]
    if all(alike):
        return spelt, "sounds_alike"
    if spelt >= SPELT_ALIKE:
        return spelt, "spelt_alike"
    return (spelt, OF_ONE_NAME_ONLY) if any(alike) else None


def _sound_alike(word: str, other: str) -> bool:
    return word == other or (bool(_sounds(word) & _sounds(other)) and fuzz.ratio(word, other) >= NOT_TOO_FAR)


def _born_alike(asked: str, shown: str) -> str:
    """How the second date of birth comes from the first: the same, or by one slip; nothing when by more."""
    one, other = _day(asked), _day(shown)
    if one is None or other is None:
        return ""
    if one == other:
        return "born_same"
    if (one.year, one.day, one.month) == (other.year, other.month, other.day):
        return "day_and_month_exchanged"
    parts = ((one.year, other.year, "year"), (one.month, other.month, "month"), (one.day, other.day, "day"))
    differing = [(left, right, name) for left, right, name in parts if left != right]
    if len(differing) == 1 and _by_a_slip(*differing[0][:2]):
        return f"{differing[0][2]}_differs"
    return ""


def _by_a_slip(one: int, other: int) -> bool:
    """One digit is another, or the number is the next one."""
    left, right = f"{one:04}", f"{other:04}"
    return abs(one - other) == 1 or sum(a != b for a, b in zip(left, right, strict=True)) == 1


def _day(born: str) -> date | None:
    try:
        return date.fromisoformat(born)
    except ValueError:
        return None
