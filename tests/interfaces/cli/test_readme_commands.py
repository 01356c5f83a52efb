"""What the README tells a newcomer to type with the hub command does what it says."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Hub = Callable[..., Result]
README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
TYPED = [line.partition("#")[0].strip() for line in re.findall(r"^\.venv/bin/hub (.+)$", README, re.MULTILINE)]


@pytest.mark.parametrize("typed", TYPED)
def test_a_command_of_the_readme_is_taken(demo: Hub, tmp_path: Path, typed: str):
    """On a demo store, from the project's folder."""
    words = [str(tmp_path / word) if word.endswith(".csv") else word for word in shlex.split(typed)]

    done = demo(*words)

    assert done.exit_code == 0, done.output


def test_the_import_line_of_the_readme_is_taken(demo: Hub, tmp_path: Path):
    """The example can be tried as it stands."""
    (example,) = re.findall(r"^```json\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    file = tmp_path / "acts.jsonl"
    file.write_text(example, encoding="utf-8")

    done = demo("import", file, "--as", "ben")

    assert "1 of 1 lines are in the record." in done.output
