"""What the weights of words are worth: `python -m tools.word_measures` scores lines that they never saw.

It prints a matrix of labels, what becomes of the lines by `bot/conversation/deciding.py`, and how many cries and other
lines lie above a likelihood. `--writers` trains without each writer in turn and measures on this one, then with a
quarter, a half and all of the writers: some minutes. `--misses FILE` writes down each line that is taken wrongly.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.conversation.deciding import Decision, decide
from bot.conversation.likelihood import Model, parse_model, shipped_model
from tools.train_words import LABELS, TABLE, URGENT, Line, read_lines, train, training_files

ANSWER = "idea"
LIGHT = ("team", "confused", "social")
NO_PHASE = "none"
_CURVE = (0.03, 0.06, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Scored:
    """A line, how likely each label is for it, and what was decided."""

    line: Line
    likelihoods: dict[str, float]
    decision: Decision

    @property
    def label(self) -> str:
        """The likeliest label."""
        return max(self.likelihoods, key=lambda label: self.likelihoods[label])

    @property
    def cry(self) -> float:
        """How likely a cry is."""
        return self.likelihoods[URGENT]


def score(lines: Iterable[Line], model: Model) -> list[Scored]:
    """Score lines, and decide what becomes of each in the phase that ran, as the bot does."""
    return [_scored(line, dict(model.likelihood(line.text))) for line in lines]


def _scored(line: Line, likelihoods: dict[str, float]) -> Scored:
    in_phase = line.state != NO_PHASE
    decision = decide(
        likelihoods,
        urgent=URGENT,
        answer=ANSWER if in_phase else None,
        light=LIGHT,
        unheard=() if in_phase else (ANSWER,),
    )
    return Scored(line, likelihoods, decision)


def held_out(prefix: str, folder: Path = TABLE) -> list[Line]:
    """The lines of all files that begin so, which the weights never saw."""
    return [line for path in sorted(folder.glob(f"{prefix}*.tsv")) for line in read_lines(path)]


def share(scored: Sequence[Scored], *decisions: Decision) -> float:
    """Which part of lines was decided so, from 0 to 1; 0 of none."""
    return sum(one.decision in decisions for one in scored) / max(1, len(scored))


@dataclass(frozen=True, slots=True)
class Figures:
    """What becomes of lines, each from 0 to 1."""

    at_once: float
    """Of cries: those that are answered as such at once."""
    met: float
    """Of cries: those that are answered so, or asked about."""
    as_answer: float
    """Of cries: those taken as an answer without a question."""
    as_other: float
    """Of cries: those taken as anything else without a question."""
    answers: float
    """Of answers in a phase: those taken without a question."""
    alarmed: dict[str, float]
    """Of each other label: those answered as a cry at once."""
    asked: dict[str, float]
    """Of each other label: those asked about as if they might be a cry."""


def figures(scored: Sequence[Scored]) -> Figures:
    """Count what becomes of lines."""
    by_label = {label: [one for one in scored if one.line.label == label] for label in LABELS}
    cries = by_label[URGENT]
    at_once, asked = Decision(URGENT, sure=True), Decision(URGENT, sure=False)
    others = [label for label in LABELS if label != URGENT]
    in_phase = [one for one in by_label[ANSWER] if one.line.state != NO_PHASE]
    return Figures(
        at_once=share(cries, at_once),
        met=share(cries, at_once, asked),
        as_answer=share(cries, Decision(ANSWER, sure=True)),
        as_other=share(cries, *(Decision(label, sure=True) for label in others if label != ANSWER)),
        answers=share(in_phase, Decision(ANSWER, sure=True)),
        alarmed={label: share(by_label[label], at_once) for label in others},
        asked={label: share(by_label[label], asked) for label in others},
    )


def told(scored: Sequence[Scored]) -> Iterator[str]:
    """Say what becomes of lines, a line each."""
    counted = figures(scored)
    cries = max(1, sum(one.line.label == URGENT for one in scored))
    yield (
        f"cries {cries}: at once {counted.at_once:.1%}, with those asked about {counted.met:.1%}; per 150 of them "
        f"taken as an idea {150 * counted.as_answer:.2f}, as anything else {150 * counted.as_other:.2f}"
    )
    yield f"ideas in a phase taken unasked: {counted.answers:.1%}"
    yield "taken for a cry at once: " + ", ".join(f"{label} {part:.1%}" for label, part in counted.alarmed.items())
    yield "asked about: " + ", ".join(f"{label} {part:.1%}" for label, part in counted.asked.items())


def matrix(scored: Sequence[Scored]) -> Iterator[str]:
    """The likeliest labels (across) of the lines of each label (down)."""
    yield f"{'':10}" + "".join(f"{label:>10}" for label in LABELS)
    for label in LABELS:
        found = [one.label for one in scored if one.line.label == label]
        yield f"{label:10}" + "".join(f"{found.count(other):10}" for other in LABELS)
    yield f"right: {sum(one.label == one.line.label for one in scored) / max(1, len(scored)):.1%} of {len(scored)}"


def curve(scored: Sequence[Scored]) -> Iterator[str]:
    """Which part of each label lies at or above a likelihood of a cry."""
    yield f"{'p(cry)':10}" + "".join(f"{label:>10}" for label in LABELS)
    for bound in _CURVE:
        parts = []
        for label in LABELS:
            values = [one.cry for one in scored if one.line.label == label]
            parts.append(sum(value >= bound for value in values) / max(1, len(values)))
        yield f">= {bound:<7}" + "".join(f"{part:10.1%}" for part in parts)


def misses(scored: Sequence[Scored]) -> Iterator[str]:
    """Each cry that is not answered at once, and each other line that is, with its likelihoods; the worst first."""
    cries = [one for one in scored if one.line.label == URGENT and one.decision != Decision(URGENT, sure=True)]
    alarms = [one for one in scored if one.line.label != URGENT and one.decision == Decision(URGENT, sure=True)]
    for title, ones in (
        ("cries", sorted(cries, key=lambda one: one.cry)),
        ("alarms", sorted(alarms, key=lambda one: -one.cry)),
    ):
        yield f"## {title}: {len(ones)}"
        for one in ones:
            said = f"{one.decision.label}{'' if one.decision.sure else '?'}"
            yield f"{one.cry:.2f}\t{one.line.label}\t{said}\t{one.line.state}\t{one.line.text}"


def without_each_writer() -> list[Scored]:
    """Score each writer's lines by weights trained on all others."""
    files = training_files()
    found: list[Scored] = []
    for file in files:
        lines = [line for path in files if path != file for line in read_lines(path)]
        found += score(read_lines(file), parse_model(train(lines, {})))
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", default="kept", help="how the names of the files begin that are scored")
    parser.add_argument("--writers", action="store_true", help="train without each writer, and with fewer")
    parser.add_argument("--misses", type=Path, help="where to write lines that are taken wrongly")
    arguments = parser.parse_args()
    lines = held_out(arguments.files)
    scored = score(lines, shipped_model())
    for say in (matrix, curve, told):
        print(*say(scored), "", sep="\n")
    wrong = [f"# {arguments.files}", *misses(scored)]
    if arguments.writers:
        each = without_each_writer()
        print("Each writer by weights of the others:", *matrix(each), *curve(each), *told(each), "", sep="\n")
        wrong += ["# each writer by the others", *misses(each)]
        files = training_files()
        for part in (len(files) // 4, len(files) // 2, len(files)):
            some = [line for path in files[-part:] for line in read_lines(path)]
            print(f"{part} writers:", *told(score(lines, parse_model(train(some, {})))), "", sep="\n")
    if arguments.misses:
        arguments.misses.write_text("\n".join(wrong) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
