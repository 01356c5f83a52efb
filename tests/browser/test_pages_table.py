"""Every address of the web face, asked for by everybody: exactly what the table says, and no sign of what is hidden."""

import re
from collections import Counter
from uuid import uuid4

import pytest
from werkzeug.routing import Map

from tests.application.test_answers_alike import Statements
from tests.browser.asking import NO_FILE, NO_ID, Askers, without_numbers
from tests.browser.pages_table import PEOPLE, rows

ROWS = rows()
NAMES = [f"{method} {path}" for method, path, _ in ROWS]
OF_A_CASE = [row for row in ROWS if "{case}" in row[1]]
NO_WAY_TO_IT = ("lena", "hugo", "dan", "pat", "lee", "alex")
REFERENCE = re.compile(r"(?<=/)(?:[A-Z]\d|(?:concern|person|place|carer|answers|ticks|plan):\w+)(?=/|$)")
"""A reference in an address: of a thread, or of an item that has one."""


def route_of(addresses: Map, static: str, method: str, path: str) -> str:
    address = path.format(case=f"/cases/{uuid4()}", digest=NO_FILE, nobody=NO_ID, static=static)
    found = addresses.bind("127.0.0.1").match(address, method=method)
    return f"{method} {found[0]}"


def test_every_route_has_a_row(askers: Askers) -> None:
    """A new route without a row fails here: say who gets what from it in pages_table.py."""
    addresses = askers.app.url_map
    routes = {
        f"{method} {rule.endpoint}"
        for rule in addresses.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    written = {route_of(addresses, askers.app.static_url_path or "", method, path) for method, path, _ in ROWS}

    assert [] == sorted(routes - written)
    assert {name: 1 for name in NAMES} == Counter(NAMES)


@pytest.mark.parametrize(("method", "path", "expected"), ROWS, ids=NAMES)
def test_everybody_gets_what_the_table_says(method: str, path: str, expected: dict[str, int], askers: Askers) -> None:
    """The allowed set equals the table, both ways."""
    found = {who: askers.asks(who, method, path).status_code for who in PEOPLE}

    assert " ".join(map(str, expected.values())) == " ".join(map(str, found.values()))


@pytest.mark.parametrize(("method", "path", "expected"), OF_A_CASE, ids=[f"{one[0]} {one[1]}" for one in OF_A_CASE])
def test_a_case_one_has_no_way_to_answers_like_one_that_does_not_exist(
    method: str, path: str, expected: dict[str, int], askers: Askers, statements: Statements
) -> None:
    """Same status, same body, same work at the databases, for whoever has no way to the case."""
    unknown = str(uuid4())
    for who in NO_WAY_TO_IT:
        askers.client(who)  # signed in before anything is counted
        answers, work = [], []
        for case in (askers.case, unknown):
            statements.seen.clear()
            answer = askers.asks(who, method, path, case)
            text = without_numbers(answer).replace(case, "").replace(case[:8], "")
            answers.append((answer.status_code, text, sorted(answer.headers.keys())))
            work.append(statements.kinds())

        assert answers[0] == answers[1], who
        assert work[0] == work[1], who


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [row for row in OF_A_CASE if REFERENCE.search(row[1])],
    ids=[f"{one[0]} {one[1]}" for one in OF_A_CASE if REFERENCE.search(one[1])],
)
def test_what_is_hidden_in_a_case_answers_like_what_was_never_recorded(
    method: str, path: str, expected: dict[str, int], askers: Askers, statements: Statements
) -> None:
    """Within a case one comes to: a reference that is not one's to see, and one that nobody ever gave."""
    reference = REFERENCE.search(path)
    assert reference is not None
    kind = reference[0].partition(":")[0]
    made_up = f"{kind}:nobody-9" if ":" in reference[0] else f"{reference[0][0]}99"
    unknown = path.replace(reference[0], made_up)
    for who in (one for one in PEOPLE if expected[one] == 404 and one not in NO_WAY_TO_IT):
        askers.asks(who, "GET", "{case}")  # whoever comes to the case has it in memory
        answers, work = [], []
        for address in (path, unknown):
            statements.seen.clear()
            answer = askers.asks(who, method, address)
            answers.append((answer.status_code, without_numbers(answer), sorted(answer.headers.keys())))
            work.append(statements.kinds())

        assert answers[0] == answers[1], who
        assert work[0] == work[1], who
