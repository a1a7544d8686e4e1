"""The entry point: handle signals before importing anything that takes time."""

from limerun import interruption


def main() -> None:
    """Run the command line."""
    interruption.watch()
    try:
        from limerun.cli.app import main as run

        run()
    except KeyboardInterrupt:  # wherever it was raised, even during the import
        interruption.leave(0)


if __name__ == "__main__":
    main()
