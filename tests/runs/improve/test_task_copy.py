"""A copy of a task's package has the changed files; everything else is a link."""

from pathlib import Path

import pytest

from limerun.errors import TaskError
from limerun.runs.improve.task_copy import (
    names_in_other_files,
    patch_root,
    place_of,
    read_source,
    unified_diff,
    write_copy,
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "shop"
    (folder / "tasks").mkdir(parents=True)
    for name in ("__init__.py", "tasks/__init__.py", "reading.py", "data.txt"):
        (folder / name).write_text("", "utf-8")
    (folder / "tasks" / "orders.py").write_text("def work(): return 1\n", "utf-8")
    (folder / "reading.py").write_text("from x import find_order\n", "utf-8")
    return folder


def test_only_the_changed_file_is_written(package: Path, tmp_path: Path) -> None:
    file = package / "tasks" / "orders.py"
    place = place_of(f"{file}:work", None)
    assert (place.root, place.package) == (package.parent, package)
    task = write_copy(place, {file: "def work(): return 2\n"}, tmp_path / "copy")
    copy = tmp_path / "copy" / "shop"
    assert task == f"{copy / 'tasks' / 'orders.py'}:work"
    assert (copy / "tasks" / "orders.py").read_text("utf-8") == "def work(): return 2\n"
    assert file.read_text("utf-8") == "def work(): return 1\n"
    assert (copy / "reading.py").readlink() == package / "reading.py"
    assert (copy / "data.txt").is_symlink()
    assert (copy / "tasks" / "__init__.py").is_symlink()


def test_other_folders_of_the_package_are_folders_that_code_readers_enter(
    package: Path, tmp_path: Path
) -> None:
    (package.parent / "unrelated").mkdir()
    place = place_of(f"{package / 'reading.py'}:work", None)
    write_copy(place, {package / "reading.py": ""}, tmp_path / "copy")
    assert not (tmp_path / "copy" / "shop" / "tasks").is_symlink()
    assert (tmp_path / "copy" / "unrelated").is_symlink()


def test_a_task_named_by_its_module_is_found(package: Path) -> None:
    file = package / "tasks" / "orders.py"
    place = place_of("shop.tasks.orders:work", str(file))
    assert (place.file, place.root, place.function) == (file, package.parent, "work")


def test_a_package_without_init_cannot_be_copied(package: Path) -> None:
    (package / "__init__.py").unlink()
    file = str(package / "tasks" / "orders.py")
    with pytest.raises(TaskError, match=r"a folder without __init__\.py"):
        place_of("shop.tasks.orders:work", file)


def test_a_task_without_a_file_cannot_be_copied() -> None:
    with pytest.raises(TaskError, match="not in a Python file"):
        place_of("shop:work", None)


def test_names_in_other_files_of_the_package_are_known(package: Path) -> None:
    file = package / "tasks" / "orders.py"
    place = place_of(f"{file}:work", None)
    assert "find_order" in names_in_other_files(place, file)
    assert "work" not in names_in_other_files(place, file)


def test_line_ends_stay_and_other_encodings_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "task.py"
    file.write_bytes(b"a = 1\r\n")
    assert read_source(file) == "a = 1\r\n"
    file.write_bytes(b"\xff")
    with pytest.raises(TaskError, match="UTF-8"):
        read_source(file)
    file.write_bytes(b"\xef\xbb\xbfa = 1\n")
    with pytest.raises(TaskError, match="byte order mark"):
        read_source(file)


def test_a_patch_is_for_the_repository_or_the_files_folder(package: Path) -> None:
    file = package / "tasks" / "orders.py"
    assert patch_root(file) == file.parent
    (package.parent / ".git").mkdir()
    assert patch_root(file) == package.parent


def test_a_last_line_without_a_newline_is_marked() -> None:
    diff = unified_diff({"a/b.py": ("x = 1", "x = 2\n")})
    assert diff == (
        "--- a/a/b.py\n+++ b/a/b.py\n@@ -1 +1 @@\n-x = 1\n"
        "\\ No newline at end of file\n+x = 2\n"
    )
