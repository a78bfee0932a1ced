"""Answers words typed as an answer to «Are you safe?»: the question is shown again, with its buttons.

«Yes» or «I am safe» may be misread if a word is missing or added, so no answer is stored.
"""

from __future__ import annotations

import re

from bot.content.chat_words import is_bare_reply
from bot.content.errors import Stale
from bot.content.names import fold, words
from bot.content.texts import _
from bot.content.views import Reply, with_lines_last
from bot.conversation.listening import Heard, Listener, Stage, Words
from bot.conversation.routes import Request
from handlers.trust import store
from handlers.trust.messages import question
from handlers.trust.model import SafetyCheck

_LONGEST = 8
"""The most words of an answer to «Are you safe?»."""
_ANSWERS = re.compile(
    r"\b(?:en securite|safe|(?:in )?sicher(?:heit)?|(?:tout )?va bien|all good|(?:i m|im|i am) (?:ok(?:ay)?|fine)"
    r"|alles (?:gut|ok)|besoin d ?aide|needs? help|brauche? hilfe)\b"
)
"""What answers say, in a text without accents, capitals and signs."""


async def ask_again(request: Request, text: str) -> Reply | None:
    """Ask the question of the running safety check again if a person answers it in words instead of with a button.

    Returns None if the words are no answer, or the person has answered already.
    """
    written = words(fold(text))
    if request.person is None or len(written) > _LONGEST:
        return None
    if not (is_bare_reply(written, agreed=True) or _ANSWERS.search(" ".join(written))):
        return None
    check = await _unanswered(request)
    if check is None:
        return None
    asked = Reply(question(check), fresh=True)
    return with_lines_last(asked, _("Nobody has read what you typed: please press a button."))


async def _unanswered(request: Request) -> SafetyCheck | None:
    """Return the running check, if it asks the person and has no answer of theirs; None otherwise.

    A new browser does not say whether it has one.
    """
    check = await store.running_check(request.tx)
    person = await store.answer_of(request.tx, check.id, request.participant.id) if check else None
    return check if person is not None and (request.waits or not person.answer) else None


async def _hear(request: Request, heard: Words) -> Heard | None:
    if await ask_again(request, heard.text) is None:
        return None
    # L10N: a button: what one wrote answers the question whether one is safe
    return Heard(True, 1.0, _("It answers «Are you safe?»"), "an answer to a check", asked=True)


async def _take(request: Request, text: str) -> Reply:
    asked = await ask_again(request, text)
    if asked is None:  # the check was closed, or answered elsewhere, since a button was shown
        raise Stale
    return asked


LISTENER = Listener("safe", Stage.OWN, _hear, _take)
