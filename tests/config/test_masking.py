"""What looks like a secret is not shown."""

import pytest

from limerun.config.masking import looks_secret, mask


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
def test_names_of_secrets_are_known(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize("name", ["path", "monkey", "keyboard", "turkey", "limit"])
def test_other_names_are_not(name: str) -> None:
    assert not looks_secret(name)


def test_a_password_in_a_url_is_masked_alone() -> None:
    assert mask("see ftp://me:p@w@host/x") == "see ftp://me:***@host/x"
    assert mask(["http://host:80/a", 5, None]) == ["http://host:80/a", 5, None]
