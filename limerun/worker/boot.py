"""Start the worker: a script that runs in any interpreter, with any packages.

It makes only the package `limerun` importable, so that no other package of
limerun's environment reaches the task, and removes its own folder from the path.
"""

import sys

if __name__ == "__main__":
    _bare_modules = set(sys.modules)


def _make_limerun_importable(worker_folder: str) -> None:
    from importlib.machinery import ModuleSpec, SourceFileLoader

    package_folder = worker_folder.replace("\\", "/").rpartition("/")[0]
    path = package_folder + "/__init__.py"
    loader = SourceFileLoader("limerun", path)
    spec = ModuleSpec("limerun", loader, origin=path, is_package=True)
    spec.submodule_search_locations = [package_folder]
    spec.has_location = True
    module = type(sys)("limerun")
    module.__spec__ = spec
    module.__loader__ = loader
    module.__file__ = path
    module.__path__ = [package_folder]
    module.__package__ = "limerun"
    sys.modules["limerun"] = module
    loader.exec_module(module)


def _set_hash_seed_back(value: str) -> None:
    """Restore the user's value of PYTHONHASHSEED, or remove the variable."""
    import os

    if value:
        os.environ["PYTHONHASHSEED"] = value
    else:
        os.environ.pop("PYTHONHASHSEED", None)


# A child started by multiprocessing runs this file again as "__mp_main__".
if __name__ in {"__main__", "__mp_main__"} and "limerun" not in sys.modules:
    _make_limerun_importable(__file__.replace("\\", "/").rpartition("/")[0])

if __name__ == "__mp_main__":  # like the worker, it must not send to a broker
    from limerun.worker.celery_tasks import count_what_is_sent

    count_what_is_sent()

if __name__ == "__main__":
    del sys.path[0]
    _arguments, sys.argv = sys.argv[1:], sys.argv[:1]
    _set_hash_seed_back(_arguments[0])
    from limerun.worker.main import main

    main(int(_arguments[1]), int(_arguments[2]), _arguments[3], _bare_modules)
