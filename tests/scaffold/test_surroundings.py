"""The surroundings of a project, and the address of limerun for pip."""

from pathlib import Path

import pytest

from limerun.scaffold.address import address_of, limerun_address
from limerun.scaffold.surroundings import look_around


def write_files(folder: Path, *names: str, text: str = "") -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize(
    "python",
    [".venv/bin/python", "venv/bin/python", ".venv/Scripts/python.exe"],
)
def test_the_projects_interpreter_is_found(tmp_path: Path, python: str) -> None:
    assert look_around(tmp_path).python is None
    write_files(tmp_path, python)
    around = look_around(tmp_path)
    assert around.python == python
    assert around.lacks_sqlalchemy
    assert not around.has_platform


@pytest.mark.parametrize("place", ["lib/python3.11/site-packages", "Lib/site-packages"])
def test_the_installed_packages_of_the_interpreter_are_found(
    tmp_path: Path, place: str
) -> None:
    write_files(tmp_path, ".venv/bin/python", f".venv/{place}/sqlalchemy/__init__.py")
    assert not look_around(tmp_path).lacks_sqlalchemy
    write_files(tmp_path, f".venv/{place}/lime_type/__init__.py")
    assert look_around(tmp_path).has_platform


def test_the_existing_pipelines_of_the_repository_are_found(tmp_path: Path) -> None:
    assert look_around(tmp_path).pipelines == ("github",)
    write_files(tmp_path, ".gitlab-ci.yml")
    assert look_around(tmp_path).pipelines == ("gitlab",)
    write_files(tmp_path, "azure-pipelines.yml")
    assert look_around(tmp_path).pipelines == ("gitlab", "azure")
    write_files(tmp_path, ".github/workflows/test.yml")
    assert look_around(tmp_path).pipelines == ("github", "gitlab", "azure")


@pytest.mark.parametrize(
    ("address", "pipeline"),
    [
        ("https://gitlab.com/lundalogik/shop.git", "gitlab"),
        ("git@gitlab.example.com:github/shop.git", "gitlab"),
        ("https://user@dev.azure.com/lundalogik/shop/_git/shop", "azure"),
        ("git@ssh.dev.azure.com:v3/lundalogik/shop/shop", "azure"),
        ("https://lundalogik.visualstudio.com/shop/_git/shop", "azure"),
        ("https://github.com/gitlab/shop.git", "github"),
        ("/srv/gitlab/shop.git", "github"),
        ("https://git.example.com/shop.git", "github"),
    ],
)
def test_without_a_pipeline_the_git_remote_determines_its_kind(
    address: str, pipeline: str, tmp_path: Path
) -> None:
    told = f'[core]\n\tbare = false\n[remote "origin"]\n\turl = {address}\n'
    write_files(tmp_path, ".git/config", text=told)
    assert look_around(tmp_path).pipelines == (pipeline,)
    write_files(tmp_path, ".github/workflows/test.yml")
    assert look_around(tmp_path).pipelines == ("github",)


def test_the_path_of_a_folder_within_its_repository_is_found(tmp_path: Path) -> None:
    write_files(tmp_path, ".git/config", ".gitlab-ci.yml", "packages/erp/tasks.py")
    around = look_around(tmp_path / "packages" / "erp")
    assert around.prefix == "packages/erp/"
    assert around.pipelines == ("gitlab",)
    assert look_around(tmp_path).prefix == ""


@pytest.mark.parametrize(
    ("name", "text", "requirements"),
    [
        ("setup.py", "", (".",)),
        ("pyproject.toml", "[project]\nname = 'x'", (".",)),
        ("pyproject.toml", "[tool.poetry]\nname = 'x'", (".",)),
        ("pyproject.toml", "[tool.ruff]", ()),
        ("pyproject.toml", "[tool", ()),
        ("requirements.txt", "", ("-r", "requirements.txt")),
        ("notes.txt", "", ()),
    ],
)
def test_the_requirements_of_the_project_are_found(
    tmp_path: Path, name: str, text: str, requirements: tuple[str, ...]
) -> None:
    write_files(tmp_path, name, text=text)
    assert look_around(tmp_path).requirements == requirements


# --- the address of limerun for pip -------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "vcs", "address"),
    [
        (
            "https://user:secret@git.example.com/limerun?token=secret",
            {"vcs": "git", "commit_id": "abc"},
            "git+https://git.example.com/limerun@abc",
        ),
        (
            "ssh://git@git.example.com/limerun",
            {"vcs": "git", "commit_id": "abc", "requested_revision": "v1"},
            "git+ssh://git@git.example.com/limerun@v1",
        ),
        ("https://example.com/limerun.whl", None, "https://example.com/limerun.whl"),
        ("file:///nowhere", None, None),
        ("", None, None),
    ],
)
def test_the_install_address_is_where_limerun_came_from(
    url: str, vcs: dict[str, str] | None, address: str | None
) -> None:
    origin: dict[str, object] = {"url": url}
    assert address_of(origin if vcs is None else {**origin, "vcs_info": vcs}) == address


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        (
            "https://me:secret@git.example.com/a.git",
            "git+https://git.example.com/a.git",
        ),
        ("git@git.example.com:a.git", None),
        ("/srv/git/a", None),
    ],
)
def test_the_install_address_of_a_clone_is_its_remote(
    tmp_path: Path, remote: str, address: str | None
) -> None:
    folder = tmp_path / "a clone"
    write_files(folder, ".git/config", text=f'[remote "origin"]\n\turl = {remote}\n')
    assert address_of({"url": folder.as_uri()}) == address
    write_files(folder, ".git/config", text="no config")
    assert address_of({"url": folder.as_uri()}) is None


def test_the_install_address_from_an_index_is_name_and_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Installed:
        def read_text(self, name: str) -> None:
            return None

    monkeypatch.setattr(
        "limerun.scaffold.address.distribution", lambda name: Installed()
    )
    assert limerun_address("1.2") == "limerun==1.2"
