"""The cache folder, and what happens if it is not writable."""

import tempfile
from pathlib import Path

import pytest

from limerun.errors import OutputError
from limerun.runs import preparation


@pytest.mark.parametrize("folder", ["/dev/null", "/dev/null/x", "limerun.yaml", "a\0b"])
def test_an_unusable_cache_is_replaced_with_a_warning(
    folder: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warnings: list[str] = []
    (tmp_path / "limerun.yaml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(preparation, "cache_folder", lambda: Path(folder).absolute())
    with preparation.opened_cache(warnings.append) as cache:
        assert cache.is_dir()
        assert cache.name.startswith("limerun-cache-")
    assert not cache.exists()
    [warning] = warnings
    assert "cannot be used" in warning


def test_if_the_home_folder_is_unknown_no_folder_is_created_next_to_the_config(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(preparation, "cache_folder", lambda: Path("~/.cache/limerun"))
    with preparation.opened_cache(lambda _: None) as cache:
        assert cache.is_absolute()
    assert not list(tmp_path.iterdir())


def test_no_writable_folder_at_all_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(preparation, "cache_folder", lambda: Path("/dev/null"))
    monkeypatch.setattr(tempfile, "gettempdir", fail)
    with (
        pytest.raises(OutputError, match="set LIMERUN_CACHE to a writable folder"),
        preparation.opened_cache(lambda _: None),
    ):
        pass
