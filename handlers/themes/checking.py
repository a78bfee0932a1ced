"""What `rencontres check` checks about themes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.config.findings import Finding
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.themes import store
from handlers.themes.model import Theme
from handlers.themes.settings import ThemeSettings

_SUBJECT = "themes"


async def check(tx: Transaction | None, settings: Settings) -> Sequence[Finding]:
    """Check the themes: their texts in each language, the counts of taken seats, and the deadline.

    The themes are those in the database, or of config.toml if `tx` is None or the database has none. Returns a finding
    for each result.
    """
    stored = await store.all_themes(tx) if tx else ()
    findings = list(_check_texts(stored or settings.all_of(ThemeSettings), settings.gathering.locales))
    choices = await store.count_choices(tx) if tx else {}
    return [*_check_seats(stored, choices), *_check_deadline(settings), *findings]


def _check_deadline(settings: Settings) -> Iterator[Finding]:
    deadline, gathering = settings.gathering.deadline, settings.gathering
    if deadline is not None and deadline > gathering.closes:
        detail = f"theme_deadline is after the gathering, whose last day is {gathering.ends:%Y-%m-%d}"
        yield Finding("warning", _SUBJECT, detail, "set theme_deadline in config.toml to a time before its first day")


def _check_seats(themes: Sequence[Theme], choices: Mapping[str, int]) -> Iterator[Finding]:
    for theme in themes:
        if theme.taken != (count := choices.get(theme.key, 0)):
            detail = f"{theme.key} counts {theme.taken} places taken, but is chosen by {count}"
            yield Finding(
                "failed", _SUBJECT, detail, f"stop the bot, back up, then run in the database: {store.RECOUNT}"
            )


def _check_texts(themes: Sequence[Theme | ThemeSettings], locales: Sequence[str]) -> Iterator[Finding]:
    if not themes:
        yield Finding("failed", _SUBJECT, "there are none", "add [[themes]] to config.toml, or add one in chat")
        return
    for what, state in (("title", "failed"), ("description", "warning")):
        lacking = {
            theme.key: [locale for locale in locales if not getattr(theme, what).get(locale)] for theme in themes
        }
        for key, missing in lacking.items():
            if missing:
                detail = f"{key} has no {what} in {', '.join(missing)}"
                yield Finding("failed" if state == "failed" else "warning", _SUBJECT, detail, "add it")
    yield Finding("ok", _SUBJECT, ", ".join(theme.key for theme in themes))
