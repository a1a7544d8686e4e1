"""Values that look like secrets are not shown."""

import pytest

from limerun.config.masking import credentials_of, looks_secret, mask, mask_at


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "PASSWD",
        "api_token",
        "ERP_TOKEN",
        "clientSecret",
        "key",
        "apiKey",
        "api-key",
        "private_key",
        "keys",
        "credentials",
        "apikey",
        "db_pwd",
    ],
)
def test_names_that_look_like_secrets_are_recognized(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize("name", ["path", "monkey", "keyboard", "turkey", "limit"])
def test_ordinary_names_are_not_treated_as_secrets(name: str) -> None:
    assert not looks_secret(name)


def test_only_the_password_in_a_url_is_masked() -> None:
    assert mask("see ftp://me:p@w@host/x") == "see ftp://me:***@host/x"
    assert mask(["http://host:80/a", 5, None]) == ["http://host:80/a", 5, None]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:p/w@x@host/db", "postgresql://me:***@host/db"),
        (
            "postgresql://h/db?sslmode=x&password=p@w&a=1",
            "postgresql://h/db?sslmode=x&password=***&a=1",
        ),
        ("postgresql://me@host:5432/db", "postgresql://me@host:5432/db"),
    ],
)
def test_a_database_url_is_shown_without_its_password(url: str, shown: str) -> None:
    assert mask_at(("database", "url"), url) == shown
    assert mask_at(("databse",), {"url": url}) == {"url": shown}


def test_credentials_are_secret_by_name_or_inside_a_url() -> None:
    values = {
        "environment_variables": {
            "ERP_TOKEN": "abcdefgh-token",
            "ERP_URL": "https://erp.example.com",
            "DATABASE": "postgresql://u:pw-in-url@host/db",
        },
        "parameters": {"password": "of-a-parameter", "path": "rows.csv"},
        "dataset": {"token": "a column"},
    }
    found = {secret: key for key, secret in credentials_of(values)}
    assert found["abcdefgh-token"] == "environment_variables.ERP_TOKEN"
    assert found["of-a-parameter"] == "parameters.password"
    assert found["pw-in-url"] == "environment_variables.DATABASE"
    assert not {"https://erp.example.com", "rows.csv", "a column"} & set(found)
