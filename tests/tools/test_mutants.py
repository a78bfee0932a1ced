"""`make mutants` on a shop of one service: the strong test notices what is changed, the weak one does not."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tools.imports import ROLES
from tools.mutants import mutations
from tools.mutants.__main__ import main
from tools.mutants.mutations import blocks_of, draw, mutants_of, mutated_modules
from tools.mutants.reaching import ReachingTest, select_tests, with_probes

PATH = Path("handlers/shop/service.py")

SERVICE = '''\
"""A shop."""

from __future__ import annotations

LEAST = 3
ADULT = 18


def may_buy(age: int) -> bool:
    """Who is old enough."""
    adult = age >= ADULT
    return adult


def price(count: int) -> int:
    if count > LEAST:
        return 9 * count
    elif not count:
        raise ValueError
    return 10 * count


def wait() -> None:
    while not LEAST:
        pass
'''

STRONG = """
import pytest
from handlers.shop.service import price

@pytest.mark.parametrize(("count", "sum"), [(1, 10), (3, 30), (4, 36)])
def test_many_cost_less(count, sum):
    assert price(count) == sum

def test_nothing_is_not_sold():
    with pytest.raises(ValueError):
        price(0)
"""

WEAK = """
from handlers.shop.service import may_buy, wait

def test_adults_may_buy():
    assert may_buy(40)

def test_it_ends():
    wait()
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # they are not needed, and take longer than these tests
    files = {
        "handlers/__init__.py": "",
        "handlers/shop/__init__.py": "",
        "handlers/shop/store.py": "FIRST = 1\n",
        PATH.as_posix(): SERVICE,
        "tests/shop/test_prices.py": STRONG,
        "tests/shop/test_buying.py": WEAK,
        "tests/shop/test_broken.py": "def test_fails_anyway():\n    assert False\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def changes(source: str) -> list[tuple[str, str]]:
    """What kinds of change there are in a module, and what they make of the line."""
    text = source.encode()
    return [(mutant.kind, mutant.difference(text)[1]) for mutant in mutants_of(PATH, text)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a < b", [("comparison", "x = a <= b")]),
        ("x = a is (not_b)", [("comparison", "x = a is not (not_b)")]),
        ("x = a not in b", [("comparison", "x = a in b")]),
        ("x = a == b != c", [("comparison", "x = a != b != c"), ("comparison", "x = a == b == c")]),
        ("x = a or b", [("and/or", "x = a and b")]),
        ("x = not(a)", [("not removed", "x = (a)")]),
        ("x = not a", [("not removed", "x = a")]),
        ("x = 3", [("constant", "x = 4")]),
        ("x = True", [("constant", "x = False")]),
        ("x = a + b", [("arithmetic", "x = a - b")]),
        ("x = «é» * b".replace("«é»", "'é'"), [("arithmetic", "x = 'é' // b")]),
        ("x -= y", [("arithmetic", "x += y")]),
        ("x = a if b else c", [("branches swapped", "x = a if (not (b)) else c")]),
        ("x = a if b is c else d", [("comparison", "x = a if b is not c else d")]),
        ("if a:\n    b()", [("branches swapped", "if (not (a)):"), ("call dropped", "pass")]),
        ("if not a:\n    b()", [("not removed", "if a:"), ("call dropped", "pass")]),
        ("await a(b)", [("call dropped", "pass")]),
        ("raise Stale", [("refusal dropped", "pass")]),
        ("def f():\n    return a", [("None returned", "return None")]),
        ("def f():\n    return False", [("constant", "return True")]),
        ("@r.action(A, who=B)\ndef f(): ...", [("guard removed", "@r.action(A)")]),
        ("@r.text(when=b)\ndef f(): ...", [("guard removed", "@r.text()")]),
        ("@r.text(when=b, form=C)\ndef f(): ...", [("guard removed", "@r.text(form=C)")]),
    ],
)
def test_what_a_test_should_notice_is_changed(source: str, expected: list[tuple[str, str]]) -> None:
    assert changes(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        '"""Documentation."""',
        "x: Literal[1]",
        "def f(x: Literal[1]) -> Literal[2]: ...",
        "def f():\n    return",
        "def f():\n    return None",
        "assert a is not None",
        "log.info(a, count=3)",
        "x = zip(a, b, strict=True)",
        "@dataclass(frozen=True, slots=True)\nclass A: ...",
        "__slots__ = (1,)",
        "x = f'{a + 1}'",
        "x = a | b",
        "x = a ** b",
    ],
)
def test_what_nothing_hangs_on_is_left_as_it_is(source: str) -> None:
    assert changes(f"{source}\nraise Stale") == [("refusal dropped", "pass")]


def test_each_change_is_a_program() -> None:
    text = SERVICE.encode()
    mutants = mutants_of(PATH, text)
    assert len({ast.dump(ast.parse(mutant.apply(text))) for mutant in mutants}) == len(mutants) == 15
    assert len({mutant.key for mutant in mutants}) == 15


def test_only_services_and_screens_are_changed(shop: Path) -> None:
    assert mutated_modules(shop) == [PATH]
    assert mutations.ROLES < ROLES


def test_the_same_seed_draws_the_same_and_another_one_others() -> None:
    mutants = mutants_of(PATH, SERVICE.encode())
    drawn = draw(mutants, 8, seed=14)
    assert len(drawn) == 8
    assert draw(reversed(mutants), 8, seed=14) == drawn
    assert draw(mutants, 8, seed=15) != drawn


def test_what_did_not_change_stays_in_the_draw() -> None:
    longer = SERVICE.replace("def price", "def greet() -> None:\n    print(1)\n\n\ndef price").encode()
    drawn = {mutant.key for mutant in draw(mutants_of(PATH, SERVICE.encode()), 8, seed=14)}
    assert len(drawn & {mutant.key for mutant in draw(mutants_of(PATH, longer), 10, seed=14)}) == 8


def test_each_block_tells_that_it_runs() -> None:
    text = with_probes(PATH, SERVICE.encode()).decode()
    assert [block.line for block in blocks_of(PATH, SERVICE.encode())] == [11, 16, 17, 19, 24, 25]
    assert (
        "    if count > LEAST:\n        reach_of_probe('handlers/shop/service.py:17')\n        return 9 * count\n"
        in text
    )
    assert text.index("from __future__") < text.index("from tools.mutants.probe import reach as") < text.index("LEAST")


def test_the_nearest_tests_are_tried_first_and_then_the_fastest() -> None:
    mutant = next(mutant for mutant in mutants_of(PATH, SERVICE.encode()) if mutant.line == 17)
    block = frozenset({"handlers/shop/service.py:17"})
    slow = ReachingTest("tests/shop/test_prices.py::test_slow", 2, block)
    fast = ReachingTest("tests/shop/test_prices.py::test_fast", 1, block)
    far = ReachingTest("tests/scenarios/test_life.py::test_far", 0.5, block)
    other = ReachingTest("tests/shop/test_prices.py::test_other", 0.1, frozenset())
    assert select_tests(mutant, [far, other, slow, fast]) == [fast, slow, far]


def test_what_runs_at_import_is_tried_on_all_tests_of_the_capability_and_of_roles() -> None:
    [mutant] = [mutant for mutant in mutants_of(PATH, SERVICE.encode()) if mutant.line == 5]
    own = ReachingTest("tests/shop/test_prices.py::test_own", 2, frozenset())
    roles = ReachingTest("tests/security/test_roles.py::test_roles", 1, frozenset())
    runs = ReachingTest("tests/scenarios/test_life.py::test_runs", 3, frozenset({"handlers/shop/service.py:17"}))
    other = ReachingTest("tests/scenarios/test_life.py::test_other", 0.1, frozenset({"handlers/shop/store.py:1"}))
    assert select_tests(mutant, [runs, other, roles, own]) == [roles, own, runs]


def test_a_strong_test_kills_and_a_weak_one_lets_survive(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"{PATH}:{line}" for line in (5, 11)]
    assert main(["--root", str(shop), "--processes", "1", "--only", *lines]) == 1
    output = capsys.readouterr().out
    assert "left out, as it fails anyway: tests/shop/test_broken.py::test_fails_anyway\n" in output
    assert f"killed   {PATH}:5: constant  tests/shop/test_prices.py::test_many_cost_less[4-36]\n" in output
    assert (
        f"survived {PATH}:11: comparison\n    - adult = age >= ADULT\n    + adult = age > ADULT\n    (tests tried: 1)\n"
    ) in output
    assert "survived    1 (at most 0)" in output
    assert (shop / PATH).read_text(encoding="utf-8") == SERVICE


def test_what_never_ends_counts_as_killed(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.mutants.trials._START", 2)
    assert main(["--root", str(shop), "--processes", "1", "--only", f"{PATH}:24"]) == 0
    assert "of these by a timeout 1\n" in capsys.readouterr().out


def test_only_files_of_tests_that_changed_run_again(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--root", str(shop), "--processes", "1", "--only", f"{PATH}:11"]
    main(command)
    (shop / "tests" / "shop" / "test_buying.py").write_text(
        f"{WEAK}\ndef test_the_young_may_not():\n    assert may_buy(18) is True\n    assert may_buy(17) is False\n"
    )
    capsys.readouterr()
    main(command)
    output = capsys.readouterr().out
    assert "1 files of tests show what they reach" in output
    assert f"killed   {PATH}:11: comparison" in output


def test_of_one_capability_its_own_tests_run_and_no_other(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "tests" / "street").mkdir()
    (shop / "tests" / "street" / "test_street.py").write_text("def test_nothing():\n    pass\n")
    assert main(["--root", str(shop), "--processes", "1", "--only", "shop", "--count", "2", "--seed", "1"]) in (0, 1)
    output = capsys.readouterr().out
    assert "2 of 15 mutants, seed 1\n3 files of tests show what they reach" in output
    assert main(["--root", str(shop), "--only", "shop", "--list", "--count", "99"]) == 0
    assert len(capsys.readouterr().out.split(str(PATH))) - 1 == 15


def test_a_place_where_nothing_can_be_changed_is_refused(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--root", str(shop), "--only", f"{PATH}:1"])
    assert "there is nothing to change" in capsys.readouterr().err


def test_what_is_drawn_can_be_looked_at_first(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(shop), "--list", "--only", f"{PATH}:5"]) == 0
    assert capsys.readouterr().out == f"{PATH}:5: constant\n    - LEAST = 3\n    + LEAST = 4\n"
    assert main(["--root", str(shop), "--list", "--kind", "refusal dropped"]) == 0
    assert capsys.readouterr().out == f"{PATH}:19: refusal dropped\n    - raise ValueError\n    + pass\n"
