"""What people ask in their own words of what they asked the team, and words that nothing else knows."""

from __future__ import annotations

from bot.content.texts import _
from bot.content.views import Button, Reply, reply
from bot.conversation.listening import Heard, Listener, Stage, Words
from bot.conversation.routes import Go, Request
from bot.conversation.topics import Topic
from handlers.navigation import stray_words
from handlers.team.actions import SendWords
from handlers.team.participant import MY_QUESTIONS, DropWords, may_ask, send_as_question, show_questions


async def tell_questions(request: Request, _text: str) -> Reply:
    """Show what the person asked the team, with the answers."""
    return await show_questions(request)


QUESTIONS = Topic(
    "questions",
    # L10N: long
    _(
        "my question, my questions, question i sent/asked, answer my question, answered question,"
        " answer/answered/reply/replied to my, did anyone answer/reply, did they reply/answer, anyone answer/reply,"
        " any answer, any reply, any word back, no answer, no reply, what I asked, i asked the, i asked about, asked"
        " yesterday/earlier/question, question for/to the panel/speaker/minister, did the panel, get to my question,"
        " question get, got a reply, got an answer, still no answer/reply, heard back"
    ),
    MY_QUESTIONS.label,
    tell_questions,
)


async def _hear_question(request: Request, words: Words) -> Heard | None:
    """Hear any words as a question to the team, never surely: nothing goes to people unasked."""
    if request.person is None or not words.folded or not await may_ask(request):
        return None
    return Heard(False, words.likelihood.get("team", 0.0), _("Ask the team"), "anything")


async def offer_to_ask_the_team(request: Request, text: str) -> Reply:
    """Offer to ask the team what was not found; the words are kept until the person says so."""
    if request.person is None or not text:
        return reply(then=Go("moi"))
    await stray_words.keep(request, text)
    return reply(
        _("I found nothing about that. Shall I ask the team?"),
        buttons=(
            Button(_("Yes"), SendWords(), style="primary"),
            Button(_("No, thank you"), DropWords()),
        ),
    )


LISTENERS = (Listener("team", Stage.TEAM, _hear_question, offer_to_ask_the_team, chosen=send_as_question),)
"""What hears words that nothing else knows."""
