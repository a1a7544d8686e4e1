"""What was kept on purpose, so that it is no survivor where it is met again."""

from collections.abc import Iterable

import numpy as np

from limerun.exports.layout import Export
from limerun.exports.proof.cells import read_cells
from limerun.exports.proof.scope import Column
from limerun.exports.proof.spool import Spool
from limerun.exports.proof.words import cut_texts

KEPT_TABLE = "limerun_kept"


def add_kept(export: Export, columns: Iterable[Column]) -> None:
    """Put every value of the columns that are kept into a table, as its hash.

    As a whole only: whoever keeps the cities has said that "Lund" may be read, also
    in a note; whoever keeps the notes has not said so of the names in them.
    """
    spool = Spool(export.connection, KEPT_TABLE, "hash UBIGINT, source USMALLINT")
    for column in columns:
        for cells in read_cells(
            export.connection, column.table, column.column, column.figures.distinct
        ):
            for texts in cut_texts(cells.texts):
                hashes = np.unique(texts.wholes().hashes)
                spool.add(hashes, np.full(len(hashes), column.number, np.uint16))
    spool.flush()
