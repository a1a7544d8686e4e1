"""The options of an option or set property."""

from collections.abc import Iterable, Iterator

from lime_errors import UnknownNameError

NO_CHOICE = "empty"


class Option:
    """One option; two options are equal if their keys are equal."""

    __slots__ = ("id", "inactive", "key", "order", "text")

    def __init__(
        self, key: str, *, id: int = 0, text: str | None = None, order: int = 0
    ) -> None:
        self.key = key
        self.id = id
        self.text = key if text is None else text
        self.order = order
        self.inactive = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Option) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"Option({self.key!r}, id={self.id})"


class Options:
    """The options of one property, in order, accessible by key or id."""

    __slots__ = ("_by_id", "_by_key", "_others", "empty", "owner")

    def __init__(self, owner: str, options: Iterable[Option]) -> None:
        self.owner = owner
        self._by_key = {option.key: option for option in options}
        self._by_id = {option.id: option for option in self._by_key.values()}
        self._others: dict[str, Option] = {}
        self.empty = self._by_key.get(NO_CHOICE) or Option(NO_CHOICE, text="")

    def __iter__(self) -> Iterator[Option]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def by_key(self, key: str) -> Option:
        """Return the option with this key; `empty` always exists."""
        option = self._by_key.get(key)
        if option is None and key in ("", NO_CHOICE):
            option = self.empty
        if option is None:
            raise UnknownNameError(f"option of {self.owner}", key, self._by_key)
        return option

    def by_id(self, option_id: int) -> Option:
        """Return the option with this id."""
        option = self._by_id.get(option_id)
        if option is None:
            ids = [f"{each.id} ({each.key})" for each in self]
            raise UnknownNameError(f"option id of {self.owner}", option_id, ids)
        return option

    def stored(self, key: str | None) -> Option:
        """Return the option for a key from the database.

        A key that is no longer declared becomes an inactive option.
        """
        if not key:
            return self.empty
        option = self._by_key.get(key) or self._others.get(key)
        if option is None:
            option = self.empty if key == NO_CHOICE else Option(key)
            option.inactive = option is not self.empty
            self._others[key] = option
        return option
