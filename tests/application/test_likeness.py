"""How alike two namings are: what is taken for a slip, what for another person, and that the index loses nobody."""

from itertools import product

import pytest

from application.likeness import Naming, keys_of, likeness, names_in, sounds_of, words_of

MAYA = Naming(("Maya Ellison",), "2010-05-14")

MISSPELT = {
    "Maya Ellison": ["Maya Elison", "Maja Ellison", "Maya Elisson", "Mya Ellison", "Maya Allison", "Maya  ELLISON",
                     "Máya Ellisøn", "Maya-Ellison", "MayaEllison", "Ellison, Maya", "Ellison Maya", "Mia Ellison"],
    "Keira Doyle": ["Kiera Doyle", "Kira Doyle", "Keera Doyl", "Keira Doile", "Doyle Keira", "Keira-Doyle",
                    "Kyra Doyle"],
    "Zoë O'Nobody": ["Zoe O'Nobody", "Zoe ONobody", "Zoë O Nobody", "Zowie O’Nobody", "Zoey Onobody", "ZOE O'NOBODY"],
    "Jonah Pike": ["Jona Pike", "Jonah Pyke", "Johna Pike", "Jonah Pieke", "Pike Jonah", "Joanah Pike"],
}  # fmt: skip
"""Made up by hand: how names are misheard, mistyped, run together and turned round."""
BORN = {
    "Maya Ellison": "2010-05-14", "Keira Doyle": "2011-03-02", "Zoë O'Nobody": "2011-02-28", "Jonah Pike": "2010-11-20",
}  # fmt: skip
SPELLINGS = [(name, other) for name, others in MISSPELT.items() for other in others]


@pytest.mark.parametrize(("name", "other"), SPELLINGS)
def test_a_misspelt_name_is_recognised_with_and_without_the_date_of_birth(name: str, other: str) -> None:
    """Every spelling of the list: by name alone, with the right date, and with one slip in the date."""
    shown = Naming((name,), BORN[name])
    year, month, day = BORN[name].split("-")
    slipped = f"{int(year) + 1}-{month}-{day}"

    for born in ("", BORN[name], slipped):
        assert likeness(Naming((other,), born), shown) is not None


@pytest.mark.parametrize(
    "asked",
    [
        Naming(("Keira Doyle",), ""),
        Naming(("Keira Doyle",), "2010-05-14"),
        Naming(("Maya Ellison",), "2011-06-14"),
        Naming(("Maya Ellison",), "2010-09-27"),
        Naming(("Maya Ellison",), "1994-05-14"),
        Naming(("Maya Pike",), ""),
        Naming(("Maya Pike",), "2010-05-15"),
        Naming((), "2010-05-15"),
        Naming((), ""),
        Naming(("-",), "2010-05-14"),
        Naming(("Maya Ellison",), "May 2010"),
    ],
    ids=str,
)
def test_another_person_is_not_taken_for_her(asked: Naming) -> None:
    """Another name, or a date that differs by more than a slip, or only one name and a date that is not the same."""
    assert likeness(asked, MAYA) is None


@pytest.mark.parametrize(
    ("asked", "born", "why"),
    [
        ("maya  ELLISON", "2010-05-14", ("name_same", "born_same")),
        ("Mayá-Ellison", "", ("name_same",)),
        ("Ellison Maya", "2010-05-14", ("names_exchanged", "born_same")),
        ("Maya", "", ("name_in_part",)),
        ("Mrs Maya Ellison", "", ("name_in_part",)),
        ("Maya Elison", "2010-05-14", ("sounds_alike", "born_same")),
        ("Maya Edison", "2010-05-14", ("spelt_alike", "born_same")),
        ("Maya Pike", "2010-05-14", ("one_name_alike", "born_same")),
        ("Maya Ellison", "2010-05-15", ("name_same", "day_differs")),
        ("Maya Ellison", "2010-05-24", ("name_same", "day_differs")),
        ("Maya Ellison", "2010-06-14", ("name_same", "month_differs")),
        ("Maya Ellison", "2000-05-14", ("name_same", "year_differs")),
        ("Maya Ellison", "2009-05-14", ("name_same", "year_differs")),
    ],
)
def test_it_says_why(asked: str, born: str, why: tuple[str, ...]) -> None:
    """Why a case is listed is said beside it: the person decides, not the hub."""
    found = likeness(Naming((asked,), born), MAYA)

    assert found is not None
    assert why == found.why


def test_day_and_month_exchanged_are_recognised() -> None:
    """The commonest slip of all in a date of birth."""
    found = likeness(Naming(("Keera Doyle",), "2011-02-03"), Naming(("Keira Doyle",), "2011-03-02"))

    assert found is not None
    assert ("sounds_alike", "day_and_month_exchanged") == found.why
    assert likeness(Naming((), "2011-02-03"), Naming(("Keira Doyle",), "2011-03-02")) is not None


def test_a_name_she_is_known_by_counts_like_her_own_and_says_so() -> None:
    """The second of the names, and every other, is one she is known by."""
    shown = Naming(("Keira Doyle", "Keira Marsh"), "2011-03-02")
    found = likeness(Naming(("Kiera Marsh",), "2011-03-02"), shown)

    assert found is not None
    assert ("sounds_alike", "known_as", "born_same") == found.why


def test_the_likest_of_several_names_is_what_counts() -> None:
    """What she is called exactly speaks louder than what sounds like it."""
    found = likeness(Naming(("Keira Marsh",)), Naming(("Keira March", "Keira Marsh")))

    assert found is not None
    assert (100, ("name_same", "known_as")) == (found.score, found.why)


def test_the_more_alike_the_more_points() -> None:
    """The list begins with what is likest."""
    asked = (("Maya Ellison", "2010-05-14"), ("Maya Ellison", "2010-05-15"), ("Maya Elison", "2010-05-15"))
    points = [found.score for one in asked if (found := likeness(Naming(one[:1], one[1]), MAYA)) is not None]

    assert [100, 92, 89] == points


def test_short_names_that_sound_alike_need_their_letters_too() -> None:
    """Every name of vowels and an M sounds like Maya."""
    assert likeness(Naming(("Omo Ellison",)), MAYA) is None
    assert likeness(Naming(("Mia Ellison",)), MAYA) is not None


def test_marks_and_joined_words_do_not_part_a_name() -> None:
    """Accents, apostrophes, hyphens and spaces are written by some and not by others."""
    assert ("zoe", "o", "nobody") == words_of("ZOË O'Nobody")
    assert sounds_of("ONobody") <= sounds_of("O'Nobody")
    assert sounds_of("Maya Ellison") == sounds_of("maya-ellison")
    assert frozenset({"123"}) == sounds_of("123")
    assert ("Keira Marsh", "K") == names_in("Keira Marsh; , K /")


def test_no_key_names_a_name_alone() -> None:
    """A keyed hash of a name alone would tell how many bear it; without a date there is no key."""
    assert frozenset() == keys_of("Maya Ellison", "")
    assert frozenset() == keys_of("Maya Ellison", "May 2010")
    assert all(any(figure.isdecimal() for figure in key) for key in keys_of("Maya Ellison", "2010-05-14"))
    assert frozenset({"born|2010|5-14"}) == keys_of("", "2010-05-14")


DAYS = ("2010-05-14", "2010-05-15", "2010-04-05", "2010-05-04", "2011-05-14", "2000-05-04", "2010-06-14", "2010-12-24")


def test_the_index_loses_nobody_whom_the_likeness_finds() -> None:
    """Whatever is judged alike with a date of birth shares a key, whole or only the first name shown."""
    names = [*MISSPELT, *(others[0] for others in MISSPELT.values()), "Ellison Maya", "Zoe ONobody", "Maya", "Zo"]
    lost = []
    alike = 0
    for (name, other), (born, day) in product(product(names, names), product(DAYS, DAYS)):
        if likeness(Naming((name,), born), Naming((other,), day)) is not None:
            alike += 1
            if not keys_of(name, born) & keys_of(other, day):
                lost.append((name, born, other, day))

    assert alike > 500
    assert [] == lost


@pytest.mark.parametrize("name", [*MISSPELT, "Zoë \"Zo\" O'Nobody", "Anne-Marie  O'Nobody"])
def test_a_first_name_alone_has_no_key_that_the_whole_name_lacks(name: str) -> None:
    """A reader who is shown the first name only finds by it what the record holds whole."""
    assert keys_of(name.split()[0], "2010-05-14") <= keys_of(name, "2010-05-14")
