"""A module whose import starts processes: one that has ended, and one that stays."""

import os
import subprocess
import sys

MB = 1_000_000

subprocess.run(
    [sys.executable, "-I", "-S", "-c", f"b'1' * {100 * MB}"],
    check=True,
)
_CODE = (
    f"import sys; held = b'1' * {40 * MB}; print('up', flush=True)\n"
    f"for line in sys.stdin: held += b'1' * {60 * MB}; print('up', flush=True)"
)
_stays = subprocess.Popen(
    [sys.executable, "-I", "-S", "-c", _CODE],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
)
assert _stays.stdin is not None
assert _stays.stdout is not None
_stays.stdout.readline()


def does_nothing() -> int:
    return os.getpid()


def has_it_grow() -> None:
    assert _stays.stdin is not None
    assert _stays.stdout is not None
    _stays.stdin.write(b"more\n")
    _stays.stdin.flush()
    _stays.stdout.readline()


def ends_it() -> None:
    _stays.kill()
    _stays.wait()
