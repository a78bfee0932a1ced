"""Updates or checks the list of payloads' fields, tests/conversation/payloads.tsv: `python -m tools.payloads update`.

Old messages contain payloads for a long time, so `update` adds lines for new codes, and never changes or removes a
line. Like `check`, it fails if the program's payloads no longer agree with a line.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.capability import make_router
from bot.content.roles import Required, Role
from bot.conversation.new_browsers import may_change
from bot.conversation.router import Router
from handlers.navigation.changes import inverses
from tools.map import load_capabilities

GOLDEN = Path(__file__).parents[1] / "tests" / "conversation" / "payloads.tsv"
"""The list: a line for each code with what payloads begin with it, who may use it, its fields, and other properties."""


def declared(router: Router) -> list[str]:
    """Return every code of the program as a line of tests/conversation/payloads.tsv, sorted."""
    lines = []
    for code, (action, route) in router.codes.items():
        kind = "choice" if route.picked is not None else "form" if route.form else "press"
        may = {
            "linkable": route.linkable,
            "in a new browser": may_change(route.handler),
            "hears": route.hears is not None,
            "sent with a press": route.sent_with_press,
            "timed": action.lasts is not None,
        }
        carried = " ".join(kind.__name__ for kind in action.kinds())
        flags = ", ".join(flag for flag, is_set in may.items() if is_set)
        lines.append("\t".join((code, kind, _named(route.who), carried, flags)))
    for code, (action, _inverse, who) in inverses.codes.items():
        carried = " ".join(kind.__name__ for kind in action.kinds())
        lines.append("\t".join((code, "undo", _named(who), carried, "")))
    return sorted(lines)


def _named(who: Required) -> str:
    return who.key if isinstance(who, Role) else who.name.lower()


def _code_and_kind(line: str) -> tuple[str, ...]:
    """Return what a line is about: a press and what undoes a change may have the same code."""
    return tuple(line.split("\t")[:2])


def differences(listed: Sequence[str], now: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the lines to add to the list of payloads, and the problems: each code that changed or disappeared.

    `listed` are the lines that the list has, `now` the lines for the present program.
    """
    present = {_code_and_kind(line): line for line in now}
    before = {_code_and_kind(line): line for line in listed}
    wrong = [
        f"«{line}» is «{present[code]}» now" if code in present else f"«{line}» is gone"
        for code, line in before.items()
        if present.get(code) != line
    ]
    return [line for code, line in present.items() if code not in before], wrong


def main(arguments: Sequence[str] | None = None, golden: Path = GOLDEN) -> int:
    """Update or check the list of payloads' fields in the file `golden`, as the command line asks.

    Returns 1, and prints why, if a code changed or disappeared or, for `check`, is not listed; else 0.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.payloads", description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("update", "check"))
    command = parser.parse_args(arguments).command
    listed = golden.read_text("utf-8").splitlines()
    new, wrong = differences(listed, declared(make_router([*load_capabilities().values()])))
    for line in wrong:
        print(f"{line}: a button in people's chats would no longer work")
    if command == "check":
        for line in new:
            print(f"«{line}» is not listed: python -m tools.payloads update")
        return int(bool(new or wrong))
    if not wrong:
        golden.write_text("".join(f"{line}\n" for line in sorted([*listed, *new])), "utf-8")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
