"""Answers small talk, and people who do not understand the bot, with a line and one button.

None of it is sent to the team.
"""

from __future__ import annotations

from functools import partial

from bot.content.chat_words import is_bare_reply
from bot.content.texts import Span, _
from bot.content.views import Reply, reply
from bot.conversation.listening import Heard, Listener, Stage, Words
from bot.conversation.routes import ANYONE, Request
from bot.conversation.topics import Topic
from bot.people.naming import called
from handlers.navigation import stray_words
from handlers.navigation.actions import ASK, HOME
from handlers.navigation.hooks import taken_wrongly

_LIKELY, _PERHAPS = 0.75, 0.6
"""How likely small talk must be, by the word model, to be answered as small talk, and to be offered as a meaning."""


async def tell_robot(_request: Request, _text: str) -> Reply:
    """Reply that the bot is a program, and who the people behind it are."""
    return reply(
        _("I am a program. The team are real people: they read what you ask them, and answer."), buttons=(ASK,)
    )


async def tell_what_to_do(_request: Request, _text: str) -> Reply:
    """Explain to somebody who does not understand the bot what to do next."""
    return reply(_("Sorry, that was not clear. Write it in other words, or start from here."), buttons=(HOME,))


async def tell_mistake(request: Request, _text: str) -> Reply:
    """Offer to undo what the bot did with words that it misunderstood, or reply that nothing was sent."""
    if request.person is not None and (asked := await taken_wrongly(request)):
        return asked
    return reply(
        _(
            "Sorry, I got that wrong. This message went to nobody. To take back an idea, press «This is not an idea»"
            " under it."
        ),
        buttons=(HOME,),
    )


async def answer_thanks(_request: Request, _text: str) -> Reply:
    """Reply to thanks, praise and laughter."""
    return reply(_("With pleasure! Write to me whenever you need something."), buttons=(HOME,))


async def answer_greeting(request: Request, _text: str) -> Reply:
    """Reply to a greeting."""
    if request.person is None:
        return reply(_("Hello!"), buttons=(HOME,))
    return reply(_("Hello {name}!", name=called(request.person, "given")), buttons=(HOME,))


async def _hear_small_talk(request: Request, words: Words) -> Heard | None:
    if is_bare_reply(words.folded, agreed=True) and await stray_words.kept(request):
        return None  # «ok» is for the question whether they go to the team
    return _likely(words, "social", _("It was just a remark"))


async def _hear_puzzled(_request: Request, words: Words) -> Heard | None:
    return _likely(words, "confused", _("What can I do?"))


def _likely(words: Words, label: str, button: Span) -> Heard | None:
    """Return what a listener says of words that the word model takes for a kind, by its label; None for unlikely."""
    found = words.likelihood.get(label, 0.0)
    return Heard(found >= _LIKELY, found, button, f"{label} {found:.2f}") if found >= _PERHAPS else None


_small_talk = partial(Topic, who=ANYONE, small_talk=True)

ROBOT = _small_talk(
    "robot",
    # L10N: long
    _(
        "robot, a robot, bot or human, are you human/real, human, real person, a person, who are you, who is this,"
        " what are you, an ai, ai, artificial intelligence, chatgpt, chatbot, a machine, someone there, anyone there,"
        " am i talking to, who am I talking to, talking to someone"
    ),
    _("Are you a robot?"),
    tell_robot,
    kind="confused",
)

UNCLEAR = _small_talk(
    "unclear",
    # L10N: long
    _(
        "don't understand, do not understand, not understand, don't get it, do not get, dont get, what does that"
        " mean, what do you mean, mean, confused, i'm lost here, what do i do here, what should i do, what am i"
        " supposed to write/do, what do I write, what to write, write what, where do I write, how does this work, how"
        " this work, what is this, what's this, huh, explain, unclear, makes no sense, no idea what, what for, what"
        " are you for"
    ),
    _("What can I do?"),
    tell_what_to_do,
    kind="confused",
)

MISTAKE = _small_talk(
    "mistake",
    # L10N: long
    _(
        "doesn't work, not working, does not work, it's broken, broken, bug, glitch, crashed, frozen, nothing"
        " happens, wrong button, wrong chat, clicked wrong, pressed wrong, clicked, pressed, misclick, by mistake, by"
        " accident, oops, undo, cancel, not an idea, that was not, wasn't an idea, that wasn't, was not an idea, not"
        " what I, didn't mean, did not mean, wasn't for you, not for you, i wasn't talking, wrong window, wasn't"
        " finished, not finished, same answer, same message, you keep, why are you, why you, that's not what"
    ),
    _("Something went wrong"),
    tell_mistake,
    kind="confused",
)

THANKS = _small_talk(
    "thanks",
    # L10N: long
    _(
        "thanks, thank you, thx, ty, cheers, many thanks, great, awesome, amazing, perfect, cool, nice, love it, love"
        " this, love, brilliant, lovely, well done, good job, good night, see you, see you tomorrow, bye, goodbye,"
        " you're welcome, no worries, best, lol, lmao, haha, hahaha, rofl, omg, congrats, good luck, enjoy"
    ),
    _("Thank you!"),
    answer_thanks,
    kind="social",
)

HELLO = _small_talk(
    "hello",
    # L10N: long
    _(
        "hello, hi, hey, yo, good morning, good evening, good afternoon, morning, how are you, what's up, sup, howdy,"
        " how is it going"
    ),
    _("Hello!"),
    answer_greeting,
    kind="social",
)

LISTENERS = (
    Listener("smalltalk", Stage.OWN, _hear_small_talk, answer_thanks),
    Listener("puzzled", Stage.OWN, _hear_puzzled, tell_what_to_do),
)
"""The listeners for small talk and puzzlement in words that are no known phrase."""
