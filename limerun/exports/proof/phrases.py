"""Choose the runs of words that tell one long text from others."""

from dataclasses import dataclass, field

import numpy as np

from limerun.exports.proof.forms import FORM_SHARE, FORM_VALUES
from limerun.exports.proof.words import Cut, Hashes, Texts

LONGEST_RUN = 8
"""Words of a value that is looked for inside of others; longer ones in such runs."""
_EVERY = 4
"""Words from one run to the next: so each run is told by two halves."""


@dataclass(slots=True)
class Phrases:
    """Half runs that come so often in one column that they are its form."""

    _forms: Hashes = field(default_factory=lambda: np.zeros(0, np.uint64))

    def telling(self, texts: Texts) -> Cut:
        """Return the runs of some texts that hold no form, nor numbers alone.

        A letter that goes to everybody has the same words with a number between them:
        its halves come in many texts, though no run does.
        """
        runs, *halves = texts.windows(LONGEST_RUN, _EVERY)
        least = max(FORM_VALUES, len(texts.words_per_cell) * FORM_SHARE)
        formal = runs.digits
        for half in halves:
            seen, times = np.unique(half.hashes, return_counts=True)
            self._forms = np.union1d(self._forms, seen[times >= least])
            formal |= np.isin(half.hashes, self._forms)
        return runs.taken(~formal)
