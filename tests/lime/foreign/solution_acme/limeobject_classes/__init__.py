# mypy: ignore-errors
import importlib
import pkgutil


def register_limeobject_classes(register_func):
    """Let each module of this folder register its classes."""
    for _, name, _ in pkgutil.iter_modules(__path__):
        if name.endswith("_test"):
            continue
        module = importlib.import_module(f"{__name__}.{name}")
        if hasattr(module, "register_limeobject_classes"):
            module.register_limeobject_classes(register_func)
