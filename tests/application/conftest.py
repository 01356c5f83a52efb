"""The worked case, replayed once; tests take copies of it."""

from pathlib import Path

import pytest

from application.hub import Hub
from interfaces.demo.scenario import read_scenario
from tests.builders import Replayed, a_hub, a_partnership, replayed


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    """The worked case to its end, in a folder nobody writes to."""
    return replayed(read_scenario(), tmp_path_factory.mktemp("worked"))


@pytest.fixture
def worked_hub(worked: Replayed, tmp_path: Path) -> Hub:
    """A copy of the worked case at its end."""
    return worked.copy(tmp_path / "copy")


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """An empty hub of a partnership."""
    return a_partnership(a_hub(tmp_path / "hub"))
