"""Start the watcher: a script, run without site-packages so that it stays small.

Its size matters: a process inherits through exec the peak of the one that
started it (`ru_maxrss`), so the worker is started from here, not from the CLI.
Its argument is the folder that holds psutil.
"""

import os
import sys

if __name__ == "__main__":
    sys.path += [os.path.dirname(os.path.dirname(os.path.dirname(__file__)))]
    sys.path += sys.argv[1:]
    from limerun.watcher.watch import main

    main()
