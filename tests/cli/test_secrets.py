"""No secret that limerun knows is in any byte that it writes."""

import json
import os
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.cli.conftest import Limerun

pytestmark = pytest.mark.slow

TASK = """
import html, json, logging, os, sys, urllib.parse

def forms(token, url, odbc, login):
    known = [token, url, odbc, login["header"], os.environ["ERP_LOGIN"], str(login["pin"])]
    for each in known:
        yield each
        yield json.dumps({"nested": json.dumps(each)})
        yield repr(each)
        yield repr(each.encode())
        yield urllib.parse.quote(each, safe="")
        yield urllib.parse.quote_plus(each)
        yield html.escape(each)

def go(token, url, odbc, login, ending):
    logging.basicConfig(level="INFO")
    for form in forms(token, url, odbc, login):
        logging.info("connecting with %s.", form)
        print("printed", form)
        print("::error::", form, file=sys.stderr)
    if ending == "raise":
        raise ValueError(json.dumps([token, url, odbc, login]))
    if ending == "exit":
        sys.exit(f"cannot log in with {token} at {url}")
    return {"list": list(forms(token, url, odbc, login)), token: login["pin"]}

raise_at_import = os.environ.get("FAIL_AT_IMPORT")
if raise_at_import:
    raise ImportError(f"no library for {os.environ['ERP_LOGIN']}")
"""
TOKEN = "tök\"en\\/&<7>'x"
IN_URL = "pa/ss+w@rd"
IN_QUERY = "q8FzkuP3"
IN_ODBC = "my odbc+pass"
HEADER = "abc.DEF-123~x"
LOGIN = "hunter-2-of-env"
PIN = 918273645
SECRETS = [TOKEN, IN_URL, IN_QUERY, IN_ODBC, HEADER, LOGIN, str(PIN)]
REPORTS = {"json", "html", "junit", "markdown", "sarif"}


def written_forms(secret: str) -> set[str]:
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(json.dumps(secret))[3:-3],
        repr(secret)[1:-1],
        quote(secret, safe=""),
    }


@pytest.fixture
def config_with_secrets(tmp_path: Path) -> Path:
    """Write a task that prints all that it knows, and a config full of secrets."""
    (tmp_path / "leaky.py").write_text(TASK, encoding="utf-8")
    parameters = {
        "token": TOKEN,
        "url": f"postgresql://u:{IN_URL}@h/db?access_token={IN_QUERY}&x=1",
        "odbc": f"Driver={{SQL}};Server=h;Uid=u;Pwd={IN_ODBC};",
        "login": {"header": f"Bearer {HEADER}", "pin": PIN},
        "ending": "return",
    }
    config = {
        "task": "leaky.py:go",
        "parameters": parameters,
        "environment_variables": {"ERP_LOGIN": LOGIN},
        "dataset": {
            "limetypes": {"company": {"name": {"type": "string"}}},
            "rows": {"company": 3},
        },
    }
    path = tmp_path / "limerun.yaml"
    path.write_text(json.dumps(config), encoding="utf-8")
    return path


def leaked_secrets(folder: Path, *texts: str) -> list[tuple[str, str]]:
    """Return the files and texts that contain a secret."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    held = {str(path): path.read_bytes() for path in files}
    held |= {f"text {at}": text.encode() for at, text in enumerate(texts)}
    return [
        (place, form)
        for place, data in held.items()
        for secret in SECRETS
        for form in written_forms(secret)
        if form.encode() in data and not place.endswith(("leaky.py", "limerun.yaml"))
    ]


@pytest.mark.parametrize("ending", ["return", "raise", "exit"])
@pytest.mark.parametrize("command", ["run", "capacity-test"])
def test_no_report_log_or_file_contains_a_secret(
    command: str,
    ending: str,
    config_with_secrets: Path,
    limerun: Limerun,
    tmp_path: Path,
) -> None:
    reports = [word for kind in REPORTS for word in (f"--{kind}", f"report.{kind}")]
    shown = ["--verbose", "--github", "--set", f"parameters.ending={ending}"]
    said = limerun(
        command,
        config_with_secrets,
        *reports,
        *shown,
        LIMERUN_CACHE=str(tmp_path / "cache"),
        GITHUB_STEP_SUMMARY=str(tmp_path / "summary"),
    )
    said.expect(code=1 if ending == "return" else 3)
    assert "***" in (tmp_path / "report.json").read_text(encoding="utf-8")
    assert not leaked_secrets(tmp_path, said.out, said.err)


def test_a_profile_and_its_renderings_contain_no_secret(
    config_with_secrets: Path, limerun: Limerun, tmp_path: Path
) -> None:
    renderings = ["--speedscope", "s.json", "--cpu-html", "c.html", "--html", "r.html"]
    said = limerun(
        "profile",
        config_with_secrets,
        *renderings,
        LIMERUN_CACHE=str(tmp_path / "cache"),
    )
    assert said.code in {0, 1}, said
    assert not leaked_secrets(tmp_path, said.out, said.err)


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        (("--set", "parameters.nonsense=1"), {}),
        (("--set", "timeout=soon"), {}),
        (("--set", f"database.url=mysql://u:{IN_URL}@h/db"), {}),
        (("--set", "environment_variables=" + LOGIN), {}),
        ((), {"FAIL_AT_IMPORT": "1"}),
        ((), {"LIMERUN_PARAMETERS_TOKEN": f"[{LOGIN}"}),
    ],
)
def test_no_error_message_contains_a_secret(
    words: tuple[str, ...],
    environment: dict[str, str],
    config_with_secrets: Path,
    limerun: Limerun,
    tmp_path: Path,
) -> None:
    said = limerun("run", config_with_secrets, *words, **environment)
    said.expect(code=2, err="error")
    assert not leaked_secrets(tmp_path / "nowhere", said.out, said.err)


def test_a_secret_in_the_environment_inherited_by_the_task_is_masked(
    config_with_secrets: Path, limerun: Limerun, tmp_path: Path
) -> None:
    task = tmp_path / "inherits.py"
    task.write_text("import os\ndef go(): print(os.environ['X_API_KEY'])\n", "utf-8")
    config = tmp_path / "inherits.yaml"
    config.write_text("task: inherits.py:go\n", encoding="utf-8")
    said = limerun("run", config, X_API_KEY="zq81-of-the-shell").expect(
        code=1, out=r"\*\*\*"
    )
    assert "zq81-of-the-shell" not in said.out + said.err
    assert os.environ.get("X_API_KEY") is None


def test_masking_a_short_or_common_secret_leaves_other_words_intact(
    limerun: Limerun, tmp_path: Path
) -> None:
    (tmp_path / "task.py").write_text(
        "def go(token, key, password):\n    print('a test of 1 contest, abcd in abcde')\n",
        encoding="utf-8",
    )
    config = tmp_path / "limerun.yaml"
    config.write_text(
        "task: task.py:go\nparameters: {token: test, key: '1', password: abcd}\n",
        "utf-8",
    )
    said = limerun("run", config, "--json", "r.json").expect()
    record = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert (
        record["runs"][0]["output"]["stdout"] == "a test of 1 contest, *** in abcde\n"
    )
    assert set(record["task"]["parameters"].values()) == {"***"}
    assert said.err.count("***") == 0
