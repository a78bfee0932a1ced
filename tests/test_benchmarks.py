"""Benchmarks have one way in, which lists them; how fast things are is not asserted here."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import benchmarks, main

CONTRIBUTING = Path(__file__).parents[1] / "CONTRIBUTING.md"


def test_without_a_name_each_is_listed_with_its_first_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    main()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [name for name, _sentence in benchmarks()]


def test_contributing_names_each_of_them() -> None:
    named = re.findall(r"`python -m benchmarks (\w+)", CONTRIBUTING.read_text(encoding="utf-8"))
    assert set(named) - {"NAME"} == {name for name, _sentence in benchmarks()}


def test_a_name_that_is_none_is_refused_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmarks", "speed"])
    with pytest.raises(SystemExit, match=r"There is no benchmark 'speed'\. There are: bounces, broadcast, desk"):
        main()
