"""Start the watcher: a script, run without site-packages so that it stays small.

Its size matters: a process inherits the peak (`ru_maxrss`) of the process that started
it, even through exec. So the worker is started from here, not from the CLI. The
argument is the folder that contains psutil.
"""

import os
import sys

if __name__ == "__main__":
    sys.path += [os.path.dirname(os.path.dirname(os.path.dirname(__file__)))]
    sys.path += sys.argv[1:]
    from limerun.watcher.watch import main

    main()
