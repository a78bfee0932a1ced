"""What becomes of what people type is told as it is: a dozen lines, each with an outcome that is plain to see."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.words import COLUMNS, ROWS, play, read_table, told_figures
from tests.words.outcomes import OUTCOMES

_LINES = (
    ("à l'aide", "fr", "distress", "", "phase2"),
    ("help me please", "en", "distress", "", "none"),
    ("ruft einen krankenwagen", "de", "distress", "", "phase1"),
    ("Une bibliothèque d'outils tenue par les voisins du quartier", "fr", "idea", "", "phase3"),
    ("Ein Bus, der abends alle Dörfer im Tal anfährt", "de", "idea", "", "phase1"),
    ("Tool libraries could open on market days in every village", "en", "idea", "", "phase4"),
    ("programme", "fr", "mine", "programme", "none"),
    ("my group", "en", "mine", "group", "phase2"),
    ("mein thema", "de", "mine", "room", "none"),
    ("le code wifi ?", "fr", "practical", "wifi", "none"),
    ("wo sind die toiletten?", "de", "practical", "toilets", "none"),
    ("où est la pharmacie ?", "fr", "practical", "meals", "none"),
)
"""Two of them name another topic than the one they ask for: their answers must count as wrong."""
_MATRIX = {
    "distress": {"distress": 3},
    "idea": {"idea": 3},
    "mine": {"mine": 2, "mine wrong": 1},
    "practical": {"practical": 2, "practical wrong": 1},
}


def _table(folder: Path, *lines: tuple[str, ...]) -> Path:
    file = folder / "words.tsv"
    file.write_text("".join("\t".join(fields) + "\n" for fields in (COLUMNS, *lines)), encoding="utf-8")
    return file


async def test_lines_count_by_what_became_of_them(tmp_path: Path) -> None:
    matrix, missed = await play(read_table(_table(tmp_path, *_LINES)))
    assert matrix == {row: dict.fromkeys(OUTCOMES, 0) | _MATRIX.get(row, {}) for row in ROWS}, "\n".join(missed)
    assert [line.partition(":")[0] for line in missed] == ["10", "13"]
    assert "own affairs answered wrong                      1 of 3     33.3%  (≤ 3.0%)  MISSED" in told_figures(matrix)


async def test_a_line_meets_nothing_of_the_lines_before(tmp_path: Path) -> None:
    again = [("help me", "en", "distress", "", "phase1"), ("A tool library", "en", "idea", "", "phase1")] * 12
    matrix, _missed = await play(read_table(_table(tmp_path, *again)))
    assert (matrix["distress"]["distress"], matrix["idea"]["idea"]) == (12, 12)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (("hi", "es", "social", "", "none"), "line 2: unknown lang 'es'"),
        (("hi", "en", "chatter", "", "none"), "line 2: unknown label 'chatter'"),
        (("hi", "en", "social", "", "phase5"), "line 2: unknown state 'phase5'"),
        (("hi", "en", "social"), "line 2: 3 fields instead of 5"),
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: tuple[str, ...], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_table(_table(tmp_path, line))
