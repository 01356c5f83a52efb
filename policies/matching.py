"""When two namings are the same young person for sure: the edition's exact match, and nothing cleverer."""

import unicodedata

from policies.editions import Edition


def folded(text: str) -> str:
    """Letters and digits only, without case or accents, so that spacing and spelling marks do not part a name."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def placing_key(edition: Edition, name: str, date_of_birth: str) -> str | None:
    """The key under which a naming is placed, or None when something the edition asks for is not given."""
    given = {"name": folded(name), "date_of_birth": date_of_birth}
    parts = [given[part] for part in edition.placing.match]
    return "|".join(parts) if all(parts) else None
