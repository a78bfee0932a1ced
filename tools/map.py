"""Lists what capabilities use (names, codes, numbers) and what is free, for developers: `python -m tools.map`.

It is read from what the capabilities declare when they are loaded.
"""

from __future__ import annotations

import string
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice, product

from bot.capability import Capability, load, make_router
from bot.content.i18n import LOCALES
from bot.conversation import dialogues, hearing
from bot.conversation.router import Router, ways
from bot.conversation.routes import Go
from bot.database.schema import migrations
from handlers import CAPABILITIES
from handlers.navigation.changes import inverses

Rows = Sequence[tuple[str, str]]
"""Lines of a section: what is in use, and the capability that uses it."""

_SHOWN = 12
"""How many free codes are printed."""


def load_capabilities() -> Mapping[str, Capability]:
    """Load all capabilities of this checkout, and return them by name."""
    return dict(zip(CAPABILITIES, load(CAPABILITIES), strict=True))


def taken_codes(router: Router) -> Mapping[str, str]:
    """Return, by code at the beginning of payloads, who declares it; codes that undo changes are included."""
    undoing = {code: inverse for code, (_action, inverse, _who) in inverses.codes.items()}
    pressed = {code: route.handler for code, (_action, route) in router.codes.items()}
    return {code: _owner(declared) for code, declared in {**pressed, **undoing}.items()}


def free_codes(taken: Collection[str]) -> Iterator[str]:
    """Yield each pair of letters with which no code begins, so that a new capability's codes can begin with it."""
    starts = {code[:2] for code in (*taken, *dialogues.CODES, *hearing.CODES, Go.code)}
    yield from ("".join(pair) for pair in product(string.ascii_lowercase, repeat=2) if "".join(pair) not in starts)


def next_migration() -> int:
    """Return the number of the next migration; numbers are shared by the folders of all capabilities."""
    return max(migration.number for migration in migrations()) + 1


def sections(capabilities: Mapping[str, Capability]) -> Iterator[tuple[str, Rows]]:
    """Yield the heading and the lines of each section of the map, for capabilities by name."""
    router = make_router(list(capabilities.values()))
    codes = taken_codes(router)
    owners = dict.fromkeys(sorted(codes.values()))
    yield "codes", [(" ".join(sorted(code for code in codes if codes[code] == owner)), owner) for owner in owners]
    yield from _orders(capabilities)
    commands = [
        (dict.fromkeys((command.name, *command.names.values(), *command.aliases)), _owner(command.route.handler))
        for command in router.commands.values()
    ]
    yield "commands", [(" ".join(f"/{word}" for word in words), owner) for words, owner in commands]
    for locale in LOCALES:
        said = ((", ".join(ways(each.words, locale)), _owner(each.route.handler)) for each in router.plain_words)
        yield f"plain words ({locale})", sorted(said)
    yield "kinds of jobs", sorted((kind, _owner(job.finish)) for kind, job in router.jobs.items())
    yield "live screens", sorted((kind, _owner(screen.draw)) for kind, screen in router.live.items())
    yield "topics", sorted((topic.key, name) for name, each in capabilities.items() for topic in each.topics)
    yield "migrations", [(each.file.name, each.capability or "bot") for each in migrations()]


def _orders(capabilities: Mapping[str, Capability]) -> Iterator[tuple[str, Rows]]:
    """The orders of the parts of each shared screen, with the section in which they stand."""
    for screen in ("home", "menu", "group", "organiser_home"):
        parts = [(part, name) for name, capability in capabilities.items() for part in getattr(capability, screen)]
        placed = [
            ((part.section.order, part.section.name) if part.section else (0, ""), part, name) for part, name in parts
        ]
        placed.sort(key=lambda each: (each[0], each[1].order))
        yield f"orders on {screen}", [(f"{section} {part.order}".strip(), name) for (_, section), part, name in placed]


def _owner(declared: object) -> str:
    """The capability that declares a function; the module for one of the engine."""
    package, _, rest = declared.__module__.partition(".")
    return rest.split(".")[0] if package == "handlers" else declared.__module__


def main() -> int:
    """Print which names, codes and numbers capabilities use, and which are free."""
    capabilities = load_capabilities()
    for heading, rows in sections(capabilities):
        print(f"\n{heading}")
        for taken, owner in rows:
            print(f"  {owner:<14} {taken}")
    codes = taken_codes(make_router(list(capabilities.values())))
    print(f"\nfree codes: {' '.join(islice(free_codes(codes), _SHOWN))} …\nnext migration: {next_migration():03}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
