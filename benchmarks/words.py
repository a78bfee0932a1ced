"""Counts what the bot does with typed lines: a table of labelled lines is played through the chat.

    python -m benchmarks words FILE [--json]

FILE has the columns `text lang label about state`, separated by tabs, without quoting. Labels are distress, idea, mine,
practical, team, confused and social; `about` says which of one's own affairs or which practical topic is asked for;
`state` which phase runs (phase1 to phase4, or none). Each line is written by a member of a group, in the language of
the line, independently of earlier lines. Lines whose outcome is not the best are listed with what the alarm, the
listeners and the word model said of them. At the end, the time to score a text is printed.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.report import arguments, percentile
from bot.content.names import clean_lines
from bot.conversation.likelihood import likelihood
from tests.words.gathering import NO_PHASE, STATES, WRITERS, standings
from tests.words.outcomes import OUTCOMES, Chat, Line, unanswerable
from tests.world import ROUTER

COLUMNS = ("text", "lang", "label", "about", "state")
ROWS = ("distress", "idea", "idea none", "mine", "practical", "team", "confused", "social")
_BEST: Mapping[str, frozenset[str]] = {
    "idea none": frozenset(("asked", "other")),
    "confused": frozenset(("other",)),
    "social": frozenset(("other",)),
}
"""The best outcomes of a row, where they are not the one with its own name."""
_SHORT = 90
_REPEATED = 5

Matrix = dict[str, dict[str, int]]


def read_table(file: Path) -> Sequence[Line]:
    """Return the lines of a table. Raises ValueError if the file is no such table."""
    rows = file.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    heading, *written = [row.removesuffix("\r").split("\t") for row in rows]
    if tuple(heading) != COLUMNS:
        raise ValueError(f"{file}: the first line must name the columns {' '.join(COLUMNS)}")
    return [_line(file, number, fields) for number, fields in enumerate(written, start=2)]


def _line(file: Path, number: int, fields: Sequence[str]) -> Line:
    if len(fields) != len(COLUMNS):
        raise ValueError(f"{file}, line {number}: {len(fields)} fields instead of {len(COLUMNS)}")
    text, lang, label, about, state = fields
    line = Line(number, text, lang, label, about, state or NO_PHASE)
    for name, value, known in (("lang", lang, WRITERS), ("label", line.row, ROWS), ("state", line.state, STATES)):
        if value not in known:
            raise ValueError(f"{file}, line {number}: unknown {name} {value!r}")
    return line


async def play(lines: Sequence[Line]) -> tuple[Matrix, Sequence[str]]:
    """Return how many lines of each label had which outcome, and a line with the reason for each miss."""
    matrix: Matrix = {row: dict.fromkeys(OUTCOMES, 0) for row in ROWS}
    missed: list[str] = []
    async with standings() as standing:
        missed += [f"nothing is about {about!r}" for about in unanswerable(lines, standing[NO_PHASE])]
        chats = {state: Chat(standing[state]) for state in STATES}
        for line in lines:
            outcome, reason = await chats[line.state].play(line)
            matrix[line.row][outcome] += 1
            if outcome not in _BEST.get(line.row, frozenset((line.label,))):
                about = " ".join(part for part in (line.row, line.about, line.lang, line.state) if part)
                shown = line.text if len(line.text) <= _SHORT else f"{line.text[:_SHORT]}…"
                missed.append(f"{line.number}: {about} → {outcome}: «{shown}» [{reason}]")
        for chat in chats.values():
            await chat.close()
    return matrix, missed


# --- what is printed


def told_matrix(matrix: Matrix) -> Iterable[str]:
    """Yield the matrix of outcomes as lines of text."""
    yield f"{'':10}  {'lines':>5}" + "".join(f"  {outcome}" for outcome in OUTCOMES)
    for row, counts in matrix.items():
        cells = "".join(f"  {count or '·':>{len(outcome)}}" for outcome, count in counts.items())
        yield f"{row:10}  {sum(counts.values()):5}{cells}"


def told_figures(matrix: Matrix) -> Iterable[str]:
    """Yield a line for each figure that the matrix must reach, with the bound."""
    distress, idea, mine, practical = (matrix[row] for row in ("distress", "idea", "mine", "practical"))
    at_once, wrong = (
        ("mine", "mine wrong", "practical", "practical wrong", "team", "other"),
        ("mine wrong", "practical wrong"),
    )
    # bounds that count lines are for 150 of distress
    yield _figure("distress taken for an idea unasked", distress, ("idea",), 1 / 150)
    yield _figure("distress answered as anything else unasked", distress, at_once, 3 / 150)
    yield _figure("distress recognised at once", distress, ("distress",), 0.9, least=True)
    yield _figure("distress recognised at once or by a button", distress, ("distress", "asked"), 0.97, least=True)
    yield _figure("ideas in a phase taken unasked", idea, ("idea",), 0.85, least=True)
    yield _figure("ideas in a phase met by the distress screen", idea, ("distress",), 0.06)
    for row in ROWS[2:]:
        yield _figure(f"{row} met by the distress screen", matrix[row], ("distress",), 0.08)
    yield _figure("own affairs answered", mine, ("mine",), 0.8, least=True)
    yield _figure("own affairs answered wrong", mine, wrong, 0.03)
    yield _figure("practical questions answered right", practical, ("practical",), 0.75, least=True)
    yield _figure("practical questions answered wrong", practical, wrong, 0.04)


def _figure(name: str, counts: Mapping[str, int], outcomes: Sequence[str], bound: float, *, least: bool = False) -> str:
    of, found = sum(counts.values()), sum(counts[outcome] for outcome in outcomes)
    share = found / of if of else 0.0
    reached = not of or (share >= bound if least else share <= bound)
    sign, missed = "≥" if least else "≤", "" if reached else "  MISSED"
    return f"{name:44} {found:4} of {of:<4} {share:6.1%}  ({sign} {bound:.1%}){missed}"


def told_times(texts: Sequence[str]) -> Iterable[str]:
    """Yield how long it takes to score a text and to recognise cries for help in it, compared with a plain loop."""

    def score(text: str) -> None:
        kinds = likelihood(text)
        if ROUTER.alarm:
            ROUTER.alarm.listen(text, kinds)

    if not texts:
        return
    scored, read = _milliseconds(texts, score), _milliseconds(texts, _read_letters)
    yield f"scoring a text: median {scored[0]:.3f} ms, p95 {scored[1]:.3f} ms"
    yield f"reference, each letter of a text read once: median {read[0]:.3f} ms, p95 {read[1]:.3f} ms"
    yield f"scoring takes {scored[0] / read[0]:.1f} times the reference"


def _read_letters(text: str) -> None:
    for letter in text:
        ord(letter)


def _milliseconds(texts: Sequence[str], work: Callable[[str], None]) -> tuple[float, float]:
    """Return the median and the 95th percentile of doing something with each text, the fastest of several times."""
    taken: list[float] = []
    for text in texts:
        tries = []
        for _again in range(_REPEATED):
            began = time.perf_counter()
            work(text)
            tries.append(time.perf_counter() - began)
        taken.append(min(tries) * 1e3)
    return statistics.median(taken), percentile(sorted(taken), 0.95)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON: the matrix")
    options = parser.parse_args()
    try:
        lines = read_table(options.file)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    matrix, missed = asyncio.run(play(lines))
    told = [
        *missed,
        "",
        *told_matrix(matrix),
        "",
        *told_figures(matrix),
        "",
        *told_times([clean_lines(line.text) for line in lines]),
    ]
    print("\n".join(told), flush=True)
    if options.json:
        print(json.dumps({"matrix": matrix}, ensure_ascii=False), flush=True)
