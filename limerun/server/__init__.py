"""An outside system's API, played by a process of its own beside the worker."""
