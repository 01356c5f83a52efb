"""The documents say what is there: commands and modules that exist, words that are stored, tables as applied."""

import gc
import re
import subprocess
from datetime import date
from enum import StrEnum
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from application.queries.policies_in_force import all_editions
from benchmarks.case import Bench
from domain import vocabulary
from domain.vocabulary import AgencyKind, Role
from interfaces.cli.main import main
from interfaces.exports.policy_tables import markdown
from interfaces.options import Destruction, Drafts, EmergencyContact, Mail, SigningIn, SingleSignOn, Web
from interfaces.settings import SECTIONS, Postgres
from tests.browser.screens import PICTURES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
ARCHITECTURE = (DOCS / "architecture.md").read_text(encoding="utf-8")
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")
KEEPING = (DOCS / "keeping.md").read_text(encoding="utf-8")
DECISIONS = sorted((DOCS / "adr").glob("*.md"))


def said(command: str) -> set[str]:
    """What follows `command` in the code of any page: `make test` gives `test`."""
    pages = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    blocks = re.findall(r"^```sh\n(.*?)^```", pages, re.MULTILINE | re.DOTALL)
    code = [line for block in blocks for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", pages)
    return {found[1] for line in code if (found := re.match(rf"{command} ([a-z-]+)", line))}


def mapped(package: str) -> list[str]:
    """Names in the first column of a package's table; a folder ends with a slash."""
    section = re.split(rf"^### {package}/.*$", ARCHITECTURE, flags=re.MULTILINE)[1].split("\n#")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`([\w/]+)`", row)]


def stored_words() -> set[str]:
    kinds = [kind for kind in vars(vocabulary).values() if isinstance(kind, type) and issubclass(kind, StrEnum)]
    return {str(word) for kind in kinds for word in kind}


@pytest.mark.parametrize("target", sorted(said("make")))
def test_make_knows_what_the_pages_tell_people_to_type(target: str):
    """Every `make …` in the pages runs; here without doing it."""
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_the_hub_command_knows_what_the_pages_tell_people_to_type():
    """Every `hub …` in the pages is a command of the hub."""
    assert said("hub") - set(main.commands) == set()


def test_the_files_that_keeping_shows_can_be_copied_as_they_stand(tmp_path: Path):
    """A hub is made from the partnership file, and opens with the settings."""
    partnership, options = re.findall(r"^```toml\n(.*?)^```", KEEPING, re.MULTILINE | re.DOTALL)
    file, home = tmp_path / "partnership.toml", tmp_path / "home"
    file.write_text(partnership, encoding="utf-8")

    made = CliRunner().invoke(main, ["init", "--from", str(file)], env={"HUB_HOME": str(home)})
    (home / "hub.toml").write_text(options, encoding="utf-8")
    (home / "mail.secret").write_text("only for this test", encoding="utf-8")
    listed = CliRunner().invoke(main, ["people", "list"], env={"HUB_HOME": str(home)})

    assert (made.exit_code, listed.exit_code) == (0, 0), made.output + listed.output
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["a01", "m01", "m02"]


def test_keeping_names_every_word_of_its_files():
    """Kinds, roles, and all that hub.toml may say."""
    kinds = (Web, Mail, SigningIn, Drafts, Destruction, EmergencyContact, SingleSignOn)
    keys = {field.encode_name for kind in kinds for field in msgspec.structs.fields(kind)}
    words = {*AgencyKind, *Role, *keys, *Postgres.__annotations__}

    assert sorted(word for word in words if f"`{word}`" not in KEEPING and f"\n    {word} = " not in KEEPING) == []
    assert {section for section in SECTIONS if f"[{section}]" not in KEEPING} == set()


def test_every_link_in_the_documents_leads_somewhere():
    """Files the pages point to exist."""
    link = re.compile(r"\]\((?!https?:|#)([^)#]+)")
    linked = [page.parent / path for page in PAGES for path in link.findall(page.read_text(encoding="utf-8"))]

    assert linked
    assert [str(path) for path in linked if not path.exists()] == []


def test_the_tour_shows_every_picture_taken_and_no_other():
    """Each picture that `make screens` takes is in the tour, with words for who cannot see it, and small."""
    shown = re.findall(r"!\[(.+?)\]\(screens/(.+?)\)", (DOCS / "tour.md").read_text(encoding="utf-8"))
    pictures = {path.name: path.stat().st_size for path in (DOCS / "screens").iterdir()}
    names = [name for _, name in shown]

    assert sorted(pictures) == sorted(names) == sorted(name for one in PICTURES for name in one.files)
    assert len(shown) == len({words for words, _ in shown})
    assert [name for name, size in pictures.items() if size > 60_000] == []
    assert sum(pictures.values()) < 2_500_000


@pytest.mark.parametrize("package", ["domain", "policies", "application"])
def test_the_map_names_every_module_and_no_other(package: str):
    """Whoever inherits the hub finds each module on the map, or under a folder that is on it."""
    named = mapped(package)
    modules = {
        path.relative_to(ROOT / package).with_suffix("").as_posix()
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__init__.py"
    }

    folders = tuple(name for name in named if name.endswith("/"))
    missing = {module for module in modules if module not in named and not module.startswith(folders)}
    gone = {name for name in named if not (ROOT / package / name).is_dir() and name not in modules}

    assert (missing, gone) == (set(), set())


def test_the_glossary_explains_every_stored_word_and_no_other():
    """A code in an event or an export can be looked up."""
    assert set(re.findall(r"\(`([a-z_]+)`\)", GLOSSARY)) == stored_words()


def test_the_glossary_holds_each_word_once():
    """One word for one thing, one thing for one word."""
    words = re.findall(r"^\| \*\*(.+?)\*\*", GLOSSARY, re.MULTILINE)

    assert sorted(set(words)) == sorted(words)
    assert len(words) > len(stored_words())


def test_the_policy_tables_are_printed_as_they_are_applied():
    """What auditors read is what the hub does."""
    assert (DOCS / "policy-tables.md").read_text(encoding="utf-8") == markdown(all_editions())


def test_a_policy_document_that_differs_is_refused(tmp_path: Path):
    """The check fails on a document that somebody changed by hand, and says how to print it again."""
    changed = tmp_path / "policy-tables.md"
    changed.write_text(markdown(all_editions()).replace("practitioner", "administrator", 1), encoding="utf-8")

    checked = CliRunner().invoke(main, ["policy-tables", "--check", str(changed)])

    assert checked.exit_code != 0
    assert "hub policy-tables >" in checked.output


def test_the_policy_document_says_what_a_role_may_not_do():
    """Silence is absence: roles that appear in no act are listed as such."""
    printed = markdown(all_editions())

    assert "| auditor | nothing |" in printed
    assert "| Open review | partnership manager | the partnership office |" in printed


def test_an_edition_ends_where_the_next_begins():
    """The newest edition comes first, and the one before it says until when it held."""
    first = all_editions()[0]
    ended = msgspec.structs.replace(first, in_force_until=date(2027, 1, 1))
    following = msgspec.structs.replace(first, edition="2027-01", in_force_from=date(2027, 1, 1))

    printed = markdown([ended, following])

    assert printed.index("## Edition 2027-01") < printed.index("## Edition 2026-01")
    assert "In force from 2026-01-01 to the day before 2027-01-01." in printed
    assert "In force from 2027-01-01, until another follows." in printed


def test_a_reason_cannot_break_out_of_its_column():
    """Words of a table stay in their cell of the printed one."""
    first = all_editions()[0]
    odd = msgspec.structs.replace(first.acts[0], because="one | two\nthree")

    printed = markdown([msgspec.structs.replace(first, acts=(odd,))])

    assert "| Open case | practitioner | any agency | one \\| two three |\n" in printed


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_every_decision_says_why_what_and_what_follows(page: Path):
    """A decision record holds context, decision and consequences, in this order, and fits a page."""
    text = page.read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)

    assert parts[1::2] == ["Context", "Decision", "Consequences"]
    assert all(len(part.split()) > 20 for part in parts[2::2])
    assert len(text.splitlines()) <= 60


def test_decisions_are_numbered_without_a_gap():
    """A record is found by its number, in its name and in its title."""
    titled = [int(re.match(r"# (\d+)\. ", page.read_text(encoding="utf-8"))[1]) for page in DECISIONS]

    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    assert titled == list(range(1, len(DECISIONS) + 1))


def test_every_runtime_package_has_its_reason():
    """What the hub rests on is written down with its reason, and nothing that it does not rest on."""
    wanted = (ROOT / "requirements.in").read_text(encoding="utf-8")
    reasons = (DOCS / "adr" / "0006-dependencies.md").read_text(encoding="utf-8")

    needed = set(re.findall(r"^([a-z0-9-]+)", wanted, re.MULTILINE))

    assert set(re.findall(r"^\| `([a-z0-9-]+)` \|", reasons, re.MULTILINE)) == needed


def test_the_benchmark_prints_a_figure_for_everything_it_measures(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """`make bench` runs to its end; how fast is not asserted."""
    gc.freeze()  # it collects before each task: what the tests before it hold need not be walked each time
    bench = Bench(tmp_path, rounds=1, acts=1, cases=2, sizes=(20, 40))
    bench.rounds.run()
    bench.show()
    bench.close()
    gc.unfreeze()

    printed = capsys.readouterr().out

    assert [system for _, system in bench.rounds.taken if system not in printed] == []
    assert "all read models rebuilt" in printed
