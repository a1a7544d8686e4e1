"""Tasks that swallow exceptions, or do something about them."""

import logging
from contextlib import suppress

logger = logging.getLogger("shop")


def swallow(rows: int) -> int:
    done = 0
    for number in range(rows):
        try:
            done += _number(number)
        except (
            KeyError,
            ValueError,
        ):
            continue
    return done


def _number(number: int) -> int:
    if number % 10 == 3:
        raise KeyError(number)
    return int("seven" if number % 2 else "7")


def hide(rows: int) -> None:
    for _ in range(rows):
        with suppress(Exception):
            _number(1)


def take_the_second_handler(rows: int) -> None:
    for number in range(rows):
        try:
            _number(number)
        except KeyError as error:
            logger.warning("row %s: %s", number, error)
        except ValueError:
            pass


def swallow_what_an_inner_handler_raises_again(rows: int) -> None:
    for _ in range(rows):
        try:
            try:
                _number(1)
            except ValueError:
                raise
            finally:
                len("")
        except Exception:
            pass


def do_something(rows: int) -> int:
    failed = 0
    for number in range(rows):
        try:
            [_number(each) for each in (number, 1)]
        except LookupError:
            raise
        except ValueError as error:
            failed += len(str(error))
    try:
        _number(1)
    except ValueError:
        return failed
    return 0
