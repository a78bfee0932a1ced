"""How words that somebody wrote were taken: told by the buttons of the answer, by the store, and by which listener took
them, never by how the answer is worded."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.capability import make_router
from bot.content.views import Reply
from bot.conversation.dispatch import Dispatcher
from bot.conversation.hearing import TakeWords
from bot.conversation.incoming import Actor, Content, Incoming, Pressed, Typed
from bot.conversation.likelihood import likelihood
from bot.conversation.listening import Alarm, Cry, Heard, Listener, Words
from bot.conversation.replied import Answered
from bot.conversation.router import Router
from bot.conversation.routes import Request
from bot.database.engine import Transaction
from handlers.practical.participant import answered_by
from handlers.practical.settings import PracticalSettings
from handlers.team.actions import SendWords
from handlers.trust.actions import EMERGENCY, ChooseWhom, ForgetWords, SendNow, SendTo
from handlers.workshops.actions import KeepAsIdea
from tests.words.gathering import Standing
from tests.world import CAPABLE, DECLARED

OUTCOMES = (
    "distress",
    "idea",
    "asked",
    "asked other",
    "mine",
    "mine wrong",
    "practical",
    "practical wrong",
    "team",
    "other",
)
MINE: Mapping[str, frozenset[str]] = {
    about: frozenset(answers.split())
    for about, answers in {
        "badge": "badge go-badge",
        "change_theme": "changetheme go-theme",
        "data": "data go-mesdonnees go-confidentialite go-effacer",
        "deadline": "deadline go-phase",
        "group": "group go-groupe",
        "language": "language go-reglages",
        "leave": "leave go-effacer go-stop",
        "next": "next go-programme",
        "programme": "programme go-programme",
        "questions": "questions go-questions",
        "reminders": "reminders go-rappels",
        "room": "room go-groupe",
        "slides": "slides go-diapos",
        "theme": "theme go-theme",
        "votes": "votes",
    }.items()
}
"""What answers each of one's own affairs: a listener by its key, or the screen of a command."""
PRACTICAL: Mapping[str, str] = {"access": "address", "contact": "contacts", "lodging": "rooms"}
"""The key of the section that answers, by what a question is about, where the two are not the same."""
_AFFAIRS = frozenset().union(*MINE.values())
_SAFETY = ("go-urgence", "go-confiance")
_IN_CONFIDENCE = (SendTo.code, SendNow.code, ChooseWhom.code)

Kind = Literal["distress", "asked", "idea", "mine", "practical", "team", "sent", "other"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table; `number` is its place in the file."""

    number: int
    text: str
    lang: str
    label: str
    about: str
    state: str

    @property
    def row(self) -> str:
        """The row of the matrix to which it counts."""
        return "idea none" if self.label == "idea" and self.state == "none" else self.label


@dataclass(frozen=True, slots=True)
class Became:
    """How words were taken; `key` says which affair, section or listener answered."""

    kind: Kind
    key: str = ""


@dataclass
class Noted:
    """What the alarm and each listener said of the last words, and which listener took them."""

    heard: dict[str, Heard] = field(default_factory=dict)
    took: str = ""
    cry: Cry | None = None

    def begin(self) -> None:
        """Forget what was noted of the words before."""
        self.heard, self.took, self.cry = {}, "", None

    def reason(self, text: str) -> str:
        """Why words became what they did: what was heard in them, and how likely the model finds them."""
        cry = "" if self.cry is None else f"{'sure' if self.cry.sure else 'weak'} cry{' by phrase' * self.cry.phrase}"
        listened = [
            f"{key} {'sure' if heard.sure else 'perhaps'} {heard.weight:.2f} ({heard.why})"
            for key, heard in self.heard.items()
        ]
        likely = sorted(likelihood(text).items(), key=lambda pair: -pair[1])[:3]
        model = " ".join(f"{label} {share:.2f}" for label, share in likely)
        return "; ".join(part for part in (cry, *listened, f"model: {model}" if model else "") if part)


def noting_router(noted: Noted) -> Router:
    """The router of the program, which notes what its alarm and its listeners say."""
    router = make_router(CAPABLE)
    router.listeners = [_noting(listener, noted) for listener in router.listeners]
    if router.alarm is not None:
        router.alarm = _noting_alarm(router.alarm, noted)
    return router


def _noting_alarm(alarm: Alarm, noted: Noted) -> Alarm:
    def listen(text: str, kinds: Mapping[str, float]) -> Cry | None:
        noted.cry = alarm.listen(text, kinds)
        return noted.cry

    return replace(alarm, listen=listen)


def _noting(listener: Listener, noted: Noted) -> Listener:
    async def hear(request: Request, words: Words) -> Heard | None:
        heard = await listener.hear(request, words)
        if heard is not None:
            noted.heard[listener.key] = heard
        return heard

    async def take(request: Request, text: str) -> Reply:
        noted.took = listener.key
        return await listener.take(request, text)

    async def chosen(request: Request, text: str) -> Reply:
        noted.took = listener.key
        return await (listener.chosen or listener.take)(request, text)

    return replace(listener, hear=hear, take=take, chosen=chosen)


class Chat:
    """The chats of who writes, in one state of the gathering."""

    _ids = itertools.count(1)

    def __init__(self, standing: Standing) -> None:
        self.noted = Noted()
        self._standing = standing
        self._dispatcher = Dispatcher(
            standing.store, noting_router(self.noted), DECLARED, standing.settings, standing.clock
        )

    async def close(self) -> None:
        """Close the dispatcher."""
        await self._dispatcher.close()

    async def play(self, line: Line) -> tuple[str, str]:
        """Write a line, and undo everything. Returns the outcome, and the reason."""
        with self._standing.store.undone():
            answered = await self._act(line, Typed(line.text, message=str(next(self._ids))))
            became = await self._became(line, answered)
            reason = self.noted.reason(line.text) or f"answered by {became.key or 'nothing known'}"
            return await self._outcome(line, became, answered), reason

    async def _act(self, line: Line, content: Content) -> Answered:
        self.noted.begin()
        writer = self._standing.writers[line.lang]
        sender = Actor(writer.native_id, writer.name, line.lang, f"chat-{writer.native_id}")
        return await self._dispatcher.handle(Incoming("telegram", f"words-{next(self._ids)}", sender, content))

    async def _became(self, line: Line, answered: Answered) -> Became:
        """Tell what a reply made of words."""
        if answered.reply is None:
            return Became("other", "silence")
        payloads, screen = payloads_of(answered), answered.reply.screen
        codes = {payload.partition("-")[0] for payload in payloads}
        may_wait = {*_IN_CONFIDENCE, TakeWords.code, ForgetWords.code} & codes
        if screen in _SAFETY or (EMERGENCY.action and EMERGENCY.action.encode() in payloads and may_wait):
            return Became("distress", screen)
        if ForgetWords.code in codes:
            return Became("asked")
        ideas, questions, dialogue = await self._standing.store.read(
            lambda tx: _stored(tx, self._standing.writers[line.lang].id)
        )
        if ideas:
            return Became("idea")
        if questions:
            return Became("sent")
        for payload in payloads:
            if payload.startswith(f"{answered_by.to('').code}-"):
                return Became("practical", payload.partition("-")[2])
        if SendWords.code in codes or "go-equipe" in (screen, dialogue):
            return Became("team")
        for key in (self.noted.took, screen, dialogue):
            if key in _AFFAIRS:
                return Became("mine", key)
        return Became("other", self.noted.took or screen)

    async def _outcome(self, line: Line, became: Became, answered: Answered) -> str:
        match became.kind:
            case "asked":
                return "asked" if await self._offers_it(line, answered) else "asked other"
            case "mine" | "practical":
                return became.kind if _is_meant(line, became) else f"{became.kind} wrong"
            case "team":
                return "asked" if line.label == "idea" and await self._offers_it(line, answered) else "team"
            case "sent":
                return "other"
            case kind:
                return kind

    async def _offers_it(self, line: Line, answered: Answered) -> bool:
        """Whether one of the buttons is right: what would become of the words is looked at, and undone."""
        for payload in payloads_of(answered):
            code = payload.partition("-")[0]
            if line.label == "distress":
                if code in _IN_CONFIDENCE:
                    return True
            elif code in (TakeWords.code, KeepAsIdea.code):
                with self._standing.store.undone():
                    pressed = await self._act(line, Pressed(payload))
                    if _is_meant(line, await self._became(line, pressed)):
                        return True
        return False


def unanswerable(lines: Iterable[Line], standing: Standing) -> Sequence[str]:
    """The topics of lines that nothing in the gathering is about, so that all their answers count as wrong."""
    keys = {section.key for section in standing.settings.all_of(PracticalSettings)}
    unknown = {line.about for line in lines if line.label == "mine" and line.about not in MINE}
    unknown |= {
        line.about for line in lines if line.label == "practical" and PRACTICAL.get(line.about, line.about) not in keys
    }
    return sorted(unknown)


def payloads_of(answered: Answered) -> Sequence[str]:
    """The encoded actions of the buttons of an answer."""
    buttons = answered.reply.view.buttons if answered.reply else ()
    return [button.action.encode() for button in buttons if button.action]


def _is_meant(line: Line, became: Became) -> bool:
    """Whether words were taken as what they were written for."""
    match line.label:
        case "mine":
            return became.kind == "mine" and became.key in MINE.get(line.about, frozenset((line.about,)))
        case "practical":
            return became.kind == "practical" and became.key == PRACTICAL.get(line.about, line.about)
        case "team":
            return became.kind in ("team", "sent")
        case "confused" | "social":
            return became.kind == "other"
        case label:
            return became.kind == label


async def _stored(tx: Transaction, writer: int) -> tuple[int, int, str]:
    """How many ideas the writer has, how many questions to the team beside the first, and what the chat asks for."""
    ideas = await tx.one("SELECT COUNT(*) AS n FROM ideas WHERE author_id = :writer", writer=writer)
    questions = await tx.one("SELECT COUNT(*) AS n FROM questions WHERE participant_id = :writer", writer=writer)
    asks = await tx.one(
        "SELECT d.action FROM dialogues d JOIN accounts a ON a.platform = d.platform AND a.chat = d.chat"
        " WHERE a.participant_id = :writer",
        writer=writer,
    )
    assert ideas is not None
    assert questions is not None
    return ideas["n"], questions["n"] - 1, asks["action"] if asks else ""
