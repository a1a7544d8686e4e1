"""The register replaces known secrets in every form, and nothing else."""

import html
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.config.masking import LONG_PIECE, MASK, mask, scrub, secrets_in, secrets_of
from limerun.config.secret_values import (
    LONG,
    Credentials,
    SecretValues,
    _is_worth_hiding,
)
from limerun.worker.protocol import shortened
from tests.builders import a_log
from tests.report.any_records import records

SECRETS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Zs"]),
    min_size=LONG,
    max_size=40,
).filter(_is_worth_hiding)


def register(*secrets: str, shown: tuple[str, ...] = ()) -> SecretValues:
    made = SecretValues()
    made.add(secrets, shown)
    return made


@given(secret=SECRETS)
def test_a_secret_is_masked_in_every_encoding(secret: str) -> None:
    known = register(secret)
    forms = {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret))[3:-3],
        repr(secret)[1:-1],
        repr(secret.encode())[2:-1],
        quote(secret, safe=""),
        quote_plus(secret),
        html.escape(secret),
    }
    for form in forms:
        shown = known.conceal(f"before {form} after")
        assert form not in shown
        assert MASK in shown


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@given(secret=SECRETS, before=st.binary(max_size=9), after=st.binary(max_size=9))
def test_a_secret_in_base64_is_found_and_masked_in_any_context(
    encode: Callable[[bytes], bytes], secret: str, before: bytes, after: bytes
) -> None:
    known, credentials = register(secret), Credentials()
    credentials.add([("parameters.key", secret)])
    header = f"Basic {encode(before + secret.encode() + after).decode()}"
    assert credentials.names_in(header) == {"parameters.key"}
    hidden = encode(secret.encode()).decode().rstrip("=")[:-1]
    assert hidden not in known.conceal(header)


@settings(max_examples=8)  # a record takes 0.1 s to make
@given(record=records, secret=SECRETS)
def test_a_record_without_the_secret_stays_unchanged(
    record: object, secret: str
) -> None:
    concealed = register(f"{secret}-{secret}").concealed(record)
    assert type(concealed) is type(record)
    assert getattr(concealed, "exit_code", None) == getattr(record, "exit_code", None)


@pytest.mark.parametrize("secret", ["1", "abc", "test", "True", "aaaaaaaa", "   ", ""])
def test_short_and_common_words_are_not_masked(secret: str) -> None:
    text = f"a {secret} of 1 test, abc, True, aaaaaaaa"
    assert register(secret).conceal(text) == text


@pytest.mark.parametrize("secret", ["abcd", "12345678"])
def test_a_short_or_numeric_secret_is_replaced_as_a_whole_word(secret: str) -> None:
    text = f"x{secret} {secret}9 '{secret}' {secret}."
    assert register(secret).conceal(text) == f"x{secret} {secret}9 '***' ***."


def test_part_of_a_visible_path_is_not_a_secret() -> None:
    known = register("/srv/project", shown=("/srv/project/tasks.py:go",))
    assert known.conceal("/srv/project/tasks.py") == "/srv/project/tasks.py"


def test_each_line_of_a_multi_line_secret_is_masked() -> None:
    known = register("-----BEGIN-----\nMIIEvQIBADAN\n-----END-----")
    assert known.conceal("  MIIEvQIBADAN  ") == "  ***  "


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("postgresql://u:pa/ss@h/db", "pa/ss"),
        ("postgresql://u:p%40ss@h/db", "p@ss"),
        ("https://api/x?access_token=abc123&b=1", "abc123"),
        ("https://ghp_0123456789@github.com/x", "ghp_0123456789"),
        ("Driver={S};Uid=u;Pwd=my pass;X=1", "my pass"),
        ("Server=h;Password={a;b};X=1", "a;b"),
        ("Pwd=first;Server=h", "first"),
        ("host=h password=word1 user=u", "word1"),
        ("Bearer abc.def-123", "abc.def-123"),
        ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
    ],
)
def test_a_secret_inside_a_value_is_found_and_masked(text: str, secret: str) -> None:
    assert secret in set(secrets_in(text))
    assert secret not in str(mask(text))


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("x-api-key: KKKKK11111", "KKKKK11111"),
        ("client_secret=cccc33333, next", "cccc33333"),
        ('{"password": "hunter2"}', "hunter2"),
    ],
)
def test_a_value_that_a_log_labels_as_a_secret_is_masked(
    text: str, secret: str
) -> None:
    assert scrub(text) == text.replace(secret, MASK)


@pytest.mark.parametrize(
    "text",
    [
        "http://localhost:8080/path?page=2",
        "token = read_token()",
        'key = row["key"]',
        "a bearer of news",
        "unexpected token: function",
        "the password: it is needed",
        "Basic training",
        "SELECT a FROM b WHERE c = ? AND key = ?",
        "10:30 me@example.com",
    ],
)
def test_text_without_a_secret_stays_unchanged(text: str) -> None:
    assert scrub(text) == text


def test_names_of_columns_and_limetypes_are_not_secrets() -> None:
    config = {
        "dataset": {"limetypes": {"user": {"password": {"type": "string"}}}},
        "parameters": {"key": "customer_id", "api": {"token": ["a-long-one"]}},
    }
    assert list(secrets_of(config)) == ["a-long-one"]


ASCII = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8)
LEFT_OUT = "\n[... 1,234 bytes left out ...]\n"
WORDS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in JSON": lambda text: json.dumps(text)[1:-1],
    "in a URL": quote,
}


def has_piece(text: str, secret: str) -> bool:
    """Return whether a text contains a part of a secret long enough to be masked."""
    starts = range(len(secret) - LONG_PIECE + 1)
    return any(secret[at : at + LONG_PIECE] in text for at in starts)


@pytest.mark.parametrize("written", WORDS)
@given(secret=ASCII, before=st.integers(0, 60))
def test_truncating_a_text_anywhere_leaves_no_part_of_a_secret(
    written: str, secret: str, before: int
) -> None:
    secret = f"~{secret}~"  # is in no other word of the text
    form = WORDS[written](secret)
    shown = register(secret).conceal(shortened(" " * before + form + " " * 100, 100))
    assert not has_piece(shown, form)


@given(secret=ASCII, data=st.data())
def test_parts_of_a_secret_next_to_omitted_text_are_masked(
    secret: str, data: st.DataObject
) -> None:
    secret = f"~{secret}~"
    ends, begins = (data.draw(st.integers(0, len(secret))) for _ in "ab")
    cut = f"connecting {secret[:ends]}{LEFT_OUT}{secret[begins:]} was right"
    assert not has_piece(register(secret).conceal(cut), secret)


def test_a_character_split_by_omitted_text_does_not_prevent_masking() -> None:
    known = register("pa55-wörd-of-erp")
    data = f"connecting {'pa55-wörd-of-erp'}".encode()
    at = data.index("ö".encode()) + 1
    text = (data[:at] + LEFT_OUT.encode() + data[at:]).decode(errors="replace")
    assert known.conceal(text) == f"connecting {MASK}\ufffd{LEFT_OUT}\ufffd{MASK}"


def test_a_truncated_url_does_not_show_its_password() -> None:
    text = f"{'x' * 36} postgresql://u:pa55word-of-erp@h/db{'x' * 90}"
    assert "pa55" not in register().conceal(shortened(text, 100))


@pytest.mark.parametrize("text", ["hunter-2", "hunt hunter- [...]", f"hun{LEFT_OUT}-2"])
def test_text_without_omissions_or_with_other_omissions_stays_unchanged(
    text: str,
) -> None:
    assert register("hunter-2-of-env").conceal(text) == text


def test_a_text_is_shortened_to_at_most_the_given_length() -> None:
    assert shortened("x" * 100, 100) == "x" * 100
    assert shortened("x" * 101, 100) == f"{'x' * 60} [... 41 more]"
    assert len(shortened("x" * 10**7, 100)) <= 100


def test_names_with_counts_are_masked_and_their_counts_are_kept() -> None:
    log = replace(
        a_log(message="key s3cr3t-value"),
        by_logger={"job.s3cr3t-value": 1, "job.0123456789": 2, "plain": 3},
    )
    known = register("s3cr3t-value", "0123456789", "3333333")
    shown = known.concealed(log)
    assert shown.by_logger == {"job.***": 3, "plain": 3}
    assert shown.first[1].message == "key ***"
    many = known.concealed(replace(log, by_logger={"plain": 3333333}))
    assert many.by_logger == {"plain": 3333333}


SHORT = [("parameters.pin", "4711"), ("database.url", "ab12")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("PIN: 4711", {"parameters.pin"}),
        ('{"password": "ab12"}', {"database.url"}),
        ("Logging in with password ab12", {"database.url"}),
        ("the token is ab12, as before", {"database.url"}),
        ("connecting to db://erp:ab12@host", {"database.url"}),
        ("/orders?api_token=4711&x=1", {"parameters.pin"}),
        ("4711 ab12", {"parameters.pin", "database.url"}),
        ("order 4711 of 9000", set()),
        ("password: 47110", set()),
        ("the password was changed by user 4711", set()),
        ("row ab12 is done", set()),
        ("ab12", set()),
    ],
)
def test_a_short_secret_counts_only_if_it_is_announced_or_not_alone(
    text: str, names: set[str]
) -> None:
    credentials = Credentials()
    assert credentials.names_in(text) == set()
    credentials.add([*SHORT, ("parameters.password", "abc"), ("token", "test")])
    assert credentials.names_in(text) == names
