"""What the sheets of the workbook are called, and their columns, each with its width in characters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.content.texts import Text, _
from handlers.syntheses.messages import CARD_LABELS, LABELS
from handlers.syntheses.model import CANVAS, CARD_FIELDS

Column = tuple[Text, int]

_WIDE, _USUAL, _NARROW = 60, 24, 12

NAMES: Mapping[str, Text] = {
    "groups": _("Groups"),
    "people": _("People"),
    "ideas": _("Ideas"),
    "challenges": _("Challenges"),
    "solutions": _("Solutions"),
    "cards": _("Territory cards"),
    "syntheses": _("Syntheses"),
    "aside": _("Kept aside"),
    "phases": _("Phases"),
    "files": _("Files"),
}
_GROUP: Column = (_("Group"), _USUAL)
_THEME: Column = (_("Theme"), _USUAL)
_PHASE: Column = (_("Phase"), _USUAL)
_TERRITORY: Column = (_("Territory"), _USUAL)
_VERSION: Sequence[Column] = (
    (_("Version"), _NARROW),
    (_("Written by"), _USUAL),
    (_("Opinions"), _USUAL),
    (_("When"), _USUAL),
)
GROUPS: Sequence[Column] = (
    *(_GROUP, _THEME, (_("Number"), _NARROW), (_("Name"), _USUAL), (_("Day"), _USUAL), (_("Room"), _USUAL)),
    *((_("Members"), _WIDE), (_("Ideas"), _NARROW), (_("Challenge"), _WIDE), (_("Solution"), _WIDE)),
    (_("Squares filled"), _NARROW),
)
PEOPLE: Sequence[Column] = ((_("Person"), _USUAL), _TERRITORY, _THEME, _GROUP)
IDEAS: Sequence[Column] = (
    *((_("Number"), _NARROW), _GROUP, _THEME, _PHASE, (_("Idea"), _WIDE), (_("From"), _USUAL), _TERRITORY),
    *((_("Kind"), _NARROW), (_("Votes"), _NARROW), (_("Builds on"), _NARROW), (_("Merged into it"), _WIDE)),
    *((_("Files"), _NARROW), (_("When"), _USUAL)),
)
ASIDE: Sequence[Column] = (
    *((_("Number"), _NARROW), (_("Why"), _USUAL), _GROUP, _THEME, _PHASE, (_("Idea"), _WIDE), (_("From"), _USUAL)),
    *(_TERRITORY, (_("Files"), _NARROW), (_("When"), _USUAL)),
)
CHALLENGES: Sequence[Column] = (_GROUP, (_("Challenge"), _WIDE), (_("Runners-up"), _WIDE), *_VERSION)
SOLUTIONS: Sequence[Column] = (_GROUP, *((LABELS[name], _WIDE) for name in ("idea", *CANVAS)), *_VERSION)
SYNTHESES: Sequence[Column] = (_GROUP, _PHASE, (_("Synthesis"), _WIDE), *_VERSION)
CARDS: Sequence[Column] = (
    *(_TERRITORY, _GROUP, *((CARD_LABELS[name], _WIDE) for name in CARD_FIELDS)),
    (_("Written by"), _USUAL),
)
PHASES: Sequence[Column] = (
    *(_GROUP, _PHASE, (_("Began"), _USUAL), (_("Ended"), _USUAL), (_("Ideas"), _NARROW)),
    (_("Votes"), _NARROW),
)
FILES: Sequence[Column] = (
    *((_("File"), _USUAL), _GROUP, (_("Idea"), _NARROW), _PHASE, (_("Type"), _USUAL)),
    (_("Bytes"), _NARROW),
)
