"""What `rencontres check` asks of the themes."""

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
    """Whether there are themes, described in each language, whose places taken are as many as people chose them.

    Those in use, or those that the first start makes.
    """
    stored = await store.all_themes(tx) if tx else ()
    findings = list(_findings(stored or settings.all_of(ThemeSettings), settings.gathering.locales))
    chosen = await store.count_choices(tx) if tx else {}
    return [*_miscounted(stored, chosen), *findings]


def _miscounted(themes: Sequence[Theme], chosen: Mapping[str, int]) -> Iterator[Finding]:
    for theme in themes:
        if theme.taken != (count := chosen.get(theme.key, 0)):
            detail = f"{theme.key} counts {theme.taken} places taken, but is chosen by {count}"
            yield Finding(
                "failed", _SUBJECT, detail, f"stop the bot, back up, then run in the database: {store.RECOUNT}"
            )


def _findings(offered: Sequence[Theme | ThemeSettings], locales: Sequence[str]) -> Iterator[Finding]:
    if not offered:
        yield Finding("failed", _SUBJECT, "there is none", "add [[themes]] to config.toml, or one in chat")
        return
    for what, state in (("title", "failed"), ("description", "warning")):
        lacking = {
            theme.key: [locale for locale in locales if not getattr(theme, what).get(locale)] for theme in offered
        }
        for key, missing in lacking.items():
            if missing:
                detail = f"{key} has no {what} in {', '.join(missing)}"
                yield Finding("failed" if state == "failed" else "warning", _SUBJECT, detail, "complete it")
    yield Finding("ok", _SUBJECT, ", ".join(theme.key for theme in offered))
