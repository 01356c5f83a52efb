"""The README gives a newcomer commands that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    """Every command in the README's shell blocks, in order."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    return [line.partition("#")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


def test_readme_opens_with_demo_and_test():
    """Two commands are all a newcomer needs, and they come before any explanation."""
    first_block = README.index("```sh")

    assert commands()[:2] == ["make demo", "make test"]
    assert len(README[:first_block].split()) < 40


def test_every_make_command_in_the_readme_is_a_target():
    """What the README tells people to type is there to be typed."""
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    typed = {command.split()[1] for command in commands() if command.startswith("make ")}

    assert typed <= set(targets)


def test_every_link_of_the_readme_leads_somewhere():
    """Files the README points to exist."""
    linked = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)

    assert [path for path in linked if not (ROOT / path).exists()] == []
