import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.engine.services import write
from turnstay_lint.engine.configuring.configuration import Configuration, configuration_for
from turnstay_lint.engine.services.discovery import Discovery, Unreadable


def found(top: Path, *paths: str, force_exclude: bool = False) -> list[str]:
    asked = [top / path for path in paths] or [top]
    files = Discovery(configuration_for).files(asked, force_exclude=force_exclude)
    return [file.removeprefix(f"{top}/") for file in files]


def test_python_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    write(tmp_path, {"b.py": "", "a/z.py": "", "a/b/c.py": "", "a.py": "", "a/x.txt": ""})
    (tmp_path / "folder.py").mkdir()
    assert found(tmp_path) == ["a.py", "a/b/c.py", "a/z.py", "b.py"]


@pytest.mark.parametrize(
    "path",
    [
        ".venv/x.py",
        "venv/x.py",
        "app/node_modules/x.py",
        "build/lib/x.py",
        "dist/x.py",
        "app/__pycache__/x.py",
        ".tox/x.py",
        ".nox/x.py",
        "service.egg-info/x.py",
        "lib/site-packages/x.py",
        ".turnstay_cache/x.py",
        ".git/x.py",
    ],
)
def test_left_out_by_default(tmp_path: Path, path: str) -> None:
    write(tmp_path, {path: "", "kept.py": ""})
    assert found(tmp_path) == ["kept.py"]


def test_what_only_may_be_an_environment_or_output_is_looked_at(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "env/pyvenv.cfg": "",
            "env/x.py": "",
            "app/env/x.py": "",
            "app/build/__init__.py": "",
        },
    )
    assert found(tmp_path) == ["app/build/__init__.py", "app/env/x.py"]


def test_a_folder_of_a_package_is_code_whatever_it_is_called(tmp_path: Path) -> None:
    write(tmp_path, {"app/__init__.py": "", "app/build/api/x.py": "", "app/dist/y.py": ""})
    assert found(tmp_path) == ["app/__init__.py", "app/build/api/x.py", "app/dist/y.py"]


def test_what_is_named_is_read_whatever_it_is(tmp_path: Path) -> None:
    write(tmp_path, {"script": "", "build/x.py": "", ".gitignore": "*.gen.py", "a.gen.py": ""})
    assert found(tmp_path, "script", "build", "a.gen.py") == ["a.gen.py", "build/x.py", "script"]


def test_each_file_once(tmp_path: Path) -> None:
    write(tmp_path, {"app/a.py": ""})
    (tmp_path / "link.py").symlink_to("app/a.py")
    (tmp_path / "linked").symlink_to("app")
    assert found(tmp_path, "app/a.py", "app", "app/../app", "linked") == ["app/a.py"]
    assert found(tmp_path) == ["app/a.py"]


def test_links_to_folders_are_not_followed_so_that_no_loop_is_endless(tmp_path: Path) -> None:
    write(tmp_path, {"app/a.py": ""})
    (tmp_path / "app" / "again").symlink_to("..")
    (tmp_path / "loop.py").symlink_to("loop.py")
    assert found(tmp_path) == ["app/a.py", "loop.py"]


def test_gitignore_and_the_nested_ones(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".git/info/exclude": "private.py\n",
            ".gitignore": "# generated\n/out/\n*_pb2.py\n",
            "out/x.py": "",
            "app/out/x.py": "",
            "app/a_pb2.py": "",
            "app/.gitignore": "!kept_pb2.py\nsecret.py\n",
            "app/kept_pb2.py": "",
            "app/secret.py": "",
            "secret.py": "",
            "private.py": "",
        },
    )
    everything = ["app/kept_pb2.py", "app/out/x.py", "secret.py"]
    assert found(tmp_path) == everything
    assert found(tmp_path, "app") == everything[:2]
    assert found(tmp_path, "out") == ["out/x.py"]


def test_gitignore_without_git_holds_from_the_project_down(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".gitignore": "*.py",
            "service/pyproject.toml": "",
            "service/.gitignore": "generated\n",
            "service/app/generated/x.py": "",
            "service/app/a.py": "",
        },
    )
    assert found(tmp_path, "service/app") == ["service/app/a.py"]


def test_configured_exclusion_is_that_of_the_nearest_service(tmp_path: Path) -> None:
    table = "[tool.turnstay-lint]\n"
    write(
        tmp_path,
        {
            "pyproject.toml": f"{table}extend-exclude = ['legacy', 'app/gen/*.py']\n",
            "app/legacy/x.py": "",
            "app/gen/x.py": "",
            "other/app/gen/x.py": "",
            "venv/x.py": "",
            "inner/pyproject.toml": f"{table}exclude = ['only']\n",
            "inner/legacy/x.py": "",
            "inner/only/x.py": "",
            "inner/venv/x.py": "",
        },
    )
    assert found(tmp_path) == ["inner/legacy/x.py", "inner/venv/x.py", "other/app/gen/x.py"]
    assert found(tmp_path, "app/legacy/x.py") == ["app/legacy/x.py"]


def test_force_exclude_leaves_out_even_what_is_named(tmp_path: Path) -> None:
    table = "[tool.turnstay-lint]\nextend-exclude = ['legacy']\n"
    write(tmp_path, {"pyproject.toml": table, "legacy/x.py": "", "venv/x.py": "", "a.py": ""})
    named = ["legacy/x.py", "venv/x.py", "a.py"]
    assert found(tmp_path, *named, force_exclude=True) == ["a.py"]
    assert found(tmp_path, *named) == ["a.py", "legacy/x.py", "venv/x.py"]


def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    (tmp_path / name).write_text("")
    assert found(tmp_path) == [name]


def test_a_folder_that_cannot_be_listed_is_said_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"closed/x.py": "", "open/x.py": ""})
    listing = os.scandir

    def scandir(folder: str) -> Iterator[os.DirEntry[str]]:
        if folder.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return listing(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    discovery = Discovery(configuration_for)
    assert discovery.files([tmp_path]) == [f"{tmp_path}/open/x.py"]
    assert discovery.unreadable == [Unreadable(f"{tmp_path}/closed", "Permission denied")]


def test_the_configuration_is_asked_for_once_a_service(tmp_path: Path) -> None:
    write(tmp_path, {"a/b/x.py": "", "a/pyproject.toml": ""})
    asked = []

    def configuration_of(folder: Path) -> Configuration:
        asked.append(folder)
        return replace(configuration_for(folder))

    Discovery(configuration_of).files([tmp_path])
    assert asked == [tmp_path, tmp_path / "a"]
