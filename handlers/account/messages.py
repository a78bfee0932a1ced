"""Replies to codes that people type, and buttons that several screens about accounts share."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.content.actions import Action
from bot.content.texts import Strong, Text, _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import Go, Request
from bot.people import attempt_store, codes
from bot.people.naming import called
from bot.people.participants import Account, Participant
from handlers.account.actions import Claim, PushPrivately
from handlers.account.service import PAUSE_MINUTES, count_wrong_code, pause_before_a_code
from handlers.navigation.actions import ASK, HOME

TRIES = _n(
    "After {count} try, wait {minutes} minutes.",
    "After {count} tries, wait {minutes} minutes.",
    attempt_store.TRIES,
    minutes=PAUSE_MINUTES,
)
"""The sentence that says after how many wrong codes an account must wait, and for how long."""


def offer_private_pushes(accounts: Sequence[Account]) -> tuple[Button, ...]:
    """Return the button by which a person agrees to private messages; empty if no agreement is missing.

    An agreement is missing if the person has an account on a platform that requires it, and has not agreed.
    """
    if any(account.needs_consent and not account.private_pushes for account in accounts):
        return (Button(_("Tell me in private"), PushPrivately(True)),)
    return ()


def ask_whether_owner(owner: Participant, code: str) -> Reply:
    """Ask somebody who typed a link code whether they are `owner`, the person whose other account showed that code."""
    return reply(
        _("You are {name}?", name=Strong(called(owner))),
        buttons=(
            Button(_("Yes, that is me"), Claim(codes.normalise(code)), style="primary"),
            # L10N: a button, a word: an answer to a question
            Button(_("No"), Go("moi")),
        ),
        fresh=True,
    )


def guesser_of(request: Request) -> Account:
    """Return the account for which the wrong codes of a request are counted.

    For a browser that the person has not confirmed, this is an invented account for that browser alone. So somebody who
    opened the page with a stolen link does not use up the owner's attempts.
    """
    if (browser := request.unconfirmed) is None:
        return request.account
    own = attempt_store.counted_action("own code")
    return replace(request.account, platform=own, native_id=f"{request.participant.id}.{browser.id}")


async def answer_code(
    request: Request,
    find: Callable[[], Awaitable[Reply | None]],
    *,
    again: Action,
    refusal: Sequence[Text],
) -> Reply:
    """Answer a code that was typed or is in a pressed button, with protection against guessing.

    find() returns the reply to a valid code, and None for any other code. An invalid code is counted; the reply is
    `refusal`, with a button that opens the form `again`. After too many invalid codes, the reply says only that the
    person must wait.
    """
    guesser = guesser_of(request)
    if pause := await pause_before_a_code(request.tx, guesser, request.now):
        return _wait(pause, again)
    if (answer := await find()) is not None:
        return answer
    await count_wrong_code(request.tx, guesser, request.now)
    return reply(*refusal, buttons=(Button(_("Try again"), again, style="primary"), HOME), fresh=True)


def _wait(left: timedelta, again: Action) -> Reply:
    """Return the reply after too many wrong codes; it begins with the time left until the next try."""
    return reply(
        _n(
            "Too many codes for now: you can try again in {count} minute.",
            "Too many codes for now: you can try again in {count} minutes.",
            max(1, math.ceil(left.total_seconds() / 60)),
        ),
        _("Until then, no code works, not even the right one. Nothing else has changed."),
        buttons=(Button(_("Try again"), again, style="primary"), ASK, HOME),
        fresh=True,
    )
