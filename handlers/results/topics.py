"""Answers people's typed questions about what their group makes: its slides, and the votes for its ideas."""

from __future__ import annotations

from bot.content.texts import _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import Go, Request
from bot.conversation.topics import Topic, show
from handlers.results.participant.slides import my_deck
from handlers.results.service import OUR_SLIDES
from handlers.workshops.messages import SHOW_PHASE, vote_button
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store.ideas import votes_of_person
from handlers.workshops.store.runs import latest_run_of_person


async def tell_votes(request: Request, _text: str) -> Reply:
    """Return how many votes the person gave in their group's present vote, or in its last one.

    The reply does not depend on the words of the question, `_text`.
    """
    request.require_confirmed()
    run = await latest_run_of_person(request.tx, request.participant.id)
    most = request.settings.of(WorkshopSettings).votes
    if run is None or not most:
        return reply(_("There is no vote now."), buttons=(Button(_("Programme"), Go("programme")),))
    given = len(await votes_of_person(request.tx, run, request.participant.id))
    if run.open and run.revealed:
        # L10N: never zero
        line = _n("You gave {given} of {count} vote.", "You gave {given} of {count} votes.", most, given=given)
        return reply(line, buttons=(vote_button(run, given),))
    if given:
        line = _n(
            "There is no vote now. Last time, you gave {count} vote.",
            "There is no vote now. Last time, you gave {count} votes.",
            given,
        )
        return reply(line, buttons=(SHOW_PHASE,))
    return reply(_("There is no vote now."), buttons=(SHOW_PHASE,))


SLIDES = Topic(
    "slides",
    # L10N: long
    _(
        "slides/slide, our slides, slides of our group, deck, our deck, the deck, powerpoint, ppt, pptx,"
        " presentation, our presentation, presentation of, presentation file"
    ),
    OUR_SLIDES,
    show(my_deck),
)

VOTES = Topic(
    "votes",
    # L10N: long
    _(
        "vote/votes, voting, score/scores, our score, pitch score, voted, my vote, my votes, did my vote count, vote"
        " count, how many votes, when vote, how do I vote, can i vote, who won, who is winning, results vote, vote"
        " results, results, change my vote, undo vote, ballot, poll, points"
    ),
    _("My votes"),
    tell_votes,
)
