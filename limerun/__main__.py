"""The way in: signals are heeded before anything is imported that takes time."""

from limerun import interruption


def main() -> None:
    """Run the command line."""
    interruption.watch()
    try:
        from limerun.cli.app import main as run

        run()
    except KeyboardInterrupt:  # wherever it came, as between two calls of `run`
        interruption.leave(0)


if __name__ == "__main__":
    main()
