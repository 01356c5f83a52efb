"""Agencies' own sign-ins in hub.toml: read, checked, and the secrets apart."""

from pathlib import Path

import pytest

from interfaces.options import SingleSignOn
from interfaces.settings import Settings, SettingsDamaged, create_home, read_settings

SCHOOL = """
[[single_sign_on]]
agency = "school"
issuer = "https://idp.example/school"
client_id = "the-hub"
client_secret_file = "school.secret"
mfa = ["mfa", "hwk"]
"""


def settings_with(text: str, home: Path) -> Settings:
    create_home(home)
    (home / "school.secret").write_text("for tests only\n", encoding="utf-8")
    (home / "hub.toml").write_text(text, encoding="utf-8")
    return read_settings(home)


def test_a_sign_in_of_an_agency_is_read(tmp_path: Path) -> None:
    """With its secret from a file of its own, which no message or log shows."""
    found = settings_with(SCHOOL, tmp_path)

    wanted = SingleSignOn(
        agency="school",
        issuer="https://idp.example/school",
        client_id="the-hub",
        client_secret_file="school.secret",
        mfa=("mfa", "hwk"),
    )
    assert (wanted,) == found.single_sign_on
    assert {"school": "for tests only"} == found.client_secrets
    assert "for tests only" not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        SCHOOL * 2,
        SCHOOL.replace("[[single_sign_on]]", "[single_sign_on]"),
        SCHOOL.replace('["mfa", "hwk"]', "[]"),
        SCHOOL.replace('mfa = ["mfa", "hwk"]', ""),
        SCHOOL.replace("school.secret", "lost.secret"),
        SCHOOL.replace("https://idp.example", "http://idp.example"),
        SCHOOL.replace("https://idp.example", "http://localhost.example"),
        SCHOOL.replace("https://idp.example", "http://localhost:1@idp.example"),
        SCHOOL.replace("/school", "/school|other"),
        SCHOOL + 'secret = "in the open"\n',
    ],
    ids=["twice", "no list", "no factor", "no mfa", "no secret file", "no https", "a name like it", "a name before it",
         "a mark of ours", "unknown word"],
)  # fmt: skip
def test_what_cannot_be_right_stops_the_start(text: str, tmp_path: Path) -> None:
    """Named, before anybody signs in."""
    with pytest.raises(SettingsDamaged, match="single_sign_on"):
        settings_with(text, tmp_path)
