"""Write sources and tables into files of their format."""

from pathlib import Path

from limerun.dataset.block import BLOCK_ROWS, Recipe
from limerun.dataset.crew import Alone, Crew
from limerun.dataset.journal import Journal
from limerun.dataset.layout import Source
from limerun.dataset.partfile import PartFile
from limerun.dataset.parts import Maker, Piece
from limerun.progress import Progress


def write_source(
    recipe: Recipe,
    source: Source,
    path: Path,
    progress: Progress,
    block_rows: int = BLOCK_ROWS,
) -> None:
    """Make a file of a source's rows."""
    piece = Piece(name=source.name, kind="source", format=source.format)
    path.unlink(missing_ok=True)
    write_piece(recipe, piece, path, Alone(recipe, block_rows), progress)


def write_piece(
    recipe: Recipe,
    piece: Piece,
    path: Path,
    crew: Crew,
    progress: Progress,
    journal: Path | None = None,
) -> str:
    """Make a file, or what an interrupted run has not made of it.

    Args:
        recipe: How rows are made.
        piece: The file.
        path: Where.
        crew: Who makes it.
        progress: Hears of each part.
        journal: Where it is kept how far the file is; None: it begins anew.

    Returns:
        Its SHA-256.
    """
    maker = Maker(recipe, piece)
    file = PartFile(path, maker.encoding, Journal(journal))
    try:
        crew.make(piece, file, progress)
        file.finish()
    finally:
        file.close()
    return file.digest()
