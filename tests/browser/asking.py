"""Everybody of the pages' table at a browser without scripts, asking the hub for the table's addresses."""

import re
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
NUMBERS = re.compile(r'(name="(?:csrf_token|command_id|seen)" value=)"[^"]*"')
NO_FILE = "0" * 64
NO_ID = "0c1d2e3f-0000-4000-8000-000000000002"
NOBODY = {"name": "Nora Nobody", "date_of_birth": "2010-01-01"}


@dataclass
class Askers:
    """The people, each signed in once; a stranger is signed in as nobody."""

    app: Flask
    case: str
    clients: dict[str, tuple[FlaskClient, str]] = field(default_factory=dict)
    texts: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def client(self, who: str) -> tuple[FlaskClient, str]:
        """A browser and its token."""
        if who not in self.clients:
            self.clients[who] = self.new_client(who)
        return self.clients[who]

    def new_client(self, who: str) -> tuple[FlaskClient, str]:
        client = self.app.test_client()
        if who != "stranger":
            client.post("/choose", data={"person": who, "csrf_token": token_on(client.get("/"))})
            client.get(f"/cases/{NO_ID}").close()  # the first look that is refused makes the key of the agency's record
        return client, token_on(client.get("/"))

    def page(self, who: str, method: str, path: str) -> str:
        """The text of an answer, asked for once: for tests of how pages are made."""
        asked = who, method, path
        if asked not in self.texts:
            self.texts[asked] = self.asks(*asked).text
        return self.texts[asked]

    def asks(self, who: str, method: str, path: str, case: str = "") -> TestResponse:
        """The answer to an address of the table; a POST carries its token and nothing else."""
        address = path.format(
            case=f"/cases/{case or self.case}", digest=NO_FILE, nobody=NO_ID, static=self.app.static_url_path
        )
        leaves = address.startswith(("/sign-", "/choose", "/account/sessions"))
        client, token = self.new_client(who) if leaves else self.client(who)
        if address.endswith("/end-all"):
            self.clients.pop(who, None)
        if method == "GET":
            with client.get(address) as answer:
                return answer
        if not address.startswith("/api/"):
            return client.post(address, data={"csrf_token": token})
        about = {"about": NOBODY} if address in ("/api/requests", "/api/reviews") else {}
        body = {"command_id": "asked-for-by-the-table", "data": {}, **about}
        return client.post(address, json=body, headers={"X-CSRFToken": token})


def token_on(page: TestResponse) -> str:
    found = TOKEN.search(page.text)
    assert found is not None
    return found[1]


def without_numbers(answer: TestResponse) -> str:
    """A page's text without what differs each time it is asked for."""
    return NUMBERS.sub(r"\1", answer.text)
