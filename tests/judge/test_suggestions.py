"""Advice names the user's loop and values; a diff appears only if it is safe."""

from pathlib import Path
from textwrap import dedent

import pytest

from limerun.judge.remedies.kept_rows import keeping_place
from limerun.judge.suggestions import with_suggestions
from limerun.records import Finding, Location, Statement
from limerun.records.rules import make_finding

LOOKUPS = Path(__file__).parents[1] / "tasks" / "lookups.py"


def finding_with_advice(
    rule: str, code: str, sent: str = "", task: str | None = None
) -> Finding:
    """Return a finding at the line of the code that ends in "# here"."""
    source = dedent(code)
    lines = source.splitlines()
    line = next(i for i, each in enumerate(lines, 1) if each.endswith("# here"))
    place = Location(file="t.py", line=line, function=None)
    statements = [Statement(text=sent, calls=9, seconds=1.0, rows=None, location=place)]
    finding = make_finding(rule, "warning", "title", "detail", place)
    [finding] = with_suggestions([finding], statements, {"t.py": source}.get, task)
    return finding


def finding_for_lookup(helper: str, task: str) -> Finding:
    """Return the finding, with advice, about the query of a helper in lookups.py."""
    marked_line = LOOKUPS.read_text(encoding="utf-8").splitlines()
    start = next(
        i for i, line in enumerate(marked_line) if line.startswith(f"def {helper}")
    )
    at = next(i for i in range(start, len(marked_line)) if "get_all(" in marked_line[i])
    marked_line[at] += "  # here"
    return finding_with_advice("speed.queries", "\n".join(marked_line), task=task)


# --- queries --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("helper", "task", "says"),
    [
        ("attached_company", "attaches_it", "IN filter on registrationno"),
        ("changed_contract", "changes_it", "IN filter on number"),
        ("read_contract", "reads_it", "number and name of contract"),
        ("last_contract", "keeps_it_beyond_the_loop", "number and name of contract"),
        ("committed_contract", "commits_meanwhile", "add their keys to the set"),
        ("noted_contract", "has_a_helper_that_does_more", "in pages"),
        ("active_contract", "asks_two_questions", "in pages"),
    ],
)
def test_without_certainty_that_a_set_works_the_advice_is_text_only(
    helper: str, task: str, says: str
) -> None:
    finding = finding_for_lookup(helper, task)
    assert finding.suggestion is None
    assert says in finding.advice


def test_the_suggested_code_pages_through_the_keys_by_id() -> None:
    finding = finding_for_lookup("first_contract", "counts_those_that_exist")
    assert finding.suggestion is not None
    for line in (
        '"filter": {"key": "_id", "op": ">", "exp": last},',
        '"limit": 1000,',
        "+    numbers = fetch_numbers(application)",
        '+        if row["number"] in numbers:',
    ):
        assert line in finding.suggestion


SHARED = """
    def work(app, rows):
        for row in rows:
            price_of(app, row)

    def price_of(app, row):
        total = 0
        for name in ("net", "tax"):
            total += find(app, name)  # here
        return total
    """


@pytest.mark.parametrize("rule", ["speed.queries", "speed.duplicates"])
def test_a_query_in_a_helper_is_attributed_to_the_loop_that_calls_it(rule: str) -> None:
    finding = finding_with_advice(rule, SHARED, task="work")
    assert "The loop in line 3 repeats this, by calling `price_of`" in finding.advice


def test_a_loop_is_found_through_a_chain_of_calls() -> None:
    finding = finding_with_advice(
        "speed.duplicates",
        """
        def work(app, rows):
            for row in rows:
                first(app, row)

        def first(app, row):
            return second(app, row)

        def second(app, row):
            return app.limetypes.company.get(1)  # here
        """,
        task="work",
    )
    assert "The loop in line 3" in finding.advice


def test_the_advice_names_the_outermost_loop() -> None:
    finding = finding_with_advice(
        "speed.queries",
        """
        def work(app, batches):
            for batch in batches:
                for row in batch:
                    app.limetypes.company.get(row)  # here
        """,
    )
    assert "The loop in line 3 repeats this." in finding.advice


def test_the_loop_of_the_task_that_ran_is_named() -> None:
    finding = finding_with_advice(
        "speed.duplicates",
        """
        def neighbour(app, rows):
            for row in rows:
                company = find_company(app, row["customer"])

        def work(app, rows):
            for row in rows:
                owner = find_company(app, OWNER)

        def find_company(app, number):
            return app.limetypes.company.get(number)  # here
        """,
        task="work",
    )
    assert "line 7" in finding.advice
    assert "Nothing in it changes between iterations" in finding.advice


def test_results_that_depend_on_the_row_should_be_kept_in_a_dict() -> None:
    finding = finding_with_advice(
        "speed.duplicates",
        """
        def work(app, rows):
            for row in rows:
                country = app.limetypes.country.get(row["country"])  # here
        """,
    )
    assert "Keep each result in a dict" in finding.advice


@pytest.mark.parametrize("rule", ["speed.queries", "speed.duplicates"])
def test_a_query_outside_any_loop_gets_the_general_advice_of_its_rule(
    rule: str,
) -> None:
    code = "def work(app):\n    app.limetypes.company.get(1)  # here\n"
    assert finding_with_advice(rule, code).advice == general_advice(rule)


def general_advice(rule: str) -> str:
    return make_finding(rule, "warning", "", "", None).advice


@pytest.mark.parametrize(
    ("asks", "sent", "says"),
    [
        ("find(row)", "SELECT a FROM deal WHERE deal.nr = ?", "of deal with one query"),
        ("find(row)", "SELECT a FROM deal WHERE deal.nr = ?", "IN filter on nr"),
        ("find(row)", "SELECT a FROM deal WHERE id = ?", "IN filter on _id"),
        ("find(row)", "SELECT a FROM deal", "IN filter on the key"),
        ("find(row)", "", "IN filter on the key"),
        (
            'a.limetypes["deal"].get(row)',
            "",
            "needs of deal with one query (an IN filter on _id",
        ),
        ("a.limetypes.deal.ask(EqualsOperator(key, row))", "", "filter on the key"),
        ("a.limetypes.deal.ask(EqualsOperator('nr', row))", "", "filter on nr"),
        ("a.limetypes.deal.get(row)", "SELECT a FROM person WHERE nr = ?", "of person"),
    ],
)
def test_the_object_of_a_query_is_named_from_its_code_or_its_sql(
    asks: str, sent: str, says: str
) -> None:
    code = f"for row in rows:\n    keep({asks})  # here"
    assert says in finding_with_advice("speed.queries", code, sent).advice


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ("INSERT INTO orders VALUES (?)", "`insert().values([...])`"),
        ("replace into orders values (?)", "`insert().values([...])`"),
        ("UPDATE orders SET name=? WHERE id = ?", "one UPDATE with an IN filter"),
        ("DELETE FROM orders WHERE id = ?", "one DELETE with an IN filter"),
        ("-- each\nWITH a AS (SELECT 1) DELETE FROM b WHERE id = ?", "one DELETE"),
    ],
)
def test_the_advice_on_writes_per_row_is_to_batch_them(sent: str, says: str) -> None:
    code = "for row in rows:\n    connection.execute(statement, row)  # here"
    finding = finding_with_advice("speed.queries", code, sent)
    assert finding.advice.startswith(
        "The loop in line 1 repeats this. Collect the rows"
    )
    assert "`executemany`" in finding.advice
    assert says in finding.advice
    assert finding.suggestion is None


@pytest.mark.parametrize("sent", ["SELECT a FROM b FOR UPDATE", "", "CALL update(?)"])
def test_the_advice_on_reads_per_row_is_to_combine_them(sent: str) -> None:
    code = "for row in rows:\n    keep(find(row))  # here"
    assert "IN filter on" in finding_with_advice("speed.queries", code, sent).advice


def test_a_query_in_a_loop_header_is_attributed_to_the_outer_loop() -> None:
    alone = "for deal in app.limetypes.deal.get_all():  # here\n    pass"
    assert "The loop in line 1" in finding_with_advice("speed.queries", alone).advice
    inside = f"for row in rows:\n    {alone.replace('    pass', '        pass')}"
    assert "The loop in line 1" in finding_with_advice("speed.queries", inside).advice


# --- memory ---------------------------------------------------------------------


def test_a_finding_on_objects_is_located_at_the_line_that_keeps_them() -> None:
    finding = finding_with_advice(
        "memory.objects",
        """
        CACHE = []

        def rows(app):
            for note in app.limetypes.note.get_all():  # here
                title = note.properties.title.value
                CACHE.append(note)
                yield note
        """,
    )
    assert finding.location is not None
    assert (finding.location.line, finding.code) == (7, "CACHE.append(note)")
    assert finding.detail.endswith("They come from line 5; this line keeps them.")
    assert "`CACHE` is defined at module level: it keeps each `note`" in finding.advice


def test_a_finding_stays_at_the_read_if_no_line_keeps_the_objects() -> None:
    finding = finding_with_advice(
        "memory.objects",
        """
        def rows(app):
            for note in app.limetypes.note.get_all():  # here
                yield note
        """,
    )
    assert finding.location is not None
    assert (finding.location.line, finding.detail) == (3, "detail")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("rows = [parse(line) for line in file]  # here", "keeps all of `file`"),
        ("deals = list(app.limetypes.deal.get_all())  # here", "keeps all of `app"),
        ("rows = json.load(dump)  # here", "keeps all of `dump`"),
        ("lines = export.readlines()  # here", "keeps all of `export`"),
        (
            "def f(rows):\n    kept = []\n    kept.append(1)  # here",
            "only used for its length",
        ),
        ("KEPT = []\ndef f(row):\n    KEPT.append(row)  # here", "at module level"),
        ("KEPT = {}\ndef f(row):\n    KEPT[row.id] = row  # here", "at module level"),
        ("class C:\n    a = []\ndef f(row):\n    C.a.append(row)  # here", "module"),
        ("def f(self, row):\n    self.rows.append(row)  # here", "keeps each `row`"),
        ("@cache\ndef find(number):\n    return ask(number)  # here", "maxsize"),
        ("@cache  # here\ndef find(number):\n    return ask(number)", "maxsize"),
        (
            "@functools.lru_cache(maxsize=None)\ndef f(n):\n    return g(n)  # here",
            "maxsize",
        ),
    ],
)
def test_the_advice_names_the_object_that_keeps_the_rows(code: str, says: str) -> None:
    finding = finding_with_advice("memory.growth", code)
    assert says in finding.advice
    assert finding.suggestion is None


@pytest.mark.parametrize(
    "code",
    [
        "def work(rows):  # here\n    return 1",
        "total = 1  # here",
        "def f():\n  g()  # here",
    ],
)
def test_a_line_that_keeps_nothing_gets_the_general_advice_of_its_rule(
    code: str,
) -> None:
    assert finding_with_advice("memory.growth", code).advice == general_advice(
        "memory.growth"
    )


def test_the_advice_can_name_the_loop_that_keeps_the_value_of_a_line() -> None:
    code = "for row in rows:\n    made = make(row)  # here\n    out.kept.append(made)"
    assert (
        "`out.kept` keeps each `made`"
        in finding_with_advice("memory.growth", code).advice
    )


KEEPERS = {
    "a list at module level": "ROWS.append(row)  # keeps",
    "a dict": "ROWS[row['id']] = row  # keeps",
    "a set of keys beside the rows": (
        "keys.add(row['id'])\n        ROWS.append(row)  # keeps"
    ),
    "a value computed from the row": "made = change(row)\n        ROWS.append(made)  # keeps",
    "a list added with +=": "ROWS += [row]  # keeps",
}


@pytest.mark.parametrize("keeps", KEEPERS.values(), ids=KEEPERS)
def test_the_advice_can_name_the_caller_of_a_generator_that_keeps_its_rows(
    keeps: str,
) -> None:
    source = (
        "def read(path):\n    for line in open(path):\n        yield parse(line)\n"
        f"def work(path):\n    for row in read(path):\n        {keeps}\n"
    )
    path = [Location(file="t.py", line=line, function="f") for line in (5, 3)]
    assert kept_line(path, source) == marked_line(source)


def test_the_advice_can_name_a_called_function_that_keeps_a_value() -> None:
    source = (
        "def work(path):\n    for row in read(path):\n        store(row)\n"
        "def store(row):\n    CACHE[row.id] = row  # keeps\n"
        "def read(path):\n    yield path\n"
    )
    path = [Location(file="t.py", line=line, function="f") for line in (2, 7)]
    assert kept_line(path, source) == marked_line(source)


def test_an_unbounded_cache_keeps_the_results_of_its_function() -> None:
    source = "@cache  # keeps\ndef find(number):\n    return [number] * 1000\n"
    path = [Location(file="t.py", line=3, function="find")]
    assert kept_line(path, source) == marked_line(source)


def test_no_location_is_reported_if_no_line_keeps_the_objects() -> None:
    source = "def read(path):\n    yield path\n"
    assert kept_line([Location(file="t.py", line=2, function="read")], source) is None


def kept_line(path: list[Location], source: str) -> int | None:
    place = keeping_place(path, {"t.py": source}.get)
    return None if place is None else place.line


def marked_line(source: str) -> int:
    lines = source.splitlines()
    return next(i for i, line in enumerate(lines, 1) if "# keeps" in line)


# --- commits and time -------------------------------------------------------------


def test_the_loop_that_should_commit_in_batches_is_named() -> None:
    code = """
        def work(app, rows):
            unit = app.unit_of_work()
            for row in rows:
                unit.add(row)
            unit.commit()  # here
        """
    assert "In the loop in line 4" in finding_with_advice("memory.batches", code).advice


def test_the_advice_on_a_commit_per_row_names_the_loop_around_it() -> None:
    code = "for row in rows:\n    save(row)\n    unit.commit()  # here"
    assert "In the loop in line 1" in finding_with_advice("memory.batches", code).advice


def test_a_commit_without_a_loop_gets_the_general_advice_of_its_rule() -> None:
    code = "def work(unit):\n    unit.commit()  # here"
    assert finding_with_advice("memory.batches", code).advice == general_advice(
        "memory.batches"
    )


SEARCH = """
def work(rows):
    seen = []
    for row in rows:
        if row["number"] in seen:{}
            continue
        seen.append(row["number"]){}
"""


def test_a_search_in_a_list_is_replaced_by_a_set() -> None:
    finding = finding_with_advice("speed.segments", SEARCH.format("  # here", ""))
    assert finding.suggestion is not None
    assert "+    seen = set()" in finding.suggestion
    assert '+        seen.add(row["number"])' in finding.suggestion


def test_a_search_is_found_even_if_the_sample_is_on_the_next_line() -> None:
    finding = finding_with_advice("speed.segments", SEARCH.format("", "  # here"))
    assert finding.location is not None
    assert finding.location.line == 5


@pytest.mark.parametrize(
    "change",
    [
        ("continue", "return seen"),
        ('append(row["number"])', "append(row)"),
        ('row["number"]', 'row["tags"]'),
        ("seen = []", "seen = [1, 2]"),
        ("            continue", "            print(len(seen))"),
        ("            continue", "            seen.sort()"),
        ("seen = []", "seen = []; seen = []"),
        ("seen = []", "seen: list[str] = []"),
        ("seen = []", "seen = other = []"),
        ("seen.append(", "add = seen.append; add("),
        ("def work(rows):", "if True:"),
    ],
    ids=[
        *("returned", "a row", "perhaps a list", "not empty", "counted", "in order"),
        *("created twice", "annotated", "two names", "bound method", "no function"),
    ],
)
def test_a_list_with_other_uses_gets_advice_without_code(
    change: tuple[str, str],
) -> None:
    code = SEARCH.format("  # here", "").replace(*change)
    finding = finding_with_advice("speed.segments", code)
    assert finding.suggestion is None
    assert "A search in the list `seen`" in finding.advice


@pytest.mark.parametrize(
    "value", ["f'{row}'", "str(row)", "row.name.strip()", "row.number"]
)
def test_only_a_hashable_key_may_go_into_a_set(value: str) -> None:
    code = SEARCH.format("  # here", "").replace('row["number"]', value)
    finding = finding_with_advice("speed.segments", code)
    assert finding.suggestion is not None
    assert "+    seen = set()" in finding.suggestion


@pytest.mark.parametrize(
    ("code", "fits"),
    [
        ("if row.id not in seen:\n            seen.append(row.id)", True),
        ("if row.key not in seen:\n            seen.append(row.id)", False),
        (
            "if row.id not in seen:\n            f()\n            seen.append(row.id)",
            False,
        ),
        ("if row.id in seen: f()\n        seen.append(row.id)", False),
    ],
)
def test_a_list_whose_length_is_used_becomes_a_set_if_it_has_no_duplicates(
    code: str, fits: bool
) -> None:
    first, _, rest = code.partition("\n")
    finding = finding_with_advice(
        "speed.segments",
        f"def work(rows):\n    seen = []\n    for row in rows:\n"
        f"        {first}  # here\n{rest}\n    return len(seen)",
    )
    assert (finding.suggestion is not None) is fits


@pytest.mark.parametrize(
    "code",
    [
        "while queue:\n    row = queue.pop()  # here",
        "while queue:\n    row = queue.index(0)  # here",
        "found = [c for c in companies if c.number == number]  # here",
        "for row in rows:\n    f = [c.id for c in all if c.nr == row.nr]  # here",
        "for row in rows:\n    f = [c for c in all if c.nr < row.nr]  # here",
        "for row in rows:\n    f = [c for c in all if c.nr == c.id]  # here",
        "for row in rows:\n    f = [c for c in all if c.open]  # here",
        "for row in rows:\n    f = [c for c in all]  # here",
        "for row in rows:\n    total += 1  # here",
        "text = ''\ntext += name  # here",
        "pass  # here",
    ],
)
def test_code_without_a_slow_pattern_gets_the_general_advice_of_its_rule(
    code: str,
) -> None:
    finding = finding_with_advice("speed.segments", code)
    assert finding.advice == general_advice("speed.segments")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("while queue:\n    row = queue.pop(0)  # here", "`queue.popleft`"),
        ("for row in rows:\n    queue.insert(0, row)  # here", "`queue.appendleft`"),
        (
            "def work(rows):\n    text = ''\n    for row in rows:\n"
            "        text += row.name  # here",
            "join them after the loop",
        ),
        (
            "for row in rows:\n"
            "    found = next(c for c in companies if c.number == row.number)  # here",
            "with `c.number` as its key",
        ),
    ],
)
def test_slow_patterns_have_faster_replacements(code: str, says: str) -> None:
    assert says in finding_with_advice("speed.segments", code).advice


# --- what cannot be read --------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "source"),
    [("t.py", None), ("t.py", "def broken(:"), ("t.py", ""), ("", "x = 1")],
    ids=["no source", "no Python", "no such line", "no file"],
)
def test_a_finding_without_readable_code_stays_unchanged(
    file: str, source: str | None
) -> None:
    place = Location(file=file, line=7, function=None)
    finding = make_finding("memory.batches", "warning", "title", "detail", place)
    assert with_suggestions([finding], [], lambda _: source) == (finding,)


def test_a_finding_without_a_location_stays_unchanged() -> None:
    finding = make_finding("duration.size", "warning", "title", "detail", None)
    assert with_suggestions([finding], [], lambda _: "x = 1") == (finding,)
