"""Count the Lime objects alive, and note now and then who makes them."""

from limerun.lime.observer import Observer
from limerun.worker.callsite import CallSites, Site
from limerun.worker.counters import LIME_OBJECTS, MAX_LIME_OBJECTS, OBJECTS_LOADED

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost memory here
    from collections.abc import Callable, Mapping

    from lime_type.limetypes import LimeType

_EVERY = 256  # one creation in so many is traced to its line


class ObjectCounter(Observer):
    """What the stand-in tells of its objects, as counters."""

    def __init__(self, counters: "memoryview[int]", call_sites: CallSites) -> None:
        self._counters = counters
        self._call_sites = call_sites
        self._until_traced = 1
        self._sites: dict[Site | None, int] = {}

        self._by_limetype: dict[str, int] | None = None

    def count_by_limetype(self) -> "Callable[[], Mapping[str, int]]":
        """Count by limetype too from now on; return who tells the counts."""
        by_limetype: dict[str, int] = {}
        self._by_limetype = by_limetype
        return lambda: by_limetype

    def created(self, limetype: "LimeType") -> None:
        """Count one object more."""
        by_limetype = self._by_limetype
        if by_limetype is not None:
            name = limetype.name
            by_limetype[name] = by_limetype.get(name, 0) + 1
        counters = self._counters
        alive = counters[LIME_OBJECTS] + 1
        counters[LIME_OBJECTS] = alive
        if alive > counters[MAX_LIME_OBJECTS]:
            counters[MAX_LIME_OBJECTS] = alive
            self._until_traced -= 1
            if not self._until_traced:
                self._until_traced = _EVERY
                site = self._call_sites.current(2)
                self._sites[site] = self._sites.get(site, 0) + 1

    def released(self, limetype: "LimeType") -> None:
        """Count one object less."""
        by_limetype = self._by_limetype
        if by_limetype is not None and by_limetype.get(limetype.name):
            by_limetype[limetype.name] -= 1
        if self._counters[LIME_OBJECTS]:
            self._counters[LIME_OBJECTS] -= 1

    def loaded(self, count: int) -> None:
        """Count objects and rows read from the database."""
        self._counters[OBJECTS_LOADED] += count

    def site(self) -> Site | None:
        """Return the line that made most of the objects that were alive at once."""
        return max(self._sites, key=lambda site: self._sites[site], default=None)
