"""Amounts are attributed to the innermost line of the user's code."""

from limerun.instruments.lines import LineSums


def test_a_comprehension_counts_towards_the_line_that_contains_it() -> None:
    sums = LineSums(lambda file: file == "t.py")
    task = ("t.py", 5, "work")
    sums.add([("lib.py", 1, "get"), ("t.py", 5, "<setcomp>"), task], 3.0, 2)
    sums.add([task], 1.0, 1)
    sums.add([("t.py", 6, "work")], 0.5, 1)
    [first, second] = sums.ranked()
    assert first[:5] == ["t.py", 5, "<setcomp>", 4.0, 3]
    assert first[5] == [task, ("t.py", 5, "<setcomp>")]
    assert second[:5] == ["t.py", 6, "work", 0.5, 1]
