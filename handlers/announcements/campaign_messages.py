"""A copy of a campaign, as one reader gets it: the words, how long there is left, what to press, or that it is over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bot.content.actions import Action
from bot.content.texts import Countdown, Localised, Moment, Reader, Span, Strong, _, plain
from bot.content.views import Button, Share, View
from handlers.announcements.content_store import ELSE, Content, Lines


@dataclass(frozen=True, slots=True)
class DidIt(Action):
    """Say that one has done what a campaign asks for; `reminded`: a reminder asked."""

    code: ClassVar[str] = "kpd"
    campaign: int
    reminded: bool


@dataclass(frozen=True, slots=True)
class PassOn(Action):
    """Get the words and the address of a campaign, to be passed on."""

    code: ClassVar[str] = "kpp"
    campaign: int


def draw(content: Content, lines: Lines, *, done: bool = False) -> View:
    """The copy that says these lines; `done`: its reader said so, and is not asked again."""
    apart = ("",) if lines else ()
    if content.kind == "ended campaign" or content.deadline is None:
        return View((*lines, *apart, Strong(OVER)), attachments=content.attachments)
    left = (Strong(Countdown(content.deadline)), _("Until {deadline}.", deadline=Moment(content.deadline)))
    return View((*lines, *apart, *left), buttons(content, done=done), attachments=content.attachments)


def remind(content: Content) -> View:
    """The reminder: what it is about, and how long there is left."""
    assert content.deadline is not None
    left = (Strong(Countdown(content.deadline)), _("Until {deadline}.", deadline=Moment(content.deadline)))
    return View((gist(content), *left), buttons(content, reminded=True))


def end(reminder: View) -> View:
    """What a reminder says once the deadline has passed: what it was about, and that it is over."""
    return replace(reminder, lines=(reminder.lines[0], Strong(OVER)), buttons=(), choice=None)


def buttons(content: Content, *, done: bool = False, reminded: bool = False) -> tuple[Button, ...]:
    """The link, passing it on, and saying that it is done."""
    found: list[Button] = []
    if content.link:
        share = Share(gist(content), content.link.url)
        found += [
            Button(content.link.label, url=content.link.url),
            Button(_("Pass it on"), PassOn(content.announcement_id), share=share),
        ]
    if not done:
        found.append(Button(_("It is done"), DidIt(content.announcement_id, reminded)))
    return tuple(found)


def gist(content: Content) -> Span:
    """A campaign in a line: the first of its words, in each language it has."""
    found = {locale: _first_line(content, locale) for locale in content.words}
    first = found.get(ELSE) or next(iter(found.values()), "")
    return Localised({ELSE: first, **{locale: line for locale, line in found.items() if locale and line}})


def _first_line(content: Content, locale: str) -> str:
    reader = Reader(locale or "fr", "UTC")
    return next((said for line in content.words[locale] if (said := plain(line, reader).strip())), "")


OVER = _("It is over. Thank you for your help!")
"""What is said of a campaign once its deadline has passed."""
