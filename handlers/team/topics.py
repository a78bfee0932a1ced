"""Answers typed words about people's questions to the team, and words that nothing else recognises."""

from __future__ import annotations

from bot.content.chat_words import is_bare_reply
from bot.content.texts import Name, _
from bot.content.views import Button, Reply, reply
from bot.conversation.listening import Heard, Listener, Stage, Words
from bot.conversation.routes import Go, Request
from bot.conversation.topics import Topic, show
from handlers.navigation import stray_words
from handlers.navigation.actions import HOME
from handlers.team.actions import SendWords
from handlers.team.participant import (
    MY_QUESTIONS,
    ask_by_letter,
    drop_words,
    may_ask,
    send_as_question,
    show_questions,
)

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
    show(show_questions),
)


async def _hear_question(request: Request, words: Words) -> Heard | None:
    """Hear any words as a question to the team, never surely: nothing goes to people unasked."""
    if request.person is None or not words.folded or not await may_ask(request):
        return None
    return Heard(False, words.likelihood.get("team", 0.0), _("Ask the team"), "anything")


async def offer_to_ask_the_team(request: Request, text: str) -> Reply:
    """Offer to ask the team about words that the bot could not answer; they are stored until the person decides."""
    if request.person is None or not text:
        return reply(then=Go("moi"))
    await stray_words.keep(request, text)
    return reply(
        _("I found nothing about that. Shall I ask the team?"),
        buttons=(
            Button(_("Yes"), SendWords(), style="primary"),
            Button(_("No, thank you"), drop_words.to()),
        ),
    )


async def _hear_reply(request: Request, words: Words) -> Heard | None:
    """Hear a bare yes or no, typed where a button would answer; «ok» too while words wait to be sent to the team."""
    if request.person is None or not is_bare_reply(words.folded, agreed=True):
        return None
    if not is_bare_reply(words.folded, agreed=False) and not await stray_words.kept(request):
        return None
    # L10N: a button: what one wrote, «yes», answers a question of the bot
    return Heard(True, 1.0, _("It is an answer"), "a bare reply")


async def ask_again(request: Request, _text: str) -> Reply:
    """Ask again whether to send a question to the team, after somebody typed yes or no instead of pressing a button.

    The typed word (`_text`) sends nothing, because it may answer something else. If no question waits to be sent, the
    reply asks the person to press a button.
    """
    words = await stray_words.kept(request)
    if words and await may_ask(request):
        return reply(
            _("Not sent yet. Shall I ask the team: «{words}»?", words=Name(words)),
            buttons=(
                Button(_("Yes"), SendWords(), style="primary"),
                Button(_("No, thank you"), drop_words.to()),
            ),
        )
    return reply(_("I cannot tell what you are answering: please press the button below my question."), buttons=(HOME,))


LISTENERS = (
    Listener("reply", Stage.OWN, _hear_reply, ask_again),
    Listener(
        "team", Stage.TEAM, _hear_question, offer_to_ask_the_team, chosen=send_as_question, by_letter=ask_by_letter
    ),
)
"""The listeners for a bare yes or no, and for words that nothing else recognises."""
