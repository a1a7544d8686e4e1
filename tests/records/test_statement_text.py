"""A statement is shortened so that its most useful parts stay."""

from limerun.records.statement_text import shortened

COLUMNS = ", ".join(f"contract.column_{number}" for number in range(30))
LONG = f"SELECT {COLUMNS} FROM contract WHERE contract.number = ?"


def test_the_columns_of_a_long_select_are_shortened_first() -> None:
    told = shortened(LONG)
    assert len(told) <= 160
    assert told.startswith("SELECT contract.column_0, ")
    assert told.endswith("... FROM contract WHERE contract.number = ?")


def test_columns_too_long_to_show_are_left_out_and_other_text_is_cut_off() -> None:
    name = "x" * 200
    assert shortened(f"SELECT {name} FROM contract") == "SELECT ... FROM contract"
    assert shortened("x" * 200, 10) == "xxxxxxx..."
    assert shortened("SELECT  1\n FROM a") == "SELECT 1 FROM a"
