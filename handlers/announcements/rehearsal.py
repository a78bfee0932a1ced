"""The part of the rehearsal (a gathering played by the program) about announcements.

The program is stopped and restarted while one announcement is being sent.
"""

from __future__ import annotations

from datetime import time, timedelta

from bot.content.forms import Upload
from bot.content.texts import _
from bot.people.audiences import EVERYONE
from bot.rehearsal.cast import CastMember
from bot.rehearsal.contributions import DemoMove, Prepared, Rehearsal, Stage
from bot.rehearsal.expected_messages import ExpectedMessage
from bot.rehearsal.pictures import paper
from bot.rehearsal.playing import Play
from handlers.announcements.model import Announcement, Kind
from handlers.announcements.service.changing import withdraw_announcement
from handlers.announcements.service.releasing import release_announcement
from handlers.announcements.store import announcements
from handlers.announcements.store.contents import ELSE, LinkButton, put_words
from handlers.themes.settings import ThemeSettings

_CAMPAIGN = timedelta(days=5)
_GRACE = timedelta(seconds=11)
"""How long the program waits before it sends an announcement, so that the organiser can cancel it until then."""


async def announce(
    play: Play,
    words: str,
    audience: str = "all",
    *,
    picture: Upload | None = None,
    readers: list[CastMember] | None = None,
    now: bool = False,
) -> ExpectedMessage:
    """Let the organiser write and send an announcement. Returns the message that `readers` are expected to get.

    `words` is the text, `audience` the value of an option in the choice of audience, such as «all», and `picture` a
    picture to add, None for none. `readers` are by default everyone at the gathering. With `now`, the message is
    compared as it reads in the end, after any edits; otherwise as it arrived. The function returns before the message
    is sent.
    """
    organiser = play.organiser
    await organiser.command("annoncer")
    await organiser.act("an")
    if picture:
        await organiser.give(picture, caption=words)
    else:
        await organiser.fill(words)
    await organiser.choose(audience)
    await organiser.act("as")
    mark = ExpectedMessage(f"«{words[:40]}»", (words.partition("\n")[0],), now=now, by_day=True, kind="announcement")
    play.expected.due(play.coming if readers is None else readers, mark)
    return mark


async def to_everyone(play: Play) -> None:
    """Let the organiser announce something to all. The program is restarted while the messages are being sent."""
    await announce(play, "Le plan d'accès est affiché à l'accueil.\nPrends le métro, ligne 7.")
    play.servers.clock.advance(_GRACE)
    await play.servers.restart()
    await play.servers.calm()
    await play.look()
    play.report.tell(f"An announcement to {len(play.coming)} people; the program is restarted while it is on its way.")


async def with_picture(play: Play) -> None:
    """Let the organiser send an announcement with a picture."""
    await announce(play, "Voici l'affiche de la soirée.", picture=Upload("affiche.png", paper("La soirée")))
    await play.until(play.servers.clock.now() + _GRACE)
    play.report.tell("An announcement with a picture.")


async def by_theme(play: Play) -> None:
    """Let the organiser send an announcement to the people of each theme."""
    for theme in play.settings.all_of(ThemeSettings):
        readers = play.labelled(theme.key)
        words = f"Le thème {theme.title['fr']} se retrouve au premier étage."
        await announce(play, words, f"theme_{theme.key}", readers=readers)
    await play.until(play.servers.clock.now() + _GRACE)
    play.report.tell(f"An announcement for each of the {len(play.settings.all_of(ThemeSettings))} themes.")


async def corrected(play: Play) -> None:
    """Let the organiser send a wrong announcement and correct it: messages must be edited, and none sent twice."""
    wrong = "Le départ est à 8 h."
    right = "Le départ est à 9 h."
    mark = await announce(play, wrong, now=True)
    await play.until(play.servers.clock.now() + _GRACE)
    play.expected.due(play.coming, mark, -1)
    organiser = play.organiser
    await organiser.command("annoncer")
    await organiser.act("ao")
    await organiser.act("aw")
    await organiser.act("awf")
    await organiser.fill(right)
    play.expected.due(play.coming, ExpectedMessage(f"«{right}»", (right,), now=True, kind="announcement"))
    await play.servers.calm()
    await play.look()
    play.report.tell("An announcement is corrected in its place: nobody gets a second message.")


async def leave_some(prepared: Prepared) -> None:
    """Store announcements in every state (a draft, a scheduled one, two sent, a withdrawn one) and two campaigns."""
    tx, settings, now = prepared.tx, prepared.settings, prepared.now
    await _write(prepared, "Un brouillon")
    await announcements.wait_for_hour(tx, (await _write(prepared, "Plus tard")).id, now + timedelta(days=2))
    for words in ("Le plan est affiché", "Trop tôt", "Faux"):
        sent = await _write(prepared, words)
        await release_announcement(tx, settings, sent, now)
    await withdraw_announcement(tx, await _as_stored(prepared, sent), now)
    link = LinkButton("Je réponds", "https://example.org/choix")
    await _write(prepared, "Choisis ton lit", link)
    await release_announcement(tx, settings, await _write(prepared, "Choisis ton repas", link), now)


async def _write(prepared: Prepared, words: str, link: LinkButton | None = None) -> Announcement:
    """Store the draft of an announcement to all; with a `link` it is a campaign that ends in a few days."""
    tx, now = prepared.tx, prepared.now
    kind: Kind = "campaign" if link else "announcement"
    ends = now + _CAMPAIGN if link else None
    made = await announcements.add_announcement(
        tx, None, (words,), (), now, audience=EVERYONE, kind=kind, deadline=ends
    )
    await put_words(tx, made.id, {ELSE: (words,)}, link)
    return made


async def _as_stored(prepared: Prepared, announcement: Announcement) -> Announcement:
    found = await announcements.find_announcement(prepared.tx, announcement.id)
    assert found is not None
    return found


REHEARSAL = Rehearsal(
    moves=(
        DemoMove(
            40,
            _("Announce something"),
            _("As the organiser: «Announce». It leaves after ten seconds. Then move the clock: reminders come too."),
            announcements.released_since,
        ),
    ),
    stages=(
        Stage("announced to everyone", -3, to_everyone, needs=("come in",), title="announcements"),
        Stage("picture announced", -2, with_picture, needs=("come in",), title="more of them"),
        Stage("announced by theme", -2, by_theme, needs=("minds made up",)),
        Stage("announcement corrected", 0, corrected, at=time(15), needs=("challenge kept",)),
    ),
    prepared=(Stage("announcements in every state", -27, leave_some),),
)
