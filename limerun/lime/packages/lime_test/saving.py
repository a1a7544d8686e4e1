"""Save objects in a test, and return them."""

from typing import Any

from lime_application import LimeApplication
from lime_type import LimeObject


def save_limeobjects(application: LimeApplication, *limeobjects: LimeObject) -> Any:
    """Save objects in one unit of work; return the object, or a list if several.

    A single object is also iterable: the documentation promises an object, but
    existing tests take the first element of a list.
    """
    uow = application.unit_of_work()
    places = [uow.add(each) for each in limeobjects]
    result = uow.commit()
    saved = [result.get(place) for place in places]
    if len(saved) != 1:
        return saved
    saved[0].__class__ = _iterable(type(saved[0]))
    return saved[0]


_alone: dict[type[LimeObject], type[LimeObject]] = {}


def _iterable(cls: type[LimeObject]) -> type[LimeObject]:
    """Return a subclass whose objects are iterable and yield only themselves."""
    found = _alone.get(cls)
    if found is None:
        body = {"__slots__": (), "__module__": cls.__module__}
        found = type(cls.__name__, (cls,), body | {"__iter__": _only_itself})
        _alone[cls] = found
    return found


def _only_itself(limeobject: LimeObject) -> Any:
    return iter((limeobject,))
