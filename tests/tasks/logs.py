"""Tasks that log in every way that tasks do."""

import logging
import os
import signal
import sys


def logs(lines: int) -> None:
    logger = logging.getLogger("shop.imports")
    logger.info("Importing %d rows", lines)
    for number in range(lines):
        logger.debug("row %d", number)  # not shown at level INFO
    logger.warning(f"{lines} rows imported", extra={"batch": "b-17", "of": object()})


def logs_and_is_killed(lines: int) -> None:
    for number in range(lines):
        logging.getLogger("shop").info("row %d", number)
    os.kill(os.getpid(), signal.SIGKILL)


def logs_in_a_forked_child() -> None:
    logging.getLogger("parent").info("before")
    pid = os.fork()
    if not pid:
        logging.getLogger("child").info("inside")
        os._exit(0)
    os.waitpid(pid, 0)
    logging.getLogger("parent").info("after")


def configures_logging() -> list[str]:
    logging.basicConfig(stream=sys.stdout, format="own format: %(message)s", force=True)
    logging.getLogger().setLevel(logging.DEBUG)
    logging.getLogger("own").debug("fine detail")
    return [type(handler).__name__ for handler in logging.getLogger().handlers]


def logs_an_exception() -> None:
    try:
        raise ValueError("the row has no number")
    except ValueError:
        logging.getLogger("shop").exception("Row 17 failed")


def closes_all_descriptors_and_logs() -> None:
    logging.getLogger("shop").info("before")
    os.closerange(3, 4096)
    with open(os.devnull, "w", encoding="utf-8") as file:
        logging.getLogger("shop").info("after")
        file.write("still usable")
