"""python -m limerun."""

from limerun.cli.app import main

if __name__ == "__main__":
    main()
