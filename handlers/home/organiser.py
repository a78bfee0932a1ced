"""The organisers' screen: what to do next, the state of the gathering, and buttons to everything that they can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.content.errors import Stale, Unconfirmed, UserError, existing
from bot.content.texts import Listing, Span, Strong, Territory, _, _n, plain
from bot.content.views import (
    NOBODY,
    Button,
    Choice,
    JobRequest,
    Option,
    Picture,
    Reply,
    View,
    reply,
    reply_with_job,
)
from bot.conversation.parts import ask_part
from bot.conversation.routes import ANYONE, ORGANISER, NextStep, Preparation, Request, Routes, Transaction
from bot.people.listed import Gender
from bot.people.naming import on_platform
from bot.people.participants import Participant
from handlers.home.jobs import make_picture
from handlers.navigation import people_store
from handlers.navigation.actions import BACK
from handlers.navigation.assembling import Assembled, assemble, assemble_sections, next_steps
from handlers.navigation.layout import if_over
from handlers.navigation.people_store import JoinedShare

routes = Routes()

_MOST_STEPS = 3
"""The most next steps that the organisers' screen shows."""


@routes.command(
    "organiser",
    _("For the organisers"),
    names={"en": "organise", "de": "organisieren"},
    who=ANYONE,
    plain_words=_("organise, organize"),
    listed=1,
    listed_for=ORGANISER,
)
async def organise(request: Request) -> Reply:
    """Show the organisers' screen: what is missing, what takes place now, next steps, then each section with buttons.

    Raises UserError for people who are no organisers, with a button to become one if that is possible.
    """
    parts = request.shared.organiser_home
    if not request.may(ORGANISER):
        if request.lacks_here(ORGANISER):
            raise Unconfirmed
        view = await assemble(request, parts)
        raise UserError(
            _("This is for the organisers. A question? Write to the team with /equipe."), buttons=view.buttons
        )
    steps = (await next_steps(request, parts))[:_MOST_STEPS]
    missing = await _missing(request)
    sections = [_besides(shown, steps, missing) for shown in await assemble_sections(request, parts)]
    lines: list[Span] = []
    if missing:
        every = len(request.shared.to_prepare)
        # L10N: above the list of what the organisers have not prepared yet
        lines.append(Strong(_("To prepare: {done} of {every}", done=every - len(missing), every=every)))
    lines += [line for shown in sections if shown.section is None for line in shown.lines]
    if steps:
        lines.append(Strong(steps[0].line))
    elif not missing:
        lines.append(await _nothing_to_do(request))
    # L10N: on the organisers' screen, the step after the next one
    lines += [*(_("Then: {step}", step=step.line) for step in steps[1:]), ""]
    buttons = [replace(button, style="plain") for step in steps for button in step.buttons]
    buttons = [replace(button, style="primary") for button in buttons[:1]] + [
        button for button in buttons[1:] if not _is_listed(button, missing)
    ]
    for shown in sections:
        lines += [shown.summary] if shown.section and shown.lines else []
        buttons += shown.in_sight(show_organisers_section.to(shown.section.name if shown.section else ""))
    return reply(*lines, choice=_to_prepare(missing), buttons=tuple(buttons), who=ORGANISER)


async def _missing(request: Request) -> Sequence[Preparation]:
    """Return what is not prepared yet, in order; nothing once the gathering has begun."""
    if request.now >= request.settings.gathering.opens:
        return ()
    return [each for each in request.shared.to_prepare if not await ask_part(each.done, request, otherwise=False)]


def _to_prepare(missing: Sequence[Preparation]) -> Choice | None:
    options = tuple(Option(each.key, each.name) for each in missing)
    return Choice(open_missing.to(), options, placeholder=_("What is missing")) if options else None


async def _nothing_to_do(request: Request) -> Span:
    """Return the line for when no step is next: until everybody has joined, it only says that nothing is urgent."""
    people = await people_store.turnout(request.tx)
    if request.gathering_is_over or (people.joined and not people.invited):
        return _("There is nothing to do right now.")
    return _("Nothing is urgent right now.")


@routes.pick("hp", who=ORGANISER, sent_with_press=False)
async def open_missing(request: Request, key: str) -> Reply:
    """Open the screen on which organisers prepare something that their home screen lists as missing.

    `key` says what. Raises Stale if nothing that the program offers has this key.
    """
    found = existing(next((each for each in request.shared.to_prepare if each.key == key), None))
    return reply(then=found.opens)


def _is_listed(button: Button, missing: Sequence[Preparation]) -> bool:
    """Return whether a line of the list of what is missing leads where a button does."""
    return any(button.action in (each.opens, *each.also) for each in missing)


def _besides(shown: Assembled, steps: Sequence[NextStep], missing: Sequence[Preparation]) -> Assembled:
    """Return a section without the lines and buttons that the screen shows already.

    They are among the next steps, or in the list of what is `missing`.
    """
    lines = [step.line for step in steps]
    actions = [button.action for step in steps for button in step.buttons]
    return replace(
        shown,
        lines=tuple(line for line in shown.lines if line not in lines),
        buttons=tuple(
            button for button in shown.buttons if button.action not in actions and not _is_listed(button, missing)
        ),
    )


@routes.press("ho", who=ORGANISER)
async def show_organisers_section(request: Request, section: str) -> Reply:
    """Show all lines and buttons of one section of the organisers' screen; `section` is the section's name."""
    parts = request.shared.organiser_home
    named = [part for part in parts if part.section and part.section.name == section]
    for shown in await assemble_sections(request, named):
        if shown.section:
            again = show_organisers_section.to(section)
            return reply(Strong(shown.section.heading), *shown.lines, buttons=(*shown.buttons, BACK), again=again)
    raise Stale


async def say_it_is_over(request: Request) -> View:
    """Return the line «The gathering is over.» for the organisers' screen; an empty View before the gathering's end."""
    return View(if_over(request))


# --- The figures: how many joined of those selected, by gender and by territory, as a table and as a picture.


_MOST_LINES = 12
"""The most territories in the statistics; the picture shows twice as many."""


async def offer_figures(request: Request) -> View:
    """Return the button for the statistics, for the organisers' screen; an empty View while nobody is selected."""
    people = await people_store.turnout(request.tx)
    # L10N: a button: numbers by territory, platform and gender
    return View((), (Button(_("Figures"), figures.to()),) if people.selected else ())


@dataclass(frozen=True, slots=True)
class _Shares:
    """How many of the selected people joined, by gender, and by territory with the largest first."""

    parity: Sequence[tuple[Span, JoinedShare]]
    territories: Sequence[tuple[Span, JoinedShare]]


@routes.press("of", who=ORGANISER)
async def figures(request: Request) -> Reply:
    """Show the statistics: how many selected people joined, by gender and territory, and how many use each platform."""
    table = await _counted(request)
    shown, rest = table.territories[:_MOST_LINES], table.territories[_MOST_LINES:]
    platforms = await people_store.by_platform(request.tx)
    counts = tuple(on_platform(platform, platforms[platform]) for platform in sorted(platforms))
    return reply(
        Strong(_("Joined, of those selected")),
        *(_line(share) for share in table.parity),
        Strong(_("Territories")),
        *(_line(share) for share in shown),
        *((_line((_others(len(rest)), _sum(rest))),) if rest else ()),
        *((Strong(_("Platforms")), Listing(counts)) if counts else ()),
        buttons=(Button(_("As a picture"), draw_figures.to()), BACK),
    )


async def _counted(request: Request) -> _Shares:
    """Return the statistics, without genders and territories that nobody has."""
    genders = await people_store.by_gender(request.tx)
    parity: list[tuple[Span, JoinedShare]] = [
        # L10N: people by gender, in figures
        (_("women"), genders.get(Gender.WOMAN, JoinedShare(0, 0))),
        # L10N: people by gender, in figures
        (_("men"), genders.get(Gender.MAN, JoinedShare(0, 0))),
        (_("other"), genders.get(Gender.OTHER, JoinedShare(0, 0))),
        # L10N: people by gender, in figures: they would rather not say
        (_("not said"), _sum([("", genders[said]) for said in (Gender.UNDISCLOSED, "") if said in genders])),
    ]
    territories = await people_store.by_territory(request.tx)
    order = sorted(territories, key=lambda code: (-territories[code].selected, code))
    return _Shares(
        [(name, share) for name, share in parity if share.selected],
        # L10N: people by gender or territory, in figures: nothing is known
        [(Territory(code) if code else _("not given"), territories[code]) for code in order],
    )


def _line(row: tuple[Span, JoinedShare]) -> Span:
    name, share = row
    return _("{name} {joined} of {selected}", name=name, joined=share.joined, selected=share.selected)


def _others(count: int) -> Span:
    return _n("{count} other territory", "{count} other territories", count)


def _sum(rows: Sequence[tuple[Span, JoinedShare]]) -> JoinedShare:
    return JoinedShare(sum(share.joined for _name, share in rows), sum(share.selected for _name, share in rows))


@routes.press("ofp", who=ORGANISER)
async def draw_figures(request: Request) -> Reply:
    """Start the job that draws the statistics as a picture; the picture is sent in a message afterwards."""
    table, reader = await _counted(request), request.reader
    shown, rest = table.territories[: 2 * _MOST_LINES], table.territories[2 * _MOST_LINES :]
    rows = [*table.parity, *shown, *([(_others(len(rest)), _sum(rest))] if rest else [])]
    payload = {
        "title": plain(_("Joined, of those selected"), reader),
        "bars": [[plain(name, reader), share.joined, share.selected] for name, share in rows],
        "alt": ", ".join(plain(_line(row), reader) for row in rows),
        **request.settings.gathering.look(request.locale),
    }
    return reply_with_job(
        _("The picture is being drawn. It comes in a moment."), buttons=(BACK,), job=JobRequest("figures", payload)
    )


@routes.job("figures", work=make_picture)
async def figures_are_drawn(_tx: Transaction, _organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the picture of the statistics, whose description contains all the numbers.

    `_tx` and `_organiser` are for other jobs.
    """
    picture = Picture(result["content"], result["alt"], _("figures.png"), NOBODY)
    return View((_("The figures as a picture."),), (BACK,), attachments=(picture,))
