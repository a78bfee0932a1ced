"""The screens of `/bilan`: the results for the reader, as numbers, words, charts and files.

Organisers see all results, facilitators the results of the groups they run, participants the results of their group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.errors import UserError
from bot.content.texts import Joined, Localised, Span, Strong, _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation.routes import FACILITATOR, ORGANISER, Go, Request, Routes
from handlers.groups.messages.cards import MY_GROUP, title
from handlers.groups.model import Group
from handlers.groups.service.membership import group_of_the_day
from handlers.navigation.actions import BACK, HOME
from handlers.navigation.layout import paged
from handlers.results.actions import WHAT_IS_PRINTED, DownloadResults, ShowCharts
from handlers.results.participant.souvenir import MY_SOUVENIR
from handlers.results.service import ALL_DECKS, OUR_SLIDES, own_group
from handlers.results.store.numbers import count_results, count_results_of_group
from handlers.syntheses.service import what_is_written
from handlers.themes.store import all_themes, find_theme
from handlers.workshops.actions import MyDeck
from handlers.workshops.service.facilitators import groups_run_by
from handlers.workshops.service.phases import run_to_show
from handlers.workshops.store.phases import all_phases

routes = Routes()

SHOW_RESULTS = Button(_("The results"), Go("bilan"))


@routes.command(
    "bilan",
    _("What came out of the workshops"),
    names={"en": "summary", "de": "bilanz"},
    aliases=("results", "resultats", "ergebnisse"),
    plain_words=_("summary, results, the results"),
)
async def show_bilan(request: Request) -> Reply:
    """Show the results: all results to organisers, the results of their group to other people.

    Facilitators without a group of their own see the results of the groups whose workshops they lead.
    """
    if request.participant.organises:
        return await _everything(request)
    group = await own_group(request.tx, request.participant.id, request.today)
    if group is None and request.participant.facilitates:
        return await show_groups(request, 0)
    if group is None:
        raise UserError(_("You have no group yet, so there are no results."), buttons=(HOME,))
    return await _own(request, group)


async def offer_results(request: Request) -> View:
    """Return the part of the home screen with the buttons for the results and the person's souvenir.

    It is empty until the gathering is over, and for people without a group.
    """
    offered = request.gathering_is_over and await _has_group(request)
    return View((), (replace(SHOW_RESULTS, style="primary"), MY_SOUVENIR) if offered else ())


async def offer_in_menu(request: Request) -> Sequence[Button]:
    """Return the menu's buttons for the slides and the results of the person's group, and for the souvenir.

    The first two appear once a phase has begun in the person's group, the third once the gathering is over.
    """
    lived = await _has_group(request) and await run_to_show(request.tx, request.participant.id)
    souvenir = (MY_SOUVENIR,) if request.gathering_is_over else ()
    return (Button(_("Our slides"), Go("diapos")), SHOW_RESULTS, *souvenir) if lived else ()


async def _has_group(request: Request) -> bool:
    person = request.participant
    return person.takes_part and await group_of_the_day(request.tx, person.id, request.today) is not None


# --- organisers


async def _everything(request: Request) -> Reply:
    counts = await count_results(request.tx)
    if not counts["groups"]:
        raise UserError(_("No groups are published yet, so there are no results."), buttons=(BACK,))
    return reply(
        Strong(_("What came out of the workshops so far")),
        _(
            "{ideas} in {groups}, {votes}.",
            ideas=_n(
                "{ideas} from {count} person",
                "{ideas} from {count} people",
                counts["authors"],
                ideas=_n("{count} idea", "{count} ideas", counts["ideas"]),
            ),
            groups=_n("{count} group", "{count} groups", counts["groups"]),
            votes=_n("{count} vote", "{count} votes", counts["votes"]),
        ),
        _(
            "Photos and documents: {files}. Territories described: {territories}.",
            files=counts["files"],
            territories=counts["territories"],
        ),
        buttons=(
            Button(_("The charts"), ShowCharts()),
            Button(_("Workbook (XLSX)"), DownloadResults("xlsx")),
            Button(_("Plenary (PPTX)"), DownloadResults("pptx")),
            Button(_("Booklet (PDF)"), DownloadResults("pdf")),
            ALL_DECKS,
            WHAT_IS_PRINTED,
            BACK,
        ),
    ).meant_for(ORGANISER)


# --- facilitators


@routes.press("wbg")
async def show_groups(request: Request, page: int) -> Reply:
    """Show the results of the groups whose workshops the person leads, one page at a time (`page` from 0)."""
    groups = await groups_run_by(request.tx, request.participant, request.today)
    if not groups:
        raise UserError(_("The groups whose workshops you run are not published yet."), buttons=(HOME,))
    themes = {theme.key: theme for theme in await all_themes(request.tx)}
    lines: list[Span] = [Strong(_n("{count} group of yours", "{count} groups of yours", len(groups)))]
    on_page, pages = paged(groups, page, show_groups.to)
    for group in on_page:
        ideas = sum(count for _key, count, _people in await count_results_of_group(request.tx, group.id))
        counted = _n("{count} idea", "{count} ideas", ideas)
        lines.append(_("{what}: {words}", what=title(group, themes[group.theme]), words=counted))
    return reply(
        *lines,
        buttons=(
            *(Button(title(group, themes[group.theme]), MyDeck(group.id)) for group in on_page),
            *pages,
            HOME,
        ),
    ).meant_for(FACILITATOR)


# --- participants


async def _own(request: Request, group: Group) -> Reply:
    theme = await find_theme(request.tx, group.theme)
    lines: list[Span] = [Strong(title(group, theme))] if theme else []
    numbers = {key: (ideas, people) for key, ideas, people in await count_results_of_group(request.tx, group.id)}
    for phase in await all_phases(request.tx):
        if phase.key not in numbers:
            continue
        ideas, people = numbers[phase.key]
        counted = _n("{count} idea", "{count} ideas", ideas), _n("{count} person", "{count} people", people)
        figures: Span = Joined((counted[0], " (", counted[1], ")")) if ideas else counted[0]
        line: Span = Strong(Localised(phase.title))
        if ideas or phase.collects != "territories":  # there it is squares that count, in the summary
            line = _("{what}: {words}", what=line, words=figures)
        lines += ["", line]
        lines += await what_is_written(request.tx, group.id, phase, request.gathering_is_over)
    if not numbers:
        lines.append(_("Your group has not begun yet."))
    souvenir = (MY_SOUVENIR,) if request.gathering_is_over else ()
    return reply(*lines, buttons=(*souvenir, Button(OUR_SLIDES, MyDeck(group.id)), MY_GROUP, HOME))
