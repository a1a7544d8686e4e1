"""A task that imports logging only while it runs."""


def warns() -> None:
    import logging

    logging.getLogger("late").warning("imported late")
