"""What the tests of sources share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.credentials.support import Opener
from tests.project import Project


@pytest.fixture
def opened(project: Project, tmp_path: Path) -> Opener:
    """Opens a source of credentials."""
    folder = tmp_path / "home"
    folder.mkdir()
    return Opener(project.environment("dev"), folder)
