"""Start the server; the script runs without site-packages, to start quickly."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[2]))
    from limerun.server.serve import main

    main()
