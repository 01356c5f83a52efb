"""Sixty hostile strings in the files that leave the hub: words as they were typed, and nothing worked out of them."""

import csv
import io
import subprocess
import zipfile
from collections.abc import Callable
from uuid import UUID

from flask.testing import FlaskClient

from application.commands.acts import act
from application.hub import Hub
from tests.builders import concern_data
from tests.interfaces.web.conftest import token
from tests.interfaces.web.hostile import WORDS, plain


def test_no_cell_of_a_chronology_is_a_formula(
    client_for: Callable[[str], FlaskClient], worked_hub: Hub, case: UUID
) -> None:
    """Each string as the headline of a concern: it stands in the file, and no spreadsheet takes it for a formula."""
    for number, word in enumerate(WORDS):
        data = concern_data(f"H{number}", headline=plain(word), narrative=word.strip(), source=plain(word))
        act(worked_hub, "ben", case, "record_concern", data, command_id=f"hostile-{number}", named=True)
    client = client_for("ben")
    answer = client.post(f"/cases/{case}/chronology", data={"csrf_token": token(client, "/guidance")})
    cells = [cell for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))) for cell in row]
    text = plain(" ".join(cells).replace(" / ", " "))

    assert [] == [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b"))]
    assert [] == [word for word in WORDS if plain(word).replace(" / ", " ") not in text and not _formatting(word)]


def test_a_pack_says_what_was_typed(client_for: Callable[[str], FlaskClient], worked_hub: Hub, case: UUID) -> None:
    """In the PDF every string whose characters there are glyphs for, and nothing that was worked out of it."""
    for number, word in enumerate(WORDS):
        data = concern_data(f"H{number}", headline=f"Number {number}", narrative=word.strip())
        act(worked_hub, "ben", case, "record_concern", data, command_id=f"hostile-{number}", named=True)
    client = client_for("ben")
    answer = client.post(f"/cases/{case}/referrals/R1/pack", data={"csrf_token": token(client, "/guidance")})
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        name = next(name for name in packed.namelist() if name.endswith(".pdf"))
        document = packed.read(name)
    shown = subprocess.run(["pdftotext", "-raw", "-", "-"], input=document, capture_output=True, check=True)
    text = "".join(shown.stdout.decode("utf-8").replace("\u200b", "").split())

    assert [] == [word for word in WORDS if word.isascii() and "".join(word.split()) not in text]
    assert "root:" not in text


def _formatting(word: str) -> bool:
    """Whether it holds characters that order or join others and are no text themselves."""
    return any(not character.isprintable() and not character.isspace() for character in word)
