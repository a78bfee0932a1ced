"""Processes one update, something that a person did, in one database transaction, from the inbox to the reply.

Steps: inbox (whether it was received before), account, locale, role, handler. The reply is sent only after the commit:
nobody is told «done» before it is true, and an update that is received a second time changes nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from bot.background import job_store
from bot.clock import Clock
from bot.config.settings import Settings
from bot.content import i18n
from bot.content.errors import PageClosed, Stale, Unconfirmed, UserError
from bot.content.failures import failure_text
from bot.content.features import features_of
from bot.content.forms import FormView
from bot.content.names import clean_lines
from bot.content.roles import Who
from bot.content.stored_views import pack
from bot.content.texts import Reader, Span, _
from bot.content.views import Reply, View, reply, with_lines_first, with_lines_last
from bot.conversation import answering, inbox_store
from bot.conversation.after_erasure import farewell, is_closed_to
from bot.conversation.inbox_store import UpdateOutcome
from bot.conversation.incoming import (
    Called,
    Content,
    Deleted,
    Edited,
    Gathered,
    Incoming,
    Picked,
    Pressed,
    Sent,
    Submitted,
    message_of,
    said_in,
    words_in,
)
from bot.conversation.likelihood import likelihood
from bot.conversation.listening import Cry
from bot.conversation.menu import Menu, open_menu
from bot.conversation.new_browsers import READS
from bot.conversation.preloading import NeedsPreload, PerformBeside
from bot.conversation.replied import Answered as Answered
from bot.conversation.replied import Leftover as Leftover
from bot.conversation.replied import Replied
from bot.conversation.router import Router
from bot.conversation.routes import Offline, Request, Target
from bot.conversation.shown_screen_store import JOB_SCREEN, ShownScreen
from bot.conversation.tempo import Tempo
from bot.database.engine import OutcomeUnknown, Store, StoreUnavailable, T, Transaction, Unit
from bot.files.folder import Folder
from bot.files.stored_files import Files
from bot.logs import under_reference
from bot.metrics import UPDATE_SECONDS, UPDATES
from bot.people import browser_store, codes, limits, participant_store
from bot.people.declared import Declared
from bot.people.participants import Account, Participant

log = structlog.get_logger()

_MOST_PRELOADS = 20
"""How often a handler is run again at most because something was preloaded for it; each key needs one attempt."""

Run = Callable[[Request], Awaitable[Reply | None]]

_IN_PLACE = Pressed | Picked | Submitted
"""The kinds of content whose reply may replace the message that was used; words are always answered below."""

CONFIDENTIAL_AIM = "confidential-"
"""The beginning of the key of a confidential place for typed words (see `Dispatcher.aim_now`)."""
_FORM_DUE = 1.5
"""For how many seconds of real time a form waits for its prefilled answers; Discord must get the form within 3 s."""


class Dispatcher:
    """Answers updates (each is one thing that a person did on a platform) with the handlers that the router finds.

    The adapters of the platforms call `handle` for each update, then `sent` for each reply.
    """

    def __init__(
        self,
        store: Store,
        router: Router,
        declared: Declared,
        settings: Settings,
        clock: Clock,
        committed: Callable[[], None] = lambda: None,
        files: Files | None = None,
        score: Callable[[str], Mapping[str, float]] = likelihood,
    ) -> None:
        """`declared` describes the personal data that are stored, for handlers that read them.

        `committed` is called after each commit, so that new rows of the outbox are sent at once. `files` is the file
        storage, by default the one in the settings. `score` returns how likely a text is to be of each kind, by kind.
        """
        self._store = store
        self.router = router
        self._declared = declared
        self.settings = settings
        self._clock = clock
        self.committed = committed
        """A function to be called after a commit by code that changes the store without the dispatcher."""
        self._replied = Replied(store, clock)
        self._tempo = Tempo(settings.limits.presses)
        self.files = files or Folder(settings.storage.folder)
        self.score = score
        """A function that returns how likely a text is to be of each kind of words, by kind."""

    async def handle(self, incoming: Incoming) -> Answered:
        """Process what a person did (an update of a platform), and return the answer.

        A failure raises nothing: it becomes a reply that says what was saved and what was not. Nothing is stored of
        what a person sends too fast, except of a cry for help.
        """
        with under_reference(incoming.reference), UPDATE_SECONDS.timing(incoming.platform):
            if refused := self._too_fast(incoming):
                return refused
            try:
                return await self._commit(
                    incoming, lambda request: answering.answer(self.router, request, incoming.content)
                )
            except PageClosed:
                return self._not_taken(incoming)
            except UserError as error:
                refusal = error
                return await self._tell(incoming, "refused", lambda request: self._refuse(request, incoming, refusal))
            except Unconfirmed:
                return await self._tell(incoming, "refused", lambda request: self._say_it_waits(request, incoming))
            except Stale:
                return await self._tell(incoming, "stale", lambda request: self._present_screen(request, incoming))
            except StoreUnavailable as error:
                return self._not_saved(incoming, error)
            except Exception:
                log.exception("conversation.update_failed", platform=incoming.platform)
                return await self._fail(incoming)

    async def form(self, incoming: Incoming) -> FormView | Answered | None:
        """Return the form that a press or command opens, on platforms that show forms; None if it opens none.

        Nothing is written. If the form must not open, an Answered with the refusal is returned. If the database is
        slow, the form is returned without prefilled answers. After any other error None is returned; the adapter then
        calls `handle`, which fails in the same way and tells the person.
        """
        reader = self._reader(incoming)
        try:
            payload, route, args = answering.find(self.router, incoming.content)
        except Stale:
            return None
        if route.form is None or isinstance(incoming.content, Submitted):
            return None
        if answering.answered_at_once(route, incoming.content):
            return None
        form, called = route.form, isinstance(incoming.content, Called)
        if called and answering.asks_about_cries(self.router, payload) and self._cries(incoming.content):
            return None  # `handle` asks about it
        if not self._tempo.admits(incoming.platform, incoming.sender, self._clock.now()):
            return None  # `handle` says so

        async def unit(tx: Transaction) -> FormView:
            nonlocal reader
            if await is_closed_to(tx, self.settings, incoming, self._clock.now()):
                raise Stale  # `handle` says so
            request = await self._request(tx, incoming, reading=True)
            reader = request.reader
            answering.authorise(request, route)
            prefilled = await answering.filled(request, incoming.content, payload, route, args)
            return FormView(form, payload, prefilled, reader, about=await answering.about_of(request, route, args))

        try:
            async with asyncio.timeout(_FORM_DUE):
                return await self._store.read(unit)
        except UserError as refusal:
            return Answered(reply(refusal.text, buttons=refusal.buttons), reader, "", "")
        except Stale:
            return None
        except (StoreUnavailable, TimeoutError):
            return FormView(form, payload, {}, reader)
        except Exception:  # noqa: BLE001 - `handle` meets it again, and tells the person under a reference
            return None

    async def menu(self, incoming: Incoming) -> Menu:
        """Return the menu of what a person can do now, for platforms that show a menu beside the conversation.

        The menu is empty once all personal data were erased. Raises StoreUnavailable if the database cannot be used.
        """

        try:
            return await self.look(incoming, open_menu)
        except Stale:
            return Menu()

    async def look(self, incoming: Incoming, read: Callable[[Request], Awaitable[T]]) -> T:
        """Return the result of `read`, a function that reads for a person and changes nothing.

        Raises Stale once the person's data were erased, StoreUnavailable if the database cannot be used, and whatever
        `read` raises.
        """

        async def unit(tx: Transaction) -> T:
            if await is_closed_to(tx, self.settings, incoming, self._clock.now()):
                raise Stale
            return await read(await self._request(tx, incoming, reading=True))

        return await self._store.read(unit)

    def target(self, content: Content) -> Target:
        """Return where the answer to a message or press in a shared chat may be shown.

        Returns «here» if everyone in the chat may read the answer, and «private» if only the person who asked may.
        """
        try:
            return answering.find(self.router, content)[1].target
        except Stale:
            return "private"

    def payload(self, content: Content) -> str:
        """Return the encoded action of a command or press, by which the person can continue in another chat.

        Raises Stale if no handler answers the command or press.
        """
        return answering.find(self.router, content)[0]

    async def takes_files(self, incoming: Incoming) -> bool:
        """Return whether a file that a person sends now would be used and should be fetched.

        If the content of `incoming` is Submitted, the file belongs to the submitted form, whose answers do not matter;
        otherwise the file was sent by itself. Returns True if the database does not answer, so that no file is lost.
        """
        try:
            return await self._store.read(lambda tx: self.takes_files_now(tx, incoming))
        except Exception:  # noqa: BLE001 - `handle` meets it again, and tells the person
            return True

    async def takes_files_now(self, tx: Transaction, incoming: Incoming) -> bool:
        """Return whether a file that a person sends now would be used and should be fetched, in an open transaction.

        If the content of `incoming` is Submitted, the file belongs to the submitted form; otherwise it was sent by
        itself. Returns True if something fails; the transaction may then have failed too, so nothing must be read in it
        afterwards.
        """
        try:
            request = await self._request(tx, incoming, reading=True)
            return await answering.takes_files(self.router, request, incoming.content)
        except Exception:  # noqa: BLE001 - as above; an error of the database still fails the transaction
            return True

    async def aim_now(self, tx: Transaction, incoming: Incoming) -> str:
        """Return the key of the place that would take words typed now; '' if it is unknown.

        A place is, for instance, a question being asked, or a phase in which ideas are collected. The key begins with
        CONFIDENTIAL_AIM if devices must not store what is typed. An error may make the transaction fail, so nothing
        must be read in it afterwards.
        """
        try:
            told, confidential = await answering.aim(self.router, await self._request(tx, incoming, reading=True))
        except Exception:  # noqa: BLE001 - `handle` meets it again; an error of the database fails the transaction
            return ""
        digest = hashlib.sha256(told.encode()).hexdigest()[:16]
        return f"{CONFIDENTIAL_AIM}{digest}" if confidential else digest

    async def is_late(self, incoming: Incoming, aim: str) -> bool:
        """Return whether words come too late for the place that they were written for.

        A place is, for instance, a question being asked, or a phase in which ideas are collected. `aim` is the key of
        the place when the words were written. Returns False for words that were received before, because they were
        taken then. Raises StoreUnavailable if the database cannot be used.
        """

        async def unit(tx: Transaction) -> bool:
            if await inbox_store.received(tx, incoming.platform, incoming.update_id):
                return False
            return await self.aim_now(tx, incoming) != aim

        return await self._store.read(unit)

    async def screens(self, incoming: Incoming) -> Sequence[tuple[Span, View]]:
        """Return the screens that a person may want to read without network, as pairs of title and message.

        Screens that the person may not see, that cannot be shown now, or that have a secret are left out. Raises
        StoreUnavailable if the database cannot be used.
        """
        screens: list[tuple[Span, View]] = []
        preloaded: dict[Hashable, Any] = {}
        for screen in self.router.offline:

            async def unit(tx: Transaction, screen: Offline = screen) -> Sequence[tuple[Span, View]]:
                if await is_closed_to(tx, self.settings, incoming, self._clock.now()):
                    return ()
                request = await self._request(tx, incoming, reading=True)
                request.preloaded = preloaded
                return await answering.look(self.router, request, screen)

            try:
                screens += await self._looking(self._store.read, unit, preloaded)
            except (Stale, UserError):
                continue
        return [(title, view) for title, view in screens if not view.secret]

    def sent(self, answered: Answered, native_id: str = "", *, withholds: bool = False) -> None:
        """Record that a reply was sent; the record is stored soon.

        `native_id` is the platform's id of the reply's message; '' if the platform can neither edit nor delete the
        message later. `withholds` is True if the platform itself hides the reply once its reader has lost the role to
        see it.
        """
        if answered.update_id:
            self._replied.remember(answered.platform, answered.update_id)
        if answered.reply is None or not (native_id and answered.update_id):
            return
        view, later = answered.reply.view, answered.reply.later
        stays = answered.reply.card and features_of(answered.platform).own_page
        screen = "" if view.attachments or stays else answered.reply.screen
        if answered.reply.job:
            screen = f"{JOB_SCREEN}{answered.reference}"
        if answered.account_id is not None and (answered.in_place or screen or later):
            self._replied.note_shown(
                ShownScreen(
                    answered.account_id,
                    native_id,
                    answered.in_place,
                    screen,
                    later.at if later else None,
                    pack(later.view)[0] if later else None,
                    answered.reference,
                )
            )
        if view.entrusted and not withholds:
            self._replied.note_entrusted(answered.platform, answered.update_id, native_id, view.who or Who.ANYONE)

    async def leftovers(self, platform: str) -> list[Leftover]:
        """Return a message for each chat of a platform whose last answer was not sent before the program ended.

        Each message is the screen that shows the present state.
        """

        async def present(tx: Transaction, incoming: Incoming) -> Answered:
            request = await self._request(tx, incoming, reading=True)
            return Answered(await self.router.home(request), request.reader, platform, incoming.update_id)

        return await self._replied.leftovers(platform, present)

    async def close(self) -> None:
        """Store at once which of the last replies were sent: before the program ends, or before its clock is moved."""
        await self._replied.close()

    # --- one transaction

    async def _commit(self, incoming: Incoming, run: Run, outcome: UpdateOutcome = "done") -> Answered:
        preloaded: dict[Hashable, Any] = {}
        scored = self._score_words(incoming.content)
        retrying: str | None = None  # the name of this program, once the outcome of its first attempt is unknown
        given = False

        async def unit(tx: Transaction) -> Answered:
            nonlocal given
            now = self._clock.now()
            if await is_closed_to(tx, self.settings, incoming, now):  # nothing is kept of who writes
                reader = self._reader(incoming)
                over = Reply(farewell(self.settings), fresh=True)
                over = with_lines_first(over, *self._whom_to_call(incoming.content))
                return Answered(over, reader, "", "", rung=Who.ANYONE)
            first = await inbox_store.receive(
                tx,
                incoming.platform,
                incoming.update_id,
                incoming.sender.native_id,
                incoming.sender.chat,
                now,
                outcome,
                self._store.program,
            )
            request = await self._request(tx, incoming)
            request.preloaded, request.scored = preloaded, scored
            if first:
                with tx.restricted(READS if request.unconfirmed else None):
                    answer: Reply | None = await run(request)
                    if answer is not None and answer.job:
                        who = answer.view.who or Who.ANYONE
                        asker = request.participant.id
                        if not await job_store.ask(tx, answer.job, asker, request.account, now, who=who):
                            raise UserError(
                                _(
                                    "Your last request is still waiting its turn, so I have not started this"
                                    " one. Ask again once you have the answer."
                                )
                            )
                if answer is not None and request.unconfirmed:  # it takes the place of nothing that is shown elsewhere
                    answer = replace(answer, screen="")
                opened = request.opened
                if outcome != "done" and opened is None:
                    opened = answering.opened_by(self.router, incoming.content)
                await self._note_screen(tx, incoming, request.account, request.person, opened)
                if answer is None:  # nobody waits for an answer: no next start shall make up for it
                    await inbox_store.mark_answered(tx, ((incoming.platform, incoming.update_id),))
            elif self._replied.gave(incoming.platform, incoming.update_id) or await inbox_store.is_answered(
                tx, incoming.platform, incoming.update_id, retrying
            ):
                answer = None
            else:
                answer = await self.router.home(request)
            if answer is not None:  # within the transaction: the same update may be the next in it
                self._replied.give(incoming.platform, incoming.update_id)
                given = True
            return Answered(
                answer,
                request.reader,
                incoming.platform,
                incoming.update_id,
                repeated=not first,
                account_id=request.account.id,
                in_place=answer is not None and not answer.fresh and isinstance(incoming.content, _IN_PLACE),
                rung=request.person.rung if request.person else Who.ANYONE,
                announces=request.announces,
            )

        def undone() -> None:
            if given:
                self._replied.take_back(incoming.platform, incoming.update_id)

        try:
            try:
                answered = await self._looking(self._store.transact, unit, preloaded)
            except OutcomeUnknown as unknown:  # the inbox tells whether it was saved: nothing is done twice
                retrying = self._store.program  # saved or not, the answer of that attempt is lost
                undone()
                try:
                    answered = await self._looking(self._store.transact, unit, preloaded)
                except StoreUnavailable as error:  # this time nothing was, but the first time it may have been
                    raise OutcomeUnknown(str(error)) from unknown
        except BaseException:
            undone()
            raise
        self.committed()
        if answered.rung is not None and not incoming.sender.unconfirmed:
            self._tempo.know(incoming.platform, incoming.sender, organises=answered.rung >= Who.ORGANISER)
        became = "repeated" if answered.repeated else outcome
        UPDATES.count(incoming.platform, became)
        kind = type(incoming.content).__name__
        log.debug("conversation.update_handled", platform=incoming.platform, kind=kind, outcome=became)
        return answered

    def _score_words(self, content: Content) -> dict[str, Mapping[str, float]]:
        """Return how likely each text in an update is of each kind.

        Scored before the transaction, which on SQLite is the only writer.
        """
        if self.router.alarm is None:
            return {}
        return {text: self.score(text) for words in words_in(content) if (text := clean_lines(words))}

    def _heard(self, content: Content) -> Sequence[Cry]:
        """Return the cries of distress, weak ones too, that the alarm hears in the words of an update.

        In a form of the team's there are none: its words, such as a session's title, are about the gathering. Nor is
        an answer that is a number, in any form.
        """
        alarm, answers = self.router.alarm, isinstance(content, Submitted)
        if alarm is None or (isinstance(content, Submitted) and answering.is_the_teams(self.router, content.payload)):
            return ()
        scored = self._score_words(content).items()
        heard = (alarm.hear(text, kinds) for text, kinds in scored if not (answers and text.isdecimal()))
        return [cry for cry in heard if cry is not None and cry.weak]

    def _cries(self, content: Content) -> bool:
        """Return whether the words of an update are a cry of distress, even if they answer a question."""
        return any(cry.certain for cry in self._heard(content))

    def numbers(self, content: Content) -> Sequence[Span]:
        """Return lines that say whom to call if a person's words are certainly a cry for help; otherwise none.

        Adapters show these lines if the words could not be stored, because nobody else will read the words.
        """
        alarm = self.router.alarm
        return alarm.numbers(self.settings) if alarm and self._cries(content) else ()

    def _whom_to_call(self, content: Content) -> Sequence[Span]:
        """Return lines that say whom to call, if something that was not carried out may have been for help."""
        alarm, locales = self.router.alarm, self.settings.gathering.locales
        urgent = self._cries(content) or answering.may_call_for_help(self.router, content, locales)
        return alarm.numbers(self.settings) if alarm and urgent else ()

    async def _note_screen(
        self, tx: Transaction, incoming: Incoming, account: Account, person: Participant | None, opened: str | None
    ) -> None:
        """Store which screen the person opened, where it hears what they write, or the one before did.

        An unconfirmed browser has its own: what is pressed there changes nothing of where words written elsewhere go.
        """
        sender = incoming.sender
        if incoming.greeting or opened is None or account.id is None or opened == sender.at(account).screen:
            return
        if sender.unconfirmed is None:
            await participant_store.set_screen(tx, account.id, opened)
        elif person is not None:
            await browser_store.set_screen(tx, person.id, sender.unconfirmed.id, opened)

    async def _looking(
        self, perform: Callable[[Unit[T]], Awaitable[T]], unit: Unit[T], preloaded: dict[Hashable, Any]
    ) -> T:
        """Perform a unit, again each time that it has to read much first, which is added to `preloaded`.

        Raises RuntimeError for a unit that asks on and on, as with a key that is another one each time.
        """
        for _attempt in range(_MOST_PRELOADS):
            try:
                return await perform(unit)
            except NeedsPreload as first:
                asked = first.key
                preloaded[asked] = await first.look(PerformBeside(self._store))
        raise RuntimeError(f"preloaded {_MOST_PRELOADS} times, last {asked!r}: is its key the same each time?")

    async def _tell(self, incoming: Incoming, outcome: UpdateOutcome, run: Run) -> Answered:
        """Store how the update ended, after all its changes were undone, and return the reply that says why."""
        try:
            return await self._commit(incoming, run, outcome)
        except PageClosed:
            return self._not_taken(incoming)
        except StoreUnavailable as error:
            return self._not_saved(incoming, error)
        except Exception:
            log.exception("conversation.update_failed", platform=incoming.platform)
            return await self._fail(incoming)

    def _not_taken(self, incoming: Incoming) -> Answered:
        """Return that nobody is answered: the page was closed in the browser that this came from."""
        return Answered(None, self._reader(incoming), "", "")

    async def _fail(self, incoming: Incoming) -> Answered:
        """Store the update as failed, with its words, and return the apology that names its reference."""
        text = said_in(incoming.content)
        if text and codes.must_be(text):
            text = None  # a code opens a door: it is kept nowhere in clear
        platform, update_id, sender = incoming.platform, incoming.update_id, incoming.sender
        confidential = await self._keep_screen(incoming)

        async def unit(tx: Transaction) -> None:
            now = self._clock.now()
            await inbox_store.receive(
                tx,
                platform,
                update_id,
                sender.native_id,
                sender.chat,
                now,
                "failed",
                self._store.program,
            )
            await inbox_store.mark_failed(tx, platform, update_id, None if confidential else text)

        try:
            await self._store.transact(unit)
        except Exception:
            log.exception("conversation.failure_not_noted")
            return self._not_saved(incoming)
        self._replied.give(platform, update_id)
        UPDATES.count(platform, "failed")
        failed = reply(failure_text(incoming.reference), fresh=True)
        answer = replace(with_lines_first(failed, *self._whom_to_call(incoming.content)), unsaid=confidential)
        return Answered(answer, self._reader(incoming), platform, update_id)

    async def _keep_screen(self, incoming: Incoming) -> bool:
        """Store which screen a failed update opened. Returns whether its words are confidential: yes if in doubt."""
        cried = bool(self._heard(incoming.content))

        async def unit(tx: Transaction) -> bool:
            now, sender = self._clock.now(), incoming.sender
            confidential = await answering.is_confidential(self.router, tx, incoming, now, cried=cried)
            account, person = await participant_store.identify(tx, incoming.platform, sender.native_id)
            if account is not None:
                opened = answering.opened_by(self.router, incoming.content)
                await self._note_screen(tx, incoming, account, person, opened)
            return confidential

        try:
            return await self._store.transact(unit)
        except Exception:  # noqa: BLE001 - what is the matter was logged; the words are kept nowhere then
            return True

    async def _request(self, tx: Transaction, incoming: Incoming, *, reading: bool = False) -> Request:
        """Return the request for an update: the person, the account and the locale.

        With `reading` nothing is written: for instance, a changed chat of the account is not stored. Otherwise raises
        PageClosed if the person's page was closed in the sender's browser since the update came in.
        """
        sender, settings, now = incoming.sender, self.settings, self._clock.now()
        account, person = await participant_store.identify(tx, incoming.platform, sender.native_id)
        if account is None:
            account = Account(
                incoming.platform,
                sender.native_id,
                sender.chat,
                sender.name,
                sender.language,
                private_chat=sender.private_chat,
            )
        elif reading:
            account = replace(account, chat=sender.chat)
        else:
            back = account.unreachable
            account = await participant_store.refresh(tx, account, sender.chat, sender.private_chat)
            if back and person:
                await participant_store.reachable_again(tx, person.id, now)
        named = settings.organisers.includes(incoming.platform, sender.native_id)
        if named and not reading and not (person and person.organises):
            account, person = await participant_store.enlist(tx, account, person, now)
        if person and sender.browser and not reading:
            browser = await browser_store.find(tx, person.id, sender.browser.id, now)
            if browser is None:
                raise PageClosed
            sender = replace(sender, browser=browser)
        account = sender.at(account)
        elsewhere = person
        if person and sender.browser and not sender.browser.confirmed:
            person = person.without_role
        locale = i18n.negotiate((person.locale if person else None, sender.language), settings.gathering.locales)
        message = message_of(incoming.content)
        return Request(
            tx,
            now,
            settings,
            account,
            person,
            locale,
            self.files,
            self._declared,
            self.router.shared,
            self.router.reminders,
            message=message,
            listeners=self.router.listeners,
            alarm=self.router.alarm,
            score=self.score,
            is_command=lambda word: self.router.command(word) is not None,
            browser=sender.browser,
            elsewhere=elsewhere,
            ago=incoming.content.ago if isinstance(incoming.content, Pressed) else timedelta(),
        )

    # --- what is said when something did not go through

    def _too_fast(self, incoming: Incoming) -> Answered | None:
        """Return the refusal of what a person sends too fast; None for what is taken, as a cry for help is.

        A cry has a limit of its own, and beyond that its answer still says whom to call.
        """
        platform, sender, now = incoming.platform, incoming.sender, self._clock.now()
        if isinstance(incoming.content, Gathered):
            return None  # its parts were counted
        if self._tempo.admits(platform, sender, now):
            return None
        numbers = self._whom_to_call(incoming.content)
        if numbers and self._tempo.admits(platform, sender, now, urgent=True):
            return None
        UPDATES.count(platform, "refused")
        told = numbers or features_of(platform).own_page or self._tempo.may_tell(platform, sender, now)
        said = with_lines_first(reply(limits.too_many_requests(), fresh=True), *numbers) if told else None
        return Answered(said, self._reader(incoming), "", "", too_fast=True)

    async def _refuse(self, request: Request, incoming: Incoming, refusal: UserError) -> Reply | None:
        """Return the reply to refused content, with whom to call if it may be a cry; None where it was said already."""
        content, cried = incoming.content, bool(self._heard(incoming.content))
        confidential = await answering.is_confidential(self.router, request.tx, incoming, request.now, cried=cried)
        answer = await answering.refused(self.router, request, content, refusal, confidential=confidential)
        if answer is None:
            return None
        if isinstance(content, Sent) and content.upload is None and self.router.alarm:  # nobody heard what it says
            answer = with_lines_last(answer, *self.router.alarm.numbers(self.settings))
        elif numbers := self.numbers(content):
            answer = replace(with_lines_first(answer, *numbers), wrong=None)  # they must be read
        return replace(answer, unsaid=True) if confidential else answer

    async def _say_it_waits(self, request: Request, incoming: Incoming) -> Reply:
        """Return what is read in place of what waits until a browser is confirmed; that opens no screen."""
        request.opened = request.account.screen
        waits = with_lines_first(await self.router.unconfirmed(request), *self.numbers(incoming.content))
        return replace(waits, unsaid=True)  # what was written may be for its owner alone

    async def _present_screen(self, request: Request, incoming: Incoming) -> Reply | None:
        content, cried = incoming.content, bool(self._heard(incoming.content))
        if isinstance(content, Edited | Deleted):
            return None  # what was said then concerns nobody any more
        present = with_lines_first(await self.router.home(request), *self._whom_to_call(content))
        if await answering.is_confidential(self.router, request.tx, incoming, request.now, cried=cried):
            present = replace(present, unsaid=True)
        if isinstance(content, Called) or (isinstance(content, Pressed) and content.linked and not request.person):
            return present  # no button was pressed: someone new
        if isinstance(content, Pressed | Picked | Submitted) and self.router.is_switched_off(content.payload):
            return with_lines_first(present, _("This is no longer offered. Here is where you are now."))
        return with_lines_first(present, _("That button has aged. Here is where you are now."))

    def _not_saved(self, incoming: Incoming, error: StoreUnavailable | None = None) -> Answered:
        """Return the reply that says that nothing was saved, or that it is unknown whether it was saved."""
        UPDATES.count(incoming.platform, "not_saved")
        words = (
            _("Our database stopped answering: this may or may not be saved. Check in a minute before you do it again.")
            if isinstance(error, OutcomeUnknown)
            else _("Not saved: our store does not answer. Try again in a minute.")
        )
        numbers = self._whom_to_call(incoming.content)
        return Answered(with_lines_first(reply(words, fresh=True), *numbers), self._reader(incoming), "", "")

    def _reader(self, incoming: Incoming) -> Reader:
        gathering = self.settings.gathering
        return Reader(i18n.negotiate((incoming.sender.language,), gathering.locales), gathering.zone)
