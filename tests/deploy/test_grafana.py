"""The board for Grafana asks for numbers that the program keeps, by labels that these have, and for all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot import metrics
from tests.measured import measuring, read

ROOT = Path(__file__).parents[2]
BOARD: Mapping[str, Any] = json.loads((ROOT / "deploy/grafana.json").read_text(encoding="utf-8"))
ALERTS = re.findall(r"^\| `(.*rencontres_.*|.*process_.*)` \|", (ROOT / "docs/hebergement.md").read_text("utf-8"), re.M)
"""The conditions that the manual for hosting gives for alerts."""
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
KINDS = {instrument.name: type(instrument) for instrument in metrics.INSTRUMENTS}
GIVEN = {"job", "instance"}
"""The labels that Prometheus adds by itself."""
_METRIC = re.compile(r"\b(?:rencontres|process)_\w+")
_ENDING = re.compile(r"_(bucket|sum|count)$")
_BY = re.compile(r"by \(([\w, ]+)\)")
_SELECTED = re.compile(r'(\w+)\s*(?:=~|!=|=)\s*"([^"]*)"')


def expressions() -> Iterator[str]:
    for panel in PANELS:
        yield from (target["expr"] for target in panel["targets"])


def labels() -> dict[str, set[str]]:
    """The labels of each number, by its name: our own, and those that the library keeps of the process."""
    known = {instrument.name: {*instrument.labels} for instrument in metrics.INSTRUMENTS}
    with measuring():
        of_the_process = {str(name) for name, *_labels in read(metrics.exposition().decode())}
    known |= {name: set() for name in of_the_process if name.startswith("process_")}
    return known


@pytest.mark.parametrize("expression", [*expressions(), *ALERTS])
def test_each_panel_and_each_alert_asks_for_numbers_and_labels_that_there_are(expression: str) -> None:
    known = labels()
    names = _METRIC.findall(expression)
    assert names
    for name in names:
        times = KINDS.get(_ENDING.sub("", name)) is metrics.Times
        plain = _ENDING.sub("", name) if times else name
        assert plain in known, name
        assert times == (name != plain), f"{name} has classes, and is asked for as {name}"
        grouped = {label.strip() for group in _BY.findall(expression) for label in group.split(",")}
        selected = {label for label, _value in _SELECTED.findall(expression)}
        assert grouped | selected <= known[plain] | GIVEN | ({"le"} if times else set())


def test_the_manual_gives_conditions_for_alerts() -> None:
    assert len(ALERTS) == 8


def test_every_number_of_the_program_is_on_the_board() -> None:
    asked = {_ENDING.sub("", name) for expression in expressions() for name in _METRIC.findall(expression)}
    assert {instrument.name for instrument in metrics.INSTRUMENTS} <= asked


def test_outcomes_that_are_picked_out_are_those_that_are_counted() -> None:
    picked = {
        word
        for expression in expressions()
        for label, value in _SELECTED.findall(expression)
        if label == "outcome"
        for word in value.split("|")
    }
    assert picked == {"failed", "not_saved", "done"}
    assert all(word in metrics.UPDATES.meaning for word in picked)


def test_panels_stand_side_by_side_within_the_width_of_the_board() -> None:
    squares = [
        (x, y)
        for place in (panel["gridPos"] for panel in BOARD["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(squares) == len(set(squares))
    assert {x for x, _y in squares} == set(range(24))
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
