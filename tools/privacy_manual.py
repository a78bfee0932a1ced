"""Writes or checks the table of the privacy manual: `python -m tools.privacy_manual update` or `check`.

It tells which personal data are stored, from where, why and for how long, as the engine and the capabilities declare
for their tables (`bot.people.declared.PersonalData.manual`). `check` compares it with docs/confidentialite.md.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.app import declared
from bot.capability import load
from bot.config.purposes import Purpose
from bot.config.settings import compose, load_sections
from bot.content.texts import Reader, Text, plain
from bot.people.declared import PersonalData
from handlers import CAPABILITIES

MANUAL = Path("docs", "confidentialite.md")
_TABLE = re.compile(r"(?<=<!-- python -m tools\.privacy_manual update -->\n).*?(?=\n<!-- -->)", re.DOTALL)
_WHILE_THERE, _UNTIL_THEN = "Reconnaître la personne et lui répondre", "jusqu'à l'effacement"
"""What is said of the engine's own tables, and of what is kept until it is erased."""


def table_of(tables: Sequence[PersonalData], purposes: Sequence[Purpose]) -> str:
    """Return the purposes and the table, as Markdown. Raises ValueError for a table without a line, or the reverse."""
    lines = [(line, data) for data in tables for line in data.manual.splitlines()]
    told = {line: set[str]() for line, _data in lines if " | " in line}
    for line, data in lines:
        whole = [each for each in told if each.startswith(line)]
        if len(whole) != 1:
            raise ValueError(f"not the beginning of exactly one line: {line}")
        told[whole[0]].add(data.purpose)
    for data in tables:
        if (data.goes or data.deleted or data.emptied or data.texts) and not data.manual:
            raise ValueError(f"the manual has no line about the table {data.table}")
    rows = [_row(line, [_french(purpose.words) for purpose in purposes if purpose.key in told[line]]) for line in told]
    return "\n".join(
        (*_said(purposes), "", "| Quoi | D'où | Pourquoi | Combien de temps |", "|---|---|---|---|", *rows)
    )


def _said(purposes: Sequence[Purpose]) -> Iterator[str]:
    for purpose in purposes:
        yield f"- **{_french(purpose.words)}** : {_french(purpose.basis)}"


def _row(line: str, purposes: Sequence[str]) -> str:
    what, source, *how_long = line.split(" | ")
    return f"| {what} | {source} | {' ; '.join(purposes) or _WHILE_THERE} | {' '.join(how_long) or _UNTIL_THEN} |"


def _french(text: Text) -> str:
    return plain(text, Reader("fr", "Europe/Paris"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table into the manual or, for `check`, return 1 if the manual has another one."""
    parser = argparse.ArgumentParser(prog="python -m tools.privacy_manual", description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("update", "check"))
    wanted = parser.parse_args(arguments)
    before = MANUAL.read_text(encoding="utf-8")
    made = table_of(declared(load(CAPABILITIES)).tables, compose(load_sections(CAPABILITIES)).purposes)
    after = _TABLE.sub(lambda _found: made, before)
    if wanted.what == "update":
        MANUAL.write_text(after, encoding="utf-8")
    elif before != after:
        print(f"{MANUAL} is not what is declared: python -m tools.privacy_manual update")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
