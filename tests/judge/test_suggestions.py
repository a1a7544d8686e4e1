"""A suggestion is code in the user's own names, or there is none."""

import ast
from pathlib import Path
from textwrap import dedent

import pytest

from limerun.judge.findings import make_finding
from limerun.judge.suggestions import with_suggestions
from limerun.records import Finding, Location, Statement

NAIVE = Path(__file__).parents[2] / "fixtures" / "tasks" / "import_contracts_naive.py"


def suggested(rule: str, code: str, sent: str = "", task: str | None = None) -> Finding:
    """Return a finding at the line of the code that ends in "# here"."""
    source = dedent(code)
    lines = source.splitlines()
    line = next(i for i, each in enumerate(lines, 1) if each.endswith("# here"))
    place = Location(file="t.py", line=line, function=None)
    statements = [Statement(text=sent, calls=9, seconds=1.0, rows=None, location=place)]
    finding = make_finding(rule, "warning", "title", "detail", place)
    [told] = with_suggestions([finding], statements, {"t.py": source}.get, task)
    return told


def suggestion(rule: str, code: str, sent: str = "", task: str | None = None) -> str:
    told = suggested(rule, code, sent, task).suggestion
    assert told is not None
    ast.parse(told)  # it is code
    return told


def in_naive(rule: str, marker: str) -> str:
    source = NAIVE.read_text()
    marked = source.replace(marker, f"{marker}  # here", 1)
    return suggestion(rule, marked)


# --- queries --------------------------------------------------------------------


def test_a_lookup_in_a_helper_becomes_a_set_in_the_words_of_its_caller() -> None:
    told = in_naive("speed.queries", "get_all(filter=number_filter):")
    assert '"limetype": "contract"' in told
    assert 'numbers = {found["number"] for found in response["objects"]}' in told
    assert "application.database.connection" in told
    assert "instead of find_contract(application, row['number'])" in told.replace(
        '"', "'"
    )
    assert 'if row["number"] in numbers:' in told


def test_a_lookup_in_the_loop_itself_keeps_its_own_names() -> None:
    told = suggestion(
        "speed.queries",
        """
        def work(app, rows):
            for order in rows:
                wanted = Filter(EqualsOperator("registrationno", order.customer))
                list(app.limetypes["company"].get_all(filter=wanted))  # here
        """,
        "SELECT company.id FROM company WHERE company.registrationno = ?",
    )
    assert "app.limetypes," in told
    assert "if order.customer in registrationnos:" in told


def test_an_object_fetched_by_its_id_becomes_a_dict() -> None:
    told = suggestion(
        "speed.queries",
        """
        def work(app, rows):
            for row in rows:
                company = app.limetypes.company.get(row["company"])  # here
                send(company.properties.phone.value, company.properties.name.value)
        """,
        "SELECT company.id FROM company WHERE company.id = ?",
    )
    assert '{"_id": None, "phone": None, "name": None}' in told
    assert 'companies = {found["_id"]: found for found in response["objects"]}' in told
    assert 'company = companies[row["company"]]' in told


LINKS = """
    def work(app, rows):
        for row in rows:
            owner = find_company(app, row["customer"])
            if owner is None:
                continue
            {use}

    def find_company(app, number):
        wanted = Filter(EqualsOperator("registrationno", number))
        return next(app.limetypes.company.get_all(filter=wanted), None)  # here
    """
ASKED = "SELECT company.id FROM company WHERE company.registrationno = ?"


def test_an_object_that_is_linked_to_becomes_a_dict_with_its_id() -> None:
    use = "uow.add(app.limetypes.contract(company=owner))"
    told = suggestion("speed.queries", LINKS.format(use=use), ASKED)
    assert '{"_id": None, "registrationno": None}' in told
    assert 'companies = {found["registrationno"]: found for found' in told
    assert 'owner = companies.get(row["customer"])' in told
    assert 'company=owner["_id"]' in told


def test_an_object_that_is_read_becomes_a_dict_with_what_is_read() -> None:
    use = "send(owner.properties.phone.value)"
    told = suggestion("speed.queries", LINKS.format(use=use), ASKED)
    assert '{"_id": None, "registrationno": None, "phone": None}' in told


@pytest.mark.parametrize(
    "use", ["count += 1", "uow.add(owner)", "owner.properties.phone.value = None"]
)
def test_an_object_that_is_changed_or_only_found_is_looked_for_in_a_set(
    use: str,
) -> None:
    told = suggestion("speed.queries", LINKS.format(use=use), ASKED)
    assert 'if row["customer"] in registrationnos:' in told


def test_sql_of_one_s_own_becomes_a_set_too() -> None:
    told = suggestion(
        "speed.queries",
        """
        def work(connection, rows):
            for row in rows:
                connection.execute(FIND, {"number": row}).fetchone()  # here
        """,
        "SELECT id FROM contract WHERE contract.number = ?",
    )
    assert 'text("SELECT number FROM contract")' in told
    assert "connection.execute(everything)" in told


@pytest.mark.parametrize(
    "code",
    [
        "def work(app):\n    app.limetypes.company.get(1)  # here\n",
        "def work(rows):\n    for row in rows:\n        ask(row)  # here\n",
    ],
    ids=["no loop", "nothing that says what is asked for"],
)
def test_a_query_that_is_not_understood_gets_no_suggestion(code: str) -> None:
    assert suggested("speed.queries", code).suggestion is None


def test_an_answer_is_remembered_by_what_it_depends_on() -> None:
    told = suggestion(
        "speed.duplicates",
        """
        def work(application, rows):
            for row in rows:
                country = find_country(application, row["country"])

        def find_country(application, code):
            return application.limetypes.country.get(code)  # here
        """,
    )
    assert "countries = {}" in told
    assert 'if row["country"] not in countries:' in told
    assert (
        'countries[row["country"]] = find_country(application, row["country"])' in told
    )
    assert 'country = countries[row["country"]]' in told


def test_the_loop_of_the_task_that_ran_counts_not_that_of_its_neighbour() -> None:
    told = suggestion(
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
    assert told == "owner = find_company(app, OWNER)  # once, before the loop"


def test_a_filter_is_no_key_but_the_value_that_it_holds_is() -> None:
    told = suggestion(
        "speed.duplicates",
        """
        def work(app, rows):
            for row in rows:
                wanted = Filter(EqualsOperator("code", row["country"]))
                country = next(app.limetypes.country.get_all(filter=wanted))  # here
        """,
        "SELECT country.id FROM country WHERE country.code = ?",
    )
    assert 'if row["country"] not in countries:' in told


def test_two_values_that_decide_are_the_key_together() -> None:
    told = suggestion(
        "speed.duplicates",
        """
        def work(session, rows):
            for row in rows:
                price = find_price(session, row["product"], row["currency"])  # here
        """,
    )
    assert '(row["product"], row["currency"]) not in prices' in told


def test_what_is_read_anew_for_each_batch_is_read_once_before_them() -> None:
    told = suggestion(
        "speed.duplicates",
        """
        def work(app, batches):
            for batch in batches:
                known = {c.number for c in app.limetypes.contract.get_all()}  # here
        """,
    )
    assert told.startswith("known = {c.number for c in app.limetypes.contract")
    assert told.endswith("# once, before the loop")


def test_an_answer_that_depends_on_nothing_is_asked_for_once() -> None:
    told = suggestion(
        "speed.duplicates",
        """
        def work(app, rows):
            for row in rows:
                company = app.limetypes.company.get(1)  # here
        """,
    )
    assert told == "company = app.limetypes.company.get(1)  # once, before the loop"


# --- memory ---------------------------------------------------------------------


def test_a_list_of_a_file_s_rows_becomes_a_generator() -> None:
    told = in_naive("memory.growth", "rows = [json.loads(line) for line in file]")
    assert "def read_rows(path):" in told
    assert "yield json.loads(line)" in told
    assert "for row in read_rows(path):" in told


def test_a_condition_of_the_list_is_kept() -> None:
    told = suggestion(
        "memory.growth",
        """
        def work(path):
            with open(path) as file:
                orders = [parse(line) for line in file if line.strip()]  # here
        """,
    )
    assert "            if line.strip():\n                yield parse(line)" in told


def test_a_list_that_is_made_of_anything_becomes_an_expression() -> None:
    told = suggestion("memory.growth", "orders = [f(row) for row in rows]  # here")
    assert told.startswith("orders = (f(row) for row in rows)")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("deals = list(app.limetypes.deal.get_all())  # here", "for deal in app"),
        ("data = json.load(dump)  # here", 'for row in ijson.items(dump, "item")'),
        ("lines = export.readlines()  # here", "for line in export"),
        (
            "rows = json.load(open(path))  # here",
            "with open(path) as file:\n    for row",
        ),
    ],
)
def test_what_is_read_whole_is_read_row_by_row(code: str, says: str) -> None:
    assert says in suggestion("memory.growth", code)


def test_a_task_as_a_whole_gets_no_suggestion_of_what_to_keep_less_of() -> None:
    code = """
        def work(app, rows):  # here
            for row in rows:
                uow.add(app.limetypes.contract(number=row))
                uow.commit()
        """
    assert suggested("memory.growth", code).suggestion is None


def test_a_list_that_is_only_counted_becomes_a_count() -> None:
    told = in_naive("memory.objects", "contract = application.limetypes.contract(")
    assert "count += 1" in told
    assert "contracts.append(contract)" in told


def test_a_list_that_is_used_becomes_batches() -> None:
    told = suggestion(
        "memory.objects",
        """
        def work(app, rows):
            kept = []
            for row in rows:
                kept.append(app.limetypes.deal(name=row))  # here
            save(kept)
        """,
    )
    assert "while batch := list(itertools.islice(rows, 50)):" in told


# --- commits --------------------------------------------------------------------


def test_one_large_commit_becomes_batches_of_fifty() -> None:
    told = in_naive("memory.batches", "    uow.commit()")
    assert "rows = iter(rows)" in told
    assert "    uow = application.unit_of_work()" in told
    assert "        uow.add(contract)\n    uow.commit()" in told


def test_a_commit_for_each_object_becomes_batches_of_fifty() -> None:
    told = suggestion(
        "memory.batches",
        """
        def work(app, path):
            for deal in read(path):
                unit = app.unit_of_work()
                unit.add(deal)
                unit.commit()  # here
        """,
    )
    assert "remaining = iter(read(path))" in told
    assert "unit.add(deal)\n    unit.commit()" in told


def test_a_session_is_not_opened_anew() -> None:
    told = suggestion(
        "memory.batches",
        """
        def work(rows):
            session = Session()
            for row in rows:
                session.add(row)
            session.commit()  # here
        """,
    )
    assert "Session()" not in told


def test_a_commit_without_its_loop_gets_no_suggestion() -> None:
    code = "def save(uow):\n    uow.commit()  # here\n"
    assert suggested("memory.batches", code).suggestion is None


# --- time -----------------------------------------------------------------------

SEARCH = """
def work(rows):
    seen = []
    for row in rows:
        if row["number"] in seen:{}
            continue
        seen.append(row["number"]){}
"""


def test_a_search_in_a_list_becomes_a_set() -> None:
    told = suggestion("speed.segments", SEARCH.format("  # here", ""))
    assert "seen = set()" in told
    assert "seen.add(...)" in told


def test_a_stack_taken_just_after_the_search_still_finds_its_line() -> None:
    finding = suggested("speed.segments", SEARCH.format("", "  # here"))
    assert finding.location is not None
    assert finding.location.line == 5
    assert finding.code == 'if row["number"] in seen:'


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("while queue:\n    row = queue.pop(0)  # here", "row = queue.popleft()"),
        (
            "for row in rows:\n    queue.insert(0, row)  # here",
            "queue.appendleft(row)",
        ),
        (
            "def work(rows):\n    text = ''\n    for row in rows:\n"
            "        text += row.name  # here",
            "parts.append(row.name)",
        ),
        (
            "for row in rows:\n"
            "    found = next(c for c in companies if c.number == row.number)  # here",
            "c.number: c for c in companies",
        ),
    ],
)
def test_slow_habits_have_quick_ones(code: str, says: str) -> None:
    told = suggestion("speed.segments", code)
    assert says.removeprefix("row = ") in told


@pytest.mark.parametrize(
    "code",
    [
        "def work(rows, seen):\n    for row in rows:\n        row in seen  # here",
        "seen = {1}\nfor row in rows:\n    row in seen  # here",
        "total = 0\nfor row in rows:\n    total += row  # here",
        "row = queue.pop()  # here",
    ],
    ids=["of unknown kind", "a set already", "a sum", "the end of a list"],
)
def test_what_is_quick_already_gets_no_suggestion(code: str) -> None:
    assert suggested("speed.segments", code).suggestion is None


# --- what cannot be read --------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "source"),
    [("t.py", None), ("t.py", "def broken(:"), ("t.py", ""), ("", "x = 1")],
    ids=["no source", "no Python", "no such line", "no file"],
)
def test_without_readable_code_a_finding_stays_as_it_is(
    file: str, source: str | None
) -> None:
    place = Location(file=file, line=7, function=None)
    finding = make_finding("memory.batches", "warning", "title", "detail", place)
    [told] = with_suggestions([finding], [], lambda _: source)
    assert told.suggestion is None


def test_a_finding_without_a_place_stays_as_it_is() -> None:
    finding = make_finding("duration.size", "warning", "title", "detail", None)
    assert with_suggestions([finding], [], lambda _: "x = 1") == (finding,)
