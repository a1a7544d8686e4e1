"""Which first names are women's and which are men's: by the rows, or by the language."""

from collections import Counter
from collections.abc import Iterable, Sequence

from limerun.exports.anonymize.flavours import gender_lists


class Genders:
    """Counts what the rows say of each name, in whatever words they say it.

    A group of rows is women's or men's as most of the names are that the language
    knows for one of them; so it does not matter what the group is called.
    """

    def __init__(self, locale: str) -> None:
        self._female, self._male = gender_lists(locale)
        self._said: dict[str, Counter[str]] = {}
        self._groups: dict[str, Counter[str]] = {}

    def learn(self, named: Iterable[tuple[str, str, int]]) -> None:
        """See a name in small letters, the group it stands in, and how many rows."""
        for name, group, rows in named:
            self._said.setdefault(name, Counter())[group] += rows
            listed = self._listed(name)
            if listed:
                self._groups.setdefault(group, Counter())[listed] += rows

    def _listed(self, name: str) -> str | None:
        if name in self._female:
            return "female"
        return "male" if name in self._male else None

    def of(self, names: Sequence[str]) -> str | None:
        """Return "female" or "male" for a name in its spellings; None: not known."""
        for name in names:
            if name in self._said:
                group = max(sorted(self._said[name].items()), key=lambda one: one[1])[0]
                counted = self._groups.get(group)
                if counted:
                    return max(sorted(counted.items()), key=lambda one: one[1])[0]
        return next(filter(None, map(self._listed, names)), None)
