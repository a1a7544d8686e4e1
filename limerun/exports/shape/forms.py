"""What the texts of a column consist of, if all of them consist of the same."""

from limerun.exports.duckdb_engine import one_row, text_in_sql
from limerun.exports.tables import Export, ExportColumn
from limerun.records.shape import Form
from limerun.storage import name_in_sql

_SAMPLE_ROWS = 2_048
_PATTERNS: tuple[tuple[Form, str], ...] = (
    ("num", r"[0-9]+"),
    ("hex", r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
    ("@", r"[^@\s]+@[^@\s]+\.[^@\s.]+"),
    ("url", r"[A-Za-z]+://\S+"),
    ("tel", r"[+(]?[0-9][-0-9 ()/]*[0-9]"),
    ("abc", r"\p{L}+"),
    ("a b", "[\\p{L}\\p{M}][\\p{L}\\p{M}\\p{N} .,'\u2019&:;!?()/-]*"),
)
"""The first that fits all is meant; none but "any" fits an empty text."""


def form_of(export: Export, relation: str, column: ExportColumn) -> Form:
    """Return the form that every value of a column has."""
    name = f"CAST({name_in_sql(column.name)} AS VARCHAR)"
    fitting = list(_PATTERNS)
    # A few values settle it for most columns, all of them for the rest.
    for source in (f"(SELECT * FROM {relation} LIMIT {_SAMPLE_ROWS})", relation):
        if fitting:
            tests = ", ".join(
                f"bool_and(regexp_full_match({name}, {text_in_sql(pattern)}))"
                for _, pattern in fitting
            )
            found = one_row(export.connection, f"SELECT {tests} FROM {source}")
            fitting = [
                each
                for each, fits in zip(fitting, found, strict=True)
                if fits or fits is None
            ]
    return fitting[0][0] if fitting else "any"
