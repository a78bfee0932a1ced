"""`make quick`: which tests are near to what git says has changed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools.near_tests import SEE_ALL_CAPABILITIES, near_tests
from tools.quick import changed_files, main

FILES = {
    "README.md": "",
    "bot/clock.py": "",
    "bot/people/names.py": "",
    "bot/people/deep/far.py": "",
    "handlers/shop/service.py": "",
    "handlers/shop/organiser/prices.py": "",
    "tools/sizes.py": "",
    "tests/conftest.py": "",
    "tests/test_clock.py": "",
    "tests/test_documentation.py": "",
    "tests/conversation/test_payloads.py": "",
    "tests/people/test_names.py": "",
    "tests/people/deep/test_far.py": "",
    "tests/shop/builders.py": "from bot.people import names\n",
    "tests/shop/test_buying.py": "from tests.shop.builders import basket\n",
    "tests/shop/test_prices.py": "",
    "tests/street/test_street.py": "from handlers.shop import service\n",
    "tests/tools/test_sizes.py": "",
    "tests/town/test_town.py": "import handlers.shop.service\nfrom bot.clock import now\n",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "near"),
    [
        ("bot/clock.py", {"tests/test_clock.py", "tests/town/test_town.py"}),
        ("bot/people/names.py", {"tests/people/test_names.py"}),
        ("bot/people/deep/far.py", {"tests/people/deep/test_far.py"}),
        (
            "handlers/shop/organiser/prices.py",
            {*map(Path.as_posix, SEE_ALL_CAPABILITIES), "tests/shop/test_buying.py", "tests/shop/test_prices.py"},
        ),
        ("tests/shop/test_prices.py", {"tests/shop/test_prices.py"}),
        ("tests/shop/builders.py", {"tests/shop/test_buying.py"}),
        ("tests/shop/conftest.py", {"tests/shop/test_buying.py", "tests/shop/test_prices.py"}),
        ("tests/conftest.py", set()),
        ("tests/shop/test_that_was_deleted.py", set()),
        ("tools/sizes.py", {"tests/tools/test_sizes.py"}),
        ("README.md", {"tests/test_documentation.py"}),
        ("locales/fr/LC_MESSAGES/messages.po", set()),
    ],
)
def test_what_is_near_has_its_name_or_imports_it(checkout: Path, changed: str, near: set[str]) -> None:
    assert {path.as_posix() for path in near_tests(checkout, [Path(changed)])} == near


def test_who_imports_a_module_of_a_capability_is_near(checkout: Path) -> None:
    near = {path.parts[1] for path in near_tests(checkout, [Path("handlers/shop/service.py")])}
    assert {"street", "town", "shop"} <= near
    assert "people" not in near


def git(checkout: Path, *command: str) -> None:
    author = ("-c", "user.name=Zoé", "-c", "user.email=zoe@example.org")
    subprocess.run(["git", *author, *command], cwd=checkout, check=True, capture_output=True)


def test_what_changed_is_changed_deleted_or_new(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(checkout, "init")
    git(checkout, "add", ".")
    git(checkout, "commit", "--message", "A shop")
    assert changed_files(checkout, "HEAD") == []
    assert main(["--root", str(checkout), "--list"]) == 0
    assert capsys.readouterr().out == "No test is near to what changed since HEAD.\n"
    (checkout / "bot/clock.py").write_text("now = 1\n")
    (checkout / "tools/sizes.py").unlink()
    (checkout / "tests/shop/test_new.py").touch()
    assert [path.name for path in changed_files(checkout, "HEAD")] == ["clock.py", "test_new.py", "sizes.py"]
    assert main(["--root", str(checkout), "--list"]) == 0
    assert capsys.readouterr().out.split() == [
        "tests/shop/test_new.py",
        "tests/test_clock.py",
        "tests/tools/test_sizes.py",
        "tests/town/test_town.py",
    ]
    git(checkout, "add", ".")
    git(checkout, "commit", "--message", "A clock")
    assert changed_files(checkout, "HEAD") == []
    assert len(changed_files(checkout, "HEAD~1")) == 3


def test_a_test_that_fails_fails_the_command(
    checkout: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # they are not needed, and take longer than these tests
    git(checkout, "init")
    git(checkout, "add", ".")
    git(checkout, "commit", "--message", "A shop")
    (checkout / "tests/test_clock.py").write_text(
        "def test_late():\n    assert False\n\ndef test_postgres():\n    pass\n"
    )
    assert main(["--root", str(checkout), "--processes", "1"]) == 1
    assert "1 failed, 1 deselected" in capfd.readouterr().out
    (checkout / "tests/test_clock.py").write_text("def test_postgres():\n    pass\n")
    assert main(["--root", str(checkout), "--processes", "1"]) == 0, "nothing is left to run"
