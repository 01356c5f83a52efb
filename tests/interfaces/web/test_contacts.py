"""Whom to telephone in an emergency: read from hub.toml, checked, and on every page; without any the page says so."""

import dataclasses
from pathlib import Path

import pytest

from application.hub import Hub
from interfaces.options import EmergencyContact
from interfaces.settings import Settings, SettingsDamaged, create_home, read_settings, write_options_begun
from interfaces.web.app import create_app

DUTY = EmergencyContact(telephone="020 7946 0000", name="Duty desk", when="day and night")
WRITTEN = '[[contact]]\ntelephone = "020 7946 0000"\nname = "Duty desk"\nwhen = "day and night"\n'


def settings_saying(home: Path, text: str) -> Settings:
    create_home(home)
    (home / "hub.toml").write_text(text, encoding="utf-8")
    return read_settings(home)


def test_contacts_are_read_in_their_order(tmp_path: Path) -> None:
    """Telephone, name and when."""
    second = WRITTEN.replace("Duty desk", "Night desk")
    night = EmergencyContact(telephone="020 7946 0000", name="Night desk", when="day and night")

    assert (DUTY, night) == settings_saying(tmp_path, WRITTEN + second).contacts


@pytest.mark.parametrize(
    "text",
    [
        WRITTEN.replace("telephone", "phone"),
        WRITTEN.replace('when = "day and night"\n', ""),
        WRITTEN.replace("Duty desk", " "),
        WRITTEN.replace("Duty desk", "Duty\\ndesk"),
        WRITTEN.replace('"020 7946 0000"', "2079460000"),
        WRITTEN.replace("[[contact]]", "[contact]"),
        'contact = ["999"]\n',
    ],
)
def test_what_cannot_be_a_contact_stops_the_start(text: str, tmp_path: Path) -> None:
    """A wrong number on every page would be worse than none."""
    with pytest.raises(SettingsDamaged, match="contact"):
        settings_saying(tmp_path, text)


def test_a_new_hub_is_told_where_they_go(tmp_path: Path) -> None:
    """As a comment: nothing is made up, and what stood there stays."""
    create_home(tmp_path)
    (tmp_path / "hub.toml").write_text("[destruction]\ncooling_days = 20\n", encoding="utf-8")
    write_options_begun(tmp_path)
    settings = read_settings(tmp_path)

    assert ((), 20) == (settings.contacts, settings.cooling.days)
    assert "# [[contact]]" in (tmp_path / "hub.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["/", "/guidance", "/no-such-page"])
def test_they_stand_on_every_page(path: str, worked_hub: Hub, settings: Settings) -> None:
    """Also on what is shown to somebody not signed in, and on a refusal; the printed ones do not, then."""
    configured = dataclasses.replace(settings, contacts=(DUTY,))
    page = create_app(worked_hub, configured).test_client().get(path).text

    assert "<strong>020 7946 0000</strong> Duty desk" in page
    assert "01895 558641" not in page


def test_without_any_a_page_says_so(worked_hub: Hub, settings: Settings) -> None:
    """Numbers of another partnership would mislead; 999 always holds."""
    real = dataclasses.replace(settings, demo_stands_at=None)
    page = create_app(worked_hub, real).test_client().get("/no-such-page").text

    assert "In an emergency telephone 999." in page
    assert "01895 558641" not in page
