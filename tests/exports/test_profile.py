"""Profiles count every row; links are keys of another table."""

from pathlib import Path

from limerun.exports.column_profile import Link, TableProfile, find_links, profile_table
from tests.exports.reading import opened


def csv_table(folder: Path, name: str, header: str, rows: list[str]) -> Path:
    path = folder / f"{name}.csv"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


def profiled(*paths: Path) -> tuple[dict[str, TableProfile], tuple[Link, ...]]:
    with opened(*paths) as export:
        profiles = {name: profile_table(export, name) for name in export.tables}
        return profiles, find_links(export, profiles)


def test_the_counts_of_a_profile_are_exact(tmp_path: Path) -> None:
    rows = [f"{n},{'' if n % 4 else 'åäö' * (n % 3)},{n % 5}" for n in range(1, 101)]
    rows.append('101,"",4')
    path = csv_table(tmp_path, "t", "id,name,few", rows)
    [table] = profiled(path)[0].values()
    number, name, few = table.columns.values()
    assert (table.rows, number.distinct, number.unique) == (101, 101, True)
    # Every twelfth name is an empty field, which is null.
    assert (name.nulls, name.distinct) == (75 + 8, 3)
    assert (name.min_length, name.max_length) == (0, 6)
    assert name.total_length == 9 * 3 + 8 * 6
    assert name.frequencies == ((9, 1), (8, 1), (1, 1))
    assert not name.unique
    assert (few.distinct, few.low_cardinality) == (5, True)
    assert not number.low_cardinality


def test_a_column_without_values_is_neither_unique_nor_low_cardinality(
    tmp_path: Path,
) -> None:
    [table] = profiled(csv_table(tmp_path, "t", "id,x", ["1,", "2,"]))[0].values()
    column = table.columns["x"]
    assert (column.nulls, column.distinct, column.values) == (2, 0, 0)
    assert not column.unique
    assert not column.low_cardinality


def test_a_matching_name_is_recognized_as_a_link(tmp_path: Path) -> None:
    company = csv_table(
        tmp_path,
        "companies",
        "id,registrationno,parent_id",
        [f"{n},55{n:08},{n // 2 or ''}" for n in range(1, 51)],
    )
    person = csv_table(
        tmp_path,
        "person",
        "id,company_id,age,registrationno,email",
        [f"{n},{n % 50 + 1},{n % 40},55{n % 30 + 1:08},p{n}@x.se" for n in range(60)],
    )
    mail = csv_table(
        tmp_path, "mail", "nr,sender", [f"{n},p{n % 45}@x.se" for n in range(90)]
    )
    links = {
        f"{link.child_table}.{link.child_column}": (
            f"{link.parent_table}.{link.parent_column}",
            link.orphans,
        )
        for link in profiled(company, person, mail)[1]
    }
    assert links == {
        "companies.parent_id": ("companies.id", 0),
        "person.company_id": ("companies.id", 0),
        "person.registrationno": ("companies.registrationno", 0),
        "mail.sender": ("person.email", 0),
    }


def test_a_few_orphans_are_counted_but_many_orphans_prevent_a_link(
    tmp_path: Path,
) -> None:
    company = csv_table(tmp_path, "company", "id", [str(n) for n in range(1, 51)])
    rows = [f"{n},{n + 1},{n * 2 + 40}" for n in range(1, 53)]
    deal = csv_table(tmp_path, "deal", "id,company,buyer_company", rows)
    [link] = profiled(company, deal)[1]
    assert (link.child_column, link.orphans) == ("company", 3)
