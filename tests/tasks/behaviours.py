"""Tasks that end, print, fork and allocate in every way that tasks do."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

MB = 1_000_000


def returns(value: int = 1) -> dict[str, int]:
    return {"value": value}


def raises() -> None:
    raise ValueError("the export has no [bold]header[/]")


def raises_holding(size_mb: int) -> None:
    held = b"\x01" * (size_mb * MB)
    raise ValueError(f"{len(held)} bytes were held")


def calls_sys_exit() -> None:
    sys.exit(3)


def leaves_without_a_word(size_mb: int) -> None:
    held = b"\x01" * (size_mb * MB)
    os._exit(7 if held else 8)


def leaves_successfully() -> None:
    os._exit(0)


def crashes() -> None:
    ctypes.string_at(0)


def kills_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def spikes_inside_one_call(size_mb: int) -> int:
    return len(b"\x01" * (size_mb * MB))


def prints(megabytes: int) -> None:
    line = "x" * 99
    for _ in range(megabytes * 10_000):
        print(line)
    print("the last line")
    print("and to stderr", file=sys.stderr)


def closes_its_streams() -> str:
    sys.stdout.close()
    sys.stderr.close()
    os.close(1)
    os.close(2)
    return "closed"


def closes_every_descriptor(size_mb: int) -> None:
    os.closerange(0, 1000)
    held = b"\x01" * (size_mb * MB)
    del held


def changes_directory() -> str:
    os.chdir("/")
    return os.getcwd()


def handles_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_IGN)
    signal.alarm(1)


def leaves_threads_running() -> str:
    for _ in range(3):
        threading.Thread(target=lambda: time.sleep(3600)).start()
    return "left"


def daemonizes(note: str) -> None:
    """Leave a process behind, forked twice and in a separate session."""
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            with open(note, "w") as file:
                file.write(str(os.getpid()))
            os.close(write)
            signal.pause()
        os._exit(0)
    os.wait()
    os.close(write)
    os.read(read, 1)  # until the process that stays has closed its end


def starts_a_short_child(size_mb: int) -> None:
    code = f"x = b'\\x01' * {size_mb * MB}"
    subprocess.run([sys.executable, "-c", code], check=True)


def starts_a_child_that_stays(size_mb: int) -> None:
    code = (
        f"x = b'\\x01' * {size_mb * MB}; print('up', flush=True);"
        "import signal; signal.pause()"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()


def starts_many_small_children(size_mb: int) -> None:
    held = b"\x01" * (size_mb * MB)
    for _ in range(20):
        subprocess.run(["true"], check=True)
    del held


def never_ends() -> None:
    while True:
        signal.pause()


def says_that_it_began_and_waits(note: str) -> None:
    with open(note, "w") as file:
        file.write("begun")
    while True:
        signal.pause()


def grows(mb_per_second: int, up_to_mb: int) -> int:
    held: list[bytes] = []
    began = time.perf_counter()
    while len(held) < up_to_mb:
        held.append(b"\x01" * MB)
        ahead = len(held) / mb_per_second - (time.perf_counter() - began)
        if ahead > 0:
            time.sleep(ahead)
    return len(held)


def returns_what_json_cannot_say() -> object:
    return {"a", "b"}


def returns_far_too_much() -> list[int]:
    return list(range(100_000))


def needs(path: str, *, factor: int = 2, **more: str) -> tuple[str, int]:
    return path, factor


def takes_only(path: str) -> str:
    return path


async def is_async() -> None: ...


def is_a_generator():  # type: ignore[no-untyped-def]
    yield 1


NOT_CALLABLE = 5
