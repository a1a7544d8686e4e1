"""Show how statements are used, and how large the transactions are."""

from rich.table import Table

from limerun.records import StatementProfile, StatementUse
from limerun.report.drawing import bar
from limerun.report.plain import one_line
from limerun.report.profile_wording import (
    growth_proof,
    statement_facts,
    transaction_label,
)
from limerun.report.screen import Screen
from limerun.report.wording import place
from limerun.statement_text import shortened
from limerun.units import format_count, format_duration

_SHOWN = 6
_TEXT = 150
_BAR_WIDTH = 24


def show_statements(screen: Screen, statements: StatementProfile) -> None:
    """Print the statements that took longest, and a histogram of the transactions."""
    screen.line(screen.text(growth_proof(statements), "dim"))
    for use in statements.statements[:_SHOWN]:
        _show_use(screen, use, statements)
    rest = len(statements.statements) - _SHOWN
    if rest > 0:
        screen.line(screen.text(f"and {rest} more, in the record", "dim"))
    if statements.transactions:
        _show_transactions(screen, statements)


def _show_use(screen: Screen, use: StatementUse, statements: StatementProfile) -> None:
    head = screen.text(f"{format_duration(use.seconds):>8}  ", "bold")
    head.append_text(screen.text(f"{format_count(use.calls)} times  "))
    head.append_text(
        screen.text(place(use.location, screen.base) or "elsewhere", "cyan")
    )
    screen.line(head)
    facts = statement_facts(use, statements)
    if facts:
        screen.line(screen.text(facts), 12)
    screen.line(screen.text(one_line(shortened(use.text, _TEXT)), "dim"), 12)


def _show_transactions(screen: Screen, statements: StatementProfile) -> None:
    whole = sum(size.transactions for size in statements.transactions)
    screen.heading(
        "Transactions",
        f"{format_count(statements.commits)} commit{'s' * (statements.commits != 1)}; "
        "about 50 objects each is right",
    )
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(no_wrap=True, width=_BAR_WIDTH)
    table.add_column(no_wrap=True, justify="right")
    for size in statements.transactions:
        share = size.transactions / whole
        filled, _ = bar(share, _BAR_WIDTH, screen.glyphs)
        table.add_row(
            screen.text(transaction_label(size)),
            screen.text(filled, "red"),
            screen.text(format_count(size.transactions), "bold"),
        )
    screen.line(table)
