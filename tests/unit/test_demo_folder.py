"""Two demos at once: each in a folder of its own; the real run continues its data, so there is one."""

from pathlib import Path

import pytest

from ingest.service.errors import UsageError
from workers.demo.folder import first_free, the_only


def test_each_of_several_demos_has_a_folder_of_its_own_and_the_first_is_free_again_afterwards(tmp_path: Path) -> None:
    base = tmp_path / "demo"

    with first_free(base) as first, first_free(base) as second, first_free(base) as third:
        assert (first, second, third) == (base, tmp_path / "demo-2", tmp_path / "demo-3")
        assert third.is_dir()
    with first_free(base) as again:
        assert again == base


def test_a_second_run_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with (
        the_only(tmp_path / "run") as folder,
        pytest.raises(UsageError, match=r"run is in use by another run"),
        the_only(folder),
    ):
        pytest.fail("both run")
    with the_only(folder):
        pass
