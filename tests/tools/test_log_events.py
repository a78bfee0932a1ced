"""`python -m tools.log_events`: keys of log calls, and the page that describes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import log_events

ROOT = Path(__file__).parents[2]
LOGGER = "import structlog\n\nlog = structlog.get_logger()\n"


def problems(root: Path, sources: dict[str, str], page: str = "") -> list[str]:
    """What is wrong in a checkout that has only these modules, and this page."""
    for module, source in sources.items():
        path = root / module
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(LOGGER + source, encoding="utf-8")
    (root / "docs").mkdir()
    (root / log_events.PAGE).write_text(page, encoding="utf-8")
    return [str(problem) for problem in log_events.check(root)]


@pytest.mark.parametrize(
    ("module", "source", "page"),
    [
        ("bot/app.py", 'log.info("app.stopped")\n', "| `app.stopped` | info | It ended. |"),
        (
            "bot/platforms/telegram/intake.py",
            'log.exception("telegram.update_failed", reason=str(error))\n',
            "| `telegram.update_failed` | error | A defect. |",
        ),
        (
            "handlers/boats/jobs.py",
            'log.warning("boats.sunk", **about, boat=1)\nlog.warning("boats.sunk", **about)\n',
            "| `boats.sunk` | warning | A boat is lost. |",
        ),
    ],
)
def test_a_key_of_its_package_with_its_line_is_right(tmp_path: Path, module: str, source: str, page: str) -> None:
    pages = {"listed": page, "unlisted": ""}
    found = {name: problems(tmp_path / name, {module: source}, text) for name, text in pages.items()}
    assert [name for name, told in found.items() if told] == ["unlisted"]


@pytest.mark.parametrize(
    "source",
    [
        "log.info(key)\n",
        'log.info(f"boats.{what}")\n',
        'log.info(event="boats.sunk")\n',
        "level = log.info\n",
        'log.bind(boat=1).info("boats.sunk")\n',
    ],
)
def test_a_key_that_is_no_literal_is_found(tmp_path: Path, source: str) -> None:
    found = problems(tmp_path, {"handlers/boats/jobs.py": source})
    assert found == ['handlers/boats/jobs.py:4: a log call is log.LEVEL("package.event", field=value, …)']


def test_a_logger_of_another_name_is_found(tmp_path: Path) -> None:
    found = problems(tmp_path, {"handlers/boats/jobs.py": "logger = structlog.get_logger()\n"})
    assert found == ["handlers/boats/jobs.py:4: a module's logger is called log, not logger"]


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("A boat sank", "«A boat sank» is no key: package.what_happened, in lower case"),
        ("boats.Sunk", "«boats.Sunk» is no key: package.what_happened, in lower case"),
        ("ships.sunk", "«ships.sunk» begins with its package: boats"),
    ],
)
def test_a_key_of_another_shape_or_owner_is_found(tmp_path: Path, key: str, problem: str) -> None:
    found = problems(tmp_path, {"handlers/boats/jobs.py": f'log.info("{key}")\n'}, f"| `{key}` | info | A boat sank. |")
    assert found == [f"handlers/boats/jobs.py:4: {problem}"]


def test_a_field_for_words_or_names_is_found(tmp_path: Path) -> None:
    source = 'log.info("boats.sunk", boat=1, name=boat.name, text=message.text)\n'
    found = problems(tmp_path, {"handlers/boats/jobs.py": source}, "| `boats.sunk` | info | A boat sank. |")
    assert found == [
        "handlers/boats/jobs.py:4: the log has no field «name»: nobody's words, names or links",
        "handlers/boats/jobs.py:4: the log has no field «text»: nobody's words, names or links",
    ]


@pytest.mark.parametrize("other", ['log.error("boats.sunk", boat=1)', 'log.info("boats.sunk", depth=9)'])
def test_one_key_for_two_events_is_found(tmp_path: Path, other: str) -> None:
    sources = {"handlers/boats/jobs.py": 'log.info("boats.sunk", boat=1)\n', "handlers/boats/service.py": f"{other}\n"}
    found = problems(tmp_path, sources, "| `boats.sunk` | info | A boat sank. |")
    first = "handlers/boats/jobs.py:4"
    assert f"handlers/boats/service.py:4: «boats.sunk» is another event at {first}: another level or fields" in found


def test_the_page_has_each_key_once_with_its_level(tmp_path: Path) -> None:
    source = 'log.info("boats.sunk")\nlog.info("boats.raised")\nlog.info("boats.named")\n'
    page = "\n".join(
        (
            "| `boats.raised` | warning | A boat floats again. |",
            "| `boats.named` | info | A boat has a name. |",
            "| `boats.named` | info | A boat has a name. |",
            "| `boats.built` | info | A boat was built. |",
        )
    )
    assert problems(tmp_path, {"handlers/boats/jobs.py": source}, page) == [
        "docs/logs.md:1: «boats.raised» is logged as info",
        "docs/logs.md:3: «boats.named» stands there twice",
        "docs/logs.md:4: no log call has the key «boats.built»",
        "handlers/boats/jobs.py:4: «boats.sunk» has no line in docs/logs.md",
    ]
