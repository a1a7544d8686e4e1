"""Each fix changes source as expected; what it must not touch stays as it is."""

import textwrap
from collections.abc import Callable, Iterator

import pytest

from limerun.improve.change import Change, Declined, Facts
from limerun.improve.code import Code
from limerun.improve.commit_batches import commit_batches
from limerun.improve.kept_objects import keep_less
from limerun.improve.membership import search_a_set
from limerun.improve.prefetch import prefetch
from limerun.improve.repeated_query import query_once
from limerun.improve.row_logs import log_batches
from limerun.improve.streaming import stream

FACTS = Facts(
    limetypes={
        "company": {
            "registrationno": {"type": "string"},
            "contract": {
                "type": "hasmany",
                "related": "contract",
                "backref": "company",
            },
        },
        "contract": {
            "number": {"type": "string"},
            "value": {"type": "decimal"},
            "company": {
                "type": "belongsto",
                "related": "company",
                "backref": "contract",
            },
        },
    }
)
IN_BATCHES = '''

def in_batches(rows, size=50):
    """Yield the rows in lists of at most `size`."""
    rows = iter(rows)
    while batch := list(itertools.islice(rows, size)):
        yield batch
'''
Search = Callable[[Code, Facts], Iterator[Change | Declined]]


def source(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def found(search: Search, text: str) -> list[Change | Declined]:
    return list(search(Code(source(text), "run"), FACTS))


def changed(search: Search, text: str) -> str:
    """Return the source after the only change, in its last form."""
    [change] = [each for each in found(search, text) if isinstance(each, Change)]
    compile(change.sources[-1], "task", "exec")
    return change.sources[-1]


def declined(search: Search, text: str) -> str:
    [reason] = found(search, text)
    assert isinstance(reason, Declined)
    return reason.why


def test_one_commit_for_all_becomes_a_commit_for_each_batch() -> None:
    text = """
    def run(application, rows):
        uow = application.unit_of_work()
        # each row is a contract
        for row in rows:
            uow.add(application.limetypes.contract(number=row["number"]))

        uow.commit()  # at last
        return 1
    """
    [change] = found(commit_batches, text)
    assert isinstance(change, Change)
    assert (
        change.sources[0]
        == source(
            """
        import itertools
        def run(application, rows):
            # each row is a contract
            for batch in in_batches(rows):
                uow = application.unit_of_work()
                for row in batch:
                    uow.add(application.limetypes.contract(number=row["number"]))
                uow.commit()  # at last
            return 1
        """
        )
        + IN_BATCHES
    )


def test_objects_are_counted_where_a_loop_is_left_early() -> None:
    text = """
    def run(application, rows):
        uow = application.unit_of_work()
        for row in rows:
            if not row:
                break
            uow.add(make(row))
        uow.commit()
    """
    assert changed(commit_batches, text) == source(
        """
        def run(application, rows):
            uow = application.unit_of_work()
            pending = 0
            for row in rows:
                if not row:
                    break
                uow.add(make(row))
                pending += 1
                if pending == 50:
                    uow.commit()
                    uow = application.unit_of_work()
                    pending = 0
            uow.commit()
        """
    )


def test_a_commit_for_each_row_moves_out_of_the_loop() -> None:
    text = """
    import itertools
    import json

    def run(application, file):
        for line in file:
            row = json.loads(line)
            if row:
                uow = application.unit_of_work()
                uow.add(make(row))
                uow.commit()
    """
    assert (
        changed(commit_batches, text)
        == source(
            """
        import itertools
        import json

        def run(application, file):
            for batch in in_batches(map(json.loads, file)):
                uow = application.unit_of_work()
                for row in batch:
                    if row:
                        uow.add(make(row))
                uow.commit()
        """
        )
        + IN_BATCHES
    )


def test_a_helper_that_saves_one_object_is_replaced_by_add() -> None:
    text = """
    import itertools

    def run(application, rows):
        for row in rows:
            save(application, make(row))

    def save(app, limeobject):
        \"\"\"Save it.\"\"\"
        uow = app.unit_of_work()
        uow.add(limeobject)
        uow.commit()
    """
    assert (
        changed(commit_batches, text)
        == source(
            """
        import itertools

        def run(application, rows):
            for batch in in_batches(rows):
                uow = application.unit_of_work()
                for row in batch:
                    uow.add(make(row))
                uow.commit()
        """
        )
        + IN_BATCHES
    )


def test_a_save_in_a_function_that_the_loop_calls_gets_the_unit_of_work() -> None:
    text = """
    import itertools

    def run(application, rows):
        for row in rows:
            create(application, row)

    def create(application, row):
        save(application, make(row))

    def save(app, limeobject):
        uow = app.unit_of_work()
        uow.add(limeobject)
        uow.commit()
    """
    assert (
        changed(commit_batches, text)
        == source(
            """
        import itertools

        def run(application, rows):
            for batch in in_batches(rows):
                uow = application.unit_of_work()
                for row in batch:
                    create(application, row, uow)
                uow.commit()

        def create(application, row, uow):
            uow.add(make(row))
        """
        )
        + IN_BATCHES
    )


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (
            """
        for row in rows:
            try:
                uow = application.unit_of_work()
                uow.add(make(row))
                uow.commit()
            except ValueError:
                log(row)
            """,
            "in a `try`",
        ),
        (
            """
        for row in rows:
            uow = application.unit_of_work()
            uow.add(make(row))
            uow.commit()
            if row:
                return
            """,
            "left before its end",
        ),
        (
            """
        for row in rows:
            uow = application.unit_of_work()
            uow.add(make(row))
            uow.commit()
        print(uow)
            """,
            "used outside",
        ),
    ],
)
def test_a_commit_stays_where_moving_it_could_lose_rows(body: str, why: str) -> None:
    assert why in declined(commit_batches, f"def run(application, rows):{body}")


def test_commits_in_batches_are_left_alone() -> None:
    text = """
    def run(application, rows):
        uow = application.unit_of_work()
        for number, row in enumerate(rows):
            uow.add(make(row))
            if number % 50 == 0:
                uow.commit()
                uow = application.unit_of_work()
        uow.commit()

    def batches(application, rows):
        for batch in in_batches(rows):
            uow = application.unit_of_work()
            uow.add(make(batch))
            uow.commit()
    """
    assert found(commit_batches, text) == []


LOOKUP = """
import json

from lime_filter import EqualsOperator, Filter

def run(application, path):
    for row in rows(path):
        contract = find(application, row["number"])
        if contract is None:
            contract = application.limetypes.contract(number=row["number"])
            save(application, contract)
        print(contract.id)

def find(application, number):
    wanted = Filter(EqualsOperator("number", number))
    for contract in application.limetypes.contract.get_all(filter=wanted):
        return contract
    return None
"""


def test_a_lookup_for_each_row_becomes_one_query_for_each_batch() -> None:
    [change] = found(prefetch, LOOKUP)
    assert isinstance(change, Change)
    _, text, with_empty_keys = change.sources
    get = 'contracts_by_number.get(row["number"])'
    again = 'find(application, row["number"])'
    assert f'({get} if row["number"] else {again})' in with_empty_keys
    assert "EqualsOperator" not in text
    assert "from lime_filter import Filter, InOperator" in text
    assert "def find(" not in text
    assert (
        """
    for batch in in_batches(rows(path)):
        keys = {row["number"] for row in batch}
        contracts_by_number = find_contracts_by_number(application, keys)
        for row in batch:
            contract = contracts_by_number.get(row["number"])
            if contract is None:
                contract = application.limetypes.contract(number=row["number"])
                contracts_by_number[row["number"]] = contract
                save(application, contract)
"""
        in text
    )


def test_a_lookup_only_for_existence_becomes_a_set_of_all_keys() -> None:
    text = LOOKUP.replace("        print(contract.id)\n", "").replace(
        "            save(application, contract)\n", "            print(row)\n"
    )
    [change] = found(prefetch, text)
    assert isinstance(change, Change)
    assert 'contract = row["number"] in numbers' in change.sources[0]
    assert "import json\nimport lime_query" not in change.sources[0]
    assert "def find(" not in change.sources[0]


def test_a_related_object_is_fetched_for_each_batch() -> None:
    text = """
    def run(application):
        for contract in application.limetypes.contract.get_all():
            print(contract.properties.company.fetch())
    """
    made = changed(prefetch, text)
    assert "keys = {contract.properties.company.id for contract in batch}" in made
    assert "companies_by_id.get(contract.properties.company.id)" in made
    assert "found.setdefault(company.id, company)" in made


def test_objects_that_refer_to_a_row_are_fetched_for_each_batch() -> None:
    text = """
    def run(application):
        for company in application.limetypes.company.get_all():
            for contract in company.properties.contract.fetch():
                print(contract)
    """
    made = changed(prefetch, text)
    assert "in contracts_by_company.get(company.id, []):" in made
    assert "found.setdefault(contract.properties.company.id, []).append" in made


def test_an_object_that_must_exist_is_queried_again_if_it_is_missing() -> None:
    text = """
    def run(application, rows):
        for row in rows:
            print(application.limetypes.company.get(row["id"]).id)
    """
    again = 'application.limetypes.company.get(row["id"])'
    assert f'(companies_by_id.get(row["id"]) or {again}).id' in changed(prefetch, text)


def test_a_key_that_some_rows_may_lack_is_read_with_get() -> None:
    text = """
    def run(application, rows):
        for row in rows:
            number = row["customer"].strip()
            if number:
                print(application.limetypes.company.get(number))
    """
    assert 'keys = {row.get("customer").strip() for row in batch}' in changed(
        prefetch, text
    )


def test_a_lookup_in_a_function_that_the_loop_calls_is_passed_on() -> None:
    text = """
    def run(application, rows):
        for row in rows:
            show(application, row)

    def show(application, row):
        print(application.limetypes.company.get(row["id"]))
    """
    made = changed(prefetch, text)
    assert "show(application, row, companies_by_id)" in made
    assert "def show(application, row, companies_by_id):" in made


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("print(get(application, next(row)))", "may not be pure"),
        (
            "row = change(row)\n        print(get(application, row))",
            "the row is not the same",
        ),
        ("row['id'] = 1\n        print(get(application, row['id']))", "changes `row`"),
        ("print(get(application, row))\n        if row:\n            break", "left"),
        ("print([get(application, each) for each in row])", "comprehension"),
    ],
)
def test_a_lookup_stays_where_its_key_is_not_known_before(body: str, why: str) -> None:
    text = f"""
def run(application, rows):
    for row in rows:
        {body}

def get(application, key):
    wanted = Filter(EqualsOperator("number", key))
    return next(iter(application.limetypes.contract.get_all(filter=wanted)), None)
"""
    assert why in declined(prefetch, text)


def test_a_lookup_by_a_value_that_python_compares_differently_stays() -> None:
    text = LOOKUP.replace('"number", number', '"value", number')
    assert "may compare differently" in declined(prefetch, text)


def test_a_list_that_a_loop_searches_becomes_a_set() -> None:
    text = """
    def run(rows):
        seen: list[str] = []
        for row in rows:
            if row not in seen:
                seen.append(row)
        return len(seen)
    """
    assert changed(search_a_set, text) == source(
        """
        def run(rows):
            seen: set[str] = set()
            for row in rows:
                if row not in seen:
                    seen.add(row)
            return len(seen)
        """
    )


@pytest.mark.parametrize(
    ("list_", "set_"),
    [
        ("[row.id for row in rows]", "{row.id for row in rows}"),
        ("list(rows)", "set(rows)"),
        ("[1, 2]", "{1, 2}"),
        ("list()", "set()"),
        ("numbers(rows)", "set(numbers(rows))"),
    ],
)
def test_every_list_has_its_set(list_: str, set_: str) -> None:
    text = """
    def run(rows):
        known = {}
        return [row for row in rows if row in known]

    def numbers(rows):
        return [row.number for row in rows]
    """
    assert changed(search_a_set, text.format(list_)) == source(text.format(set_))


@pytest.mark.parametrize("use", ["print(seen)", "return len(seen)", "seen.sort()"])
def test_a_list_that_is_used_as_one_stays(use: str) -> None:
    text = f"""
    def run(rows):
        seen = []
        for row in rows:
            if row in seen:
                continue
            seen.append(row)
        {use}
    """
    assert declined(search_a_set, text) == "`seen` is used as a list too"


def test_rows_from_a_file_are_read_one_by_one() -> None:
    text = """
    def run(path):
        with open(path) as file:
            rows = [json.loads(line) for line in file if line]  # all of them
        print(len(rows))
        for row in rows:
            print(row)
    """
    assert changed(stream, text) == source(
        '''
        def run(path):
            rows = read_rows(path)
            print(sum(1 for _ in read_rows(path)))
            for row in rows:
                print(row)


        def read_rows(path):
            """Yield the rows one by one."""
            with open(path) as file:
                for line in file:
                    if line:
                        yield json.loads(line)
        '''
    )


def test_a_function_that_returns_a_list_becomes_a_generator() -> None:
    text = """
    def run(path):
        for row in read(path):
            print(row)

    def read(path) -> list[dict]:
        rows = []
        if not path:
            return rows
        for line in open(path):
            rows.append(json.loads(line))  # parsed
        return rows
    """
    assert changed(stream, text) == source(
        """
        from collections.abc import Iterator
        def run(path):
            for row in read(path):
                print(row)

        def read(path) -> Iterator[dict]:
            if not path:
                return
            for line in open(path):
                yield json.loads(line)  # parsed
        """
    )


def test_a_copied_list_is_not_made() -> None:
    text = """
    def run(application):
        companies = list(application.limetypes.company.get_all())
        for company in companies:
            print(company)
    """
    made = changed(stream, text)
    assert "companies = application.limetypes.company.get_all()" in made


@pytest.mark.parametrize(
    ("use", "why"),
    [
        ("for a in rows: print(rows)", "used in a loop"),
        ("print(rows[0])", "used as a list"),
        ("print(sum(rows), max(rows))", "iterated over 2 times"),
        ("rows = 2", "assigned more than once"),
    ],
)
def test_a_list_stays_if_it_is_used_more_than_once(use: str, why: str) -> None:
    text = f"""
    def run(path):
        rows = read(path)
        {use}

    def read(path):
        return [line for line in open(path)]
    """
    assert why in declined(stream, text)


def test_objects_of_which_only_the_number_is_used_are_counted() -> None:
    text = """
    def run(rows):
        made = []
        for row in rows:
            made.append(row)  # one more
        print(len(made))
    """
    assert changed(keep_less, text) == source(
        """
        def run(rows):
            made_count = 0
            for row in rows:
                made_count += 1  # one more
            print(made_count)
        """
    )


def test_objects_of_which_only_the_ids_are_used_become_ids() -> None:
    text = """
    def run(rows):
        made = []
        for row in rows:
            made.append(row)
        return [each.id for each in made], len(made)
    """
    made = changed(keep_less, text)
    assert "made.append(row.id)" in made
    assert "return [each for each in made], len(made)" in made


def test_objects_of_which_more_is_used_are_kept() -> None:
    text = """
    def run(rows):
        made = []
        for row in rows:
            made.append(row)
        return [(each.id, each.name) for each in made]
    """
    assert found(keep_less, text) == []


def test_a_query_that_does_not_depend_on_the_row_moves_before_the_loop() -> None:
    text = """
    def run(application, rows):
        for row in rows:
            company = application.limetypes.company.get(1)  # ours
            print(row, company)
    """
    assert changed(query_once, text) == source(
        """
        def run(application, rows):
            company = application.limetypes.company.get(1)  # ours
            for row in rows:
                print(row, company)
        """
    )


def test_a_query_inside_an_expression_gets_a_name() -> None:
    text = """
    def run(application, rows):
        for row in rows:
            print(row, find_owner(application))

    def find_owner(application):
        return application.limetypes.coworker.get(1)
    """
    made = changed(query_once, text)
    assert "    owner = find_owner(application)\n    for row in rows:" in made
    assert "print(row, owner)" in made


def test_a_query_with_a_side_effect_stays_in_the_loop() -> None:
    text = """
    def run(application, rows):
        for row in rows:
            print(find(application), application.limetypes.company.get(row))

    def find(application):
        logger.info("looking")
        return application.limetypes.company.get(1)
    """
    assert found(query_once, text) == []


def test_a_line_for_each_row_becomes_one_for_each_batch() -> None:
    text = """
    def run(rows):
        for row in rows:
            print(row)
            logger.info("Row %s of %d", row, len(rows))
    """
    [change] = found(log_batches, text)
    assert isinstance(change, Change)
    assert change.logs == (
        r"Row\\ .*\\ of\\ .*".replace("\\\\", "\\"),
        "Processed [0-9]+ rows",
    )
    assert 'logger.info("Processed %d rows", len(batch))' in change.sources[0]
    assert "Row %s" not in change.sources[0]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('logger.info(f"row {row}")', "only statement"),
        ('logger.info("row %s", row.pop())\n        print(row)', "may do more"),
        ('logger.info("row")\n        break', "left before its end"),
    ],
)
def test_a_line_for_each_row_stays(body: str, why: str) -> None:
    text = f"def run(rows):\n    for row in rows:\n        {body}\n"
    assert why in declined(log_batches, text)


def test_functions_that_the_task_does_not_reach_are_left_alone() -> None:
    text = """
    def run(rows):
        return len(rows)

    def other(rows):
        seen = []
        for row in rows:
            if row not in seen:
                seen.append(row)
    """
    assert found(search_a_set, text) == []


def test_line_ends_of_windows_stay() -> None:
    text = source(
        """
        import itertools

        def run(application, rows):
            for row in rows:
                uow = application.unit_of_work()
                uow.add(make(row))
                uow.commit()
        """
    ).replace("\n", "\r\n")
    [change] = commit_batches(Code(text, "run"), FACTS)
    assert isinstance(change, Change)
    assert change.sources[0].count("\r\n") == change.sources[0].count("\n")
