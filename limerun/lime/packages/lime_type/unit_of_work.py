"""A unit of work, which writes several objects in one transaction.

The order of a commit: `prepare_update`; then, inside the transaction, `before_update`
and `before_delete`, the rows, `after_update`; then the commit of the transaction. The
platform runs its automations after the first step; they are not emulated.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from lime_errors import InvalidValueError
from lime_type.limeobjects import LimeObject
from lime_type.writes import CREATED_TIME, write_deleted, write_new_and_changed
from limerun.lime import observer
from limerun.lime.notes import add_note

if TYPE_CHECKING:
    from lime_application.application import LimeApplication


class Entry:
    """An object in a unit of work, and the steps that it has completed."""

    __slots__ = ("before_update_ran", "deleted", "place", "unsaved")

    def __init__(self, unsaved: LimeObject, place: int) -> None:
        self.unsaved = unsaved
        self.place = place
        self.deleted = False
        self.before_update_ran = False


class Context:
    """The objects in a unit of work, in the order in which they were added."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._places: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def get_all(self) -> list[Entry]:
        """Return the entries; the attribute `unsaved` of each is the object."""
        return list(self._entries)

    def place(self, limeobject: LimeObject) -> int:
        """Return the object's index; add the object if it is new."""
        place = self._places.get(id(limeobject))
        if place is None:
            place = len(self._entries)
            self._entries.append(Entry(limeobject, place))
            self._places[id(limeobject)] = place
            limeobject.idx = place
        return place

    def entry(self, place: int) -> Entry:
        """Return the entry at an index."""
        return self._entries[place]

    def walk(self) -> Iterator[Entry]:
        """Yield the entries, including those that are added during the iteration."""
        place = 0
        while place < len(self._entries):
            yield self._entries[place]
            place += 1


class CommitResult:
    """The objects that a commit wrote."""

    def __init__(self, entries: list[Entry], saved: dict[int, LimeObject]) -> None:
        self._entries = entries
        self._saved = saved

    def get(self, idx: int) -> LimeObject:
        """Return the committed object with the index that `add` returned."""
        saved = self._saved.get(idx)
        if saved is None:
            saved = self._saved[idx] = as_committed(self._entries[idx].unsaved)
        return saved


class UnitOfWork:
    """Collects objects, and writes them in one transaction."""

    def __init__(self, application: "LimeApplication") -> None:
        self.application = application
        self.context = Context()

    def add(self, limeobject: LimeObject) -> int:
        """Add an object to save; return its index, the same if it is added again."""
        if not isinstance(limeobject, LimeObject):
            raise InvalidValueError(
                f"add takes a Lime object, not {type(limeobject).__name__}"
            )
        return self.context.place(limeobject)

    def delete(self, limeobject: LimeObject) -> int:
        """Mark a saved object for deletion (the method's name is provisional)."""
        place = self.add(limeobject)
        self.context.entry(place).deleted = True
        return place

    def commit(self) -> CommitResult:
        """Run the hooks and write all new, changed and deleted objects.

        If a hook or the database fails, nothing is written; a note on the exception
        names the hook, the limetype and the id.
        """
        context = self.context
        self._add_attached()
        for entry in context.walk():
            self._prepare(entry)
        saved: dict[int, LimeObject] = {}
        if any(entry.deleted or is_changed(entry) for entry in context.get_all()):
            try:
                with self.application.database.transaction():
                    self._run_before_hooks()
                    written = self._write()
                    self._run_after_hooks(written, saved)
            except BaseException:
                for entry in context.get_all():
                    _undo_commit(entry.unsaved)
                raise
            for entry in written:
                _accept_as_original(entry.unsaved)
        else:
            observer.current.committed_nothing()
        self.context = Context()
        return CommitResult(context.get_all(), saved)

    def _add_attached(self) -> None:
        """Add the unsaved objects that are attached to other objects."""
        for entry in self.context.walk():
            if entry.unsaved._links:
                for related in entry.unsaved._attached():
                    self.add(related)

    def _prepare(self, entry: Entry) -> None:
        hook = type(entry.unsaved).prepare_update
        if hook is LimeObject.prepare_update or entry.deleted or not is_changed(entry):
            return
        self._run("prepare_update", entry.unsaved, entry.unsaved.prepare_update, self)
        self._add_attached()

    def _run_before_hooks(self) -> None:
        """Run the hooks repeatedly, until none changes or adds an object."""
        found = True
        while found:
            found = False
            for entry in self.context.walk():
                if entry.before_update_ran or not (entry.deleted or is_changed(entry)):
                    continue
                entry.before_update_ran = found = True
                self._run_before_hook(entry)
            self._add_attached()

    def _run_before_hook(self, entry: Entry) -> None:
        name = "before_delete" if entry.deleted else "before_update"
        if getattr(type(entry.unsaved), name) is not getattr(LimeObject, name):
            self._run(name, entry.unsaved, getattr(entry.unsaved, name), self)

    def _write(self) -> list[Entry]:
        entries = [each for each in self.context.get_all() if each.before_update_ran]
        kept = [each.unsaved for each in entries if not each.deleted]
        gone = [each.unsaved for each in entries if each.deleted]
        write_new_and_changed(self.application, kept)
        write_deleted(self.application, gone)
        return [each for each in entries if not each.deleted]

    def _run_after_hooks(
        self, written: list[Entry], saved: dict[int, LimeObject]
    ) -> None:
        for entry in written:
            unsaved = entry.unsaved
            if type(unsaved).after_update is not LimeObject.after_update:
                committed = saved[entry.place] = as_committed(unsaved)
                self._run("after_update", unsaved, committed.after_update, unsaved)

    def _run(
        self, name: str, limeobject: LimeObject, hook: Callable[..., Any], given: Any
    ) -> None:
        try:
            hook(given)
        except Exception as error:
            which = "a new object" if limeobject.id is None else f"id {limeobject.id}"
            add_note(
                error,
                f"in {name} of {limeobject.limetype.name}, {which}; "
                "the unit of work was rolled back",
            )
            raise


def is_changed(entry: Entry) -> bool:
    """Return whether the object is new or has changes."""
    return entry.unsaved.is_dirty()


def as_committed(unsaved: LimeObject) -> LimeObject:
    """Return the object as it is now stored in the database."""
    made = type(unsaved)(unsaved._limetype, unsaved._row_id, tuple(unsaved._current))
    made.idx = unsaved.idx
    return made


def _accept_as_original(limeobject: LimeObject) -> None:
    """Make the written values the original values of the object."""
    limeobject._original = tuple(limeobject._current)
    limeobject._links = None
    limeobject._is_new = False


def _undo_commit(limeobject: LimeObject) -> None:
    """Undo a failed commit's changes to an object."""
    system = slice(CREATED_TIME, None)
    limeobject._current[system] = limeobject._original[system]
    if limeobject._is_new:
        limeobject._row_id = None


def create_unit_of_work(application: "LimeApplication") -> UnitOfWork:
    """Return a new unit of work; an older form of `app.unit_of_work()`."""
    return UnitOfWork(application)


def _serialize_properties_and_values(values: dict[str, Any]) -> dict[str, Any]:
    """Return values with times as ISO 8601 text; an existing package imports this."""
    return {name: _serialized(value) for name, value in values.items()}


def _serialized(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
