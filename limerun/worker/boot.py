"""Start the worker: a script for any interpreter, whatever it has installed.

It makes `limerun` importable by its folder alone, so that no package of
limerun's own environment reaches the task, and takes its own folder off the path.
"""

import sys


def _make_limerun_importable(worker_folder: str) -> None:
    from importlib.util import module_from_spec, spec_from_file_location

    package_folder = worker_folder.replace("\\", "/").rpartition("/")[0]
    spec = spec_from_file_location(
        "limerun",
        package_folder + "/__init__.py",
        submodule_search_locations=[package_folder],
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"limerun is not in {package_folder}")
    module = module_from_spec(spec)
    sys.modules["limerun"] = module
    spec.loader.exec_module(module)


# A child started by multiprocessing runs this file again as "__mp_main__".
if __name__ in {"__main__", "__mp_main__"} and "limerun" not in sys.modules:
    _make_limerun_importable(__file__.replace("\\", "/").rpartition("/")[0])

if __name__ == "__main__":
    if sys.version_info < (3, 10):  # noqa: UP036 - it may be any interpreter
        sys.exit("`python:` must name Python 3.10 or later; this is " + sys.version)
    del sys.path[0]
    from limerun.worker.main import main

    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
