"""Every kind of link refers to existing rows, also in a dataset of two parts."""

from pathlib import Path

import pytest

from tests.dataset.plans import ask, make_database, plan_of

MANY = "hasandbelongstomany"
ROWS = 200_000
COMPANIES = 10_000
DETAILS = 4_000
PAIRS = 20_000
LIMETYPES: dict[str, dict[str, object]] = {
    "company": {
        "parent": {"type": "belongsto", "related": "company"},
        "owner": {"type": "belongsto", "related": "deal"},  # a cycle
        "detail": {"type": "hasone", "related": "detail", "backref": "company"},
    },
    "detail": {"company": {"type": "belongsto", "related": "company"}},
    "deal": {
        "company": {"type": "belongsto", "related": "company", "required": True},
        "seller": {"type": "belongsto", "related": "company"},
        "before": {"type": "belongsto", "related": "deal"},
        "tags": {"type": MANY, "related": "company", "backref": "tagged"},
    },
}
SAID: dict[str, dict[str, object]] = {
    "deal.company": {"children": {"min": 1, "max": 500, "distribution": "zipf"}},
    "deal.seller": {"skew": 1, "null_rate": 0.25},
    "deal.tags": {"pairs": PAIRS},
}
LINKS = {
    ("company", "parent"): "company",
    ("company", "owner"): "deal",
    ("detail", "company"): "company",
    ("deal", "company"): "company",
    ("deal", "seller"): "company",
    ("deal", "before"): "deal",
}


@pytest.mark.slow
def test_every_kind_of_link_refers_to_existing_rows(tmp_path: Path) -> None:
    rows = {"company": COMPANIES, "deal": ROWS, "detail": DETAILS}
    path = make_database(plan_of(LIMETYPES, rows, SAID), tmp_path / "a")
    for (table, column), related in LINKS.items():
        orphans = (
            f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND {column} "
            f"NOT BETWEEN 1 AND (SELECT max(id) FROM {related})"
        )
        assert ask(path, orphans) == [(0,)], (table, column)
    assert ask(path, "SELECT count(*), max(id) FROM company") == [(COMPANIES,) * 2]
    assert ask(path, "SELECT count(*), max(id) FROM deal") == [(ROWS, ROWS)]
    # The children of each parent are within their bounds, and skewed.
    least, most, parents = ask(
        path,
        "SELECT min(n), max(n), count(*) FROM "
        "(SELECT count(*) AS n FROM deal GROUP BY company)",
    )[0]
    assert least >= 1
    assert 400 < most <= 500
    assert parents == COMPANIES
    one_each = "SELECT count(*), count(DISTINCT company) FROM detail"
    assert ask(path, one_each) == [(DETAILS, DETAILS)]
    nulls = ask(path, "SELECT count(*) FROM deal WHERE seller IS NULL")[0][0]
    assert nulls == pytest.approx(ROWS / 4, rel=0.02)
    assert ask(path, "SELECT count(*) FROM deal WHERE before >= id") == [(0,)]
    paired = (
        "SELECT count(*), count(DISTINCT company_tagged * 10000000 + deal_tags), "
        f"max(company_tagged) <= {COMPANIES} AND max(deal_tags) <= {ROWS} "
        "AND min(company_tagged) > 0 AND min(deal_tags) > 0 "
        "FROM company_tagged__deal_tags"
    )
    assert ask(path, paired) == [(PAIRS, PAIRS, 1)]
