"""Text written in pieces of any size never becomes a CI command."""

import io

from hypothesis import example, given
from hypothesis import strategies as st

from limerun.cli.console import BREAK, GuardedStream, write_commands

PIECES = st.lists(
    st.sampled_from(["::", ":", "#", "##", "[", "vso[", "VSO[", "error::x", " ", "\n"])
    | st.sampled_from(["\r", "\r\n", "\t", "a", "##[group]", "::stop-commands::x"]),
    max_size=12,
)


def is_command(line: str) -> bool:
    """Return whether the runners of GitHub and Azure read a line as a command."""
    lowered = line.lower()
    return line.lstrip().startswith("::") or "##[" in lowered or "##vso[" in lowered


@given(PIECES)
@example([" ", ":", ":error::x"])
@example(["a##", "vso", "[x]"])
def test_no_output_line_can_be_read_as_a_github_command(pieces: list[str]) -> None:
    stream = io.StringIO()
    guarded = GuardedStream(stream)
    for piece in pieces:
        assert guarded.write(piece) == len(piece)
    written = stream.getvalue()
    assert not any(map(is_command, written.replace("\r", "\n").split("\n")))
    assert written.replace(BREAK, "") == "".join(pieces)


def test_text_that_is_not_a_command_stays_unchanged() -> None:
    stream = io.StringIO()
    text = "a :: b\n# title\n## [link]\n{'a': '::x'}\n"
    GuardedStream(stream).write(text)
    assert stream.getvalue() == text


def test_intended_commands_are_written_unchanged() -> None:
    stream = io.StringIO()
    write_commands(GuardedStream(stream), ["::error::x"])  # type: ignore[arg-type]
    assert stream.getvalue() == "::error::x\n"
