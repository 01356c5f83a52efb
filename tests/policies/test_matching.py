"""When two namings are the same young person for sure."""

import pytest

from policies.editions import editions
from policies.matching import placing_key

(EDITION,) = editions()


@pytest.mark.parametrize(
    ("name", "born", "same"),
    [
        ("Maya Ellison", "2010-05-14", True),
        ("maya  ELLISON", "2010-05-14", True),
        ("Máya-Ellison", "2010-05-14", True),
        ("Maya Elison", "2010-05-14", False),
        ("Maya Ellison", "2010-05-15", False),
        ("Ellison Maya", "2010-05-14", False),
    ],
)
def test_only_an_exact_match_of_name_and_birth_places_a_record(name, born, same):
    """Case, accents and spacing do not part a name; everything else the lead places (design §3.7)."""
    assert same is (placing_key(EDITION, "Maya Ellison", "2010-05-14") == placing_key(EDITION, name, born))


@pytest.mark.parametrize(("name", "born"), [("", "2010-05-14"), ("Maya Ellison", ""), (" - ", "2010-05-14")])
def test_without_what_the_edition_asks_for_nothing_is_placed(name, born):
    """A naming without a date of birth matches nobody."""
    assert placing_key(EDITION, name, born) is None
