"""The user's source code is read by file or by line, if it is Python."""

from pathlib import Path

from limerun.runs.source_text import line_texts, source_of


def test_only_python_source_files_are_read(tmp_path: Path) -> None:
    for name, content in {
        "a.py": b"x = '\xc3\xa9'\r\n",
        "b.txt": b"x",
        "c.py": b"\xff",
        "d.py": b" " * 2_000_001,
    }.items():
        (tmp_path / name).write_bytes(content)
    assert source_of(str(tmp_path / "a.py")) == "x = 'é'\n"
    for name in ("b.txt", "c.py", "d.py", "none.py", "a\0.py"):
        assert source_of(str(tmp_path / name)) is None


def test_lines_are_returned_without_their_indentation(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("def f():\n    return 1\n", encoding="utf-8")
    places = [(str(file), 2), (str(file), 9), ("none.py", 1)]
    assert list(line_texts(places).values()) == ["return 1", "", ""]
