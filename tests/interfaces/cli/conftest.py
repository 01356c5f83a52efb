"""The `hub` command as a person at a terminal meets it, on a folder of its own."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from interfaces.cli.main import main

Hub = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def hub(home: Path) -> Hub:
    """Types `hub …` with HUB_HOME set; what is not a clear refusal is raised as the traceback it would have been."""

    def typed(*words: str | Path) -> Result:
        result = CliRunner().invoke(main, [str(word) for word in words], env={"HUB_HOME": str(home)})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return typed


@pytest.fixture(scope="session")
def worked_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo store with the worked case; copy it, do not use it."""
    home = tmp_path_factory.mktemp("demo") / "store"
    loaded = CliRunner().invoke(main, ["demo", "--load"], env={"HUB_HOME": str(home)})
    assert loaded.exit_code == 0, loaded.output
    return home


@pytest.fixture
def demo(worked_case: Path, home: Path, hub: Hub) -> Hub:
    """`hub …` on a demo store with the worked case."""
    shutil.copytree(worked_case, home)
    return hub
