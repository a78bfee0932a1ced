"""Copies of announcements: sent by audience, corrected, taken back, at hours when people are awake."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.background.reminder_store import Reminder
from bot.background.reminding import Notice
from bot.background.scheduling import Ticker
from bot.config.settings import SharedChannel
from bot.content.delivery_kinds import BULK
from bot.content.errors import ChannelGone, MessageGone, Moved, Rejected, RetryLater, Unreachable
from bot.content.lead_times import Lead
from bot.content.views import File, View
from bot.database.engine import Store, Transaction
from bot.delivery import channel_store
from bot.delivery.channels import CreatedChannel
from bot.delivery.shared_channels import channel_is_gone
from bot.membership.erasure import erase
from bot.people import participant_store, preference_store
from bot.people.audiences import EVERYONE, Audience
from handlers.announcements.schedule import ScheduledAnnouncements
from handlers.announcements.service.changing import cancel_announcement
from handlers.announcements.service.releasing import release_announcement
from handlers.announcements.store import slices
from handlers.announcements.store.announcements import find_announcement, set_state
from handlers.announcements.store.contents import ELSE, file_kinds, put_words
from handlers.announcements.store.reach import who_is_reached
from handlers.announcements.store.releases import CopyChannel, Release, add_copies_in_channels
from handlers.announcements.store.reports import copies_of, tally_copies
from handlers.attendance.store.marks import mark_attendance
from handlers.groups.store.groups import add_group
from handlers.groups.store.members import put_in_group
from handlers.groups.store.rounds import add_round, mark_round_published
from handlers.reminders.schedule import enqueue_slice
from handlers.themes.store import put_theme
from tests.announcements.builders import announce, cancel, correct, note_reachable, retry, state, withdraw
from tests.delivery.rig import NO_FILES, Rig
from tests.engines import on_one_engine
from tests.world import CHORES, DECLARED, START

EVENING = datetime(2027, 3, 1, 20, 59, tzinfo=UTC)  # 21:59 in Paris


@pytest.fixture
def rig(store: Store) -> Rig:
    """On Telegram, Discord and the pages, once per engine."""
    return Rig(store, "telegram", "discord", "web")


@on_one_engine
async def test_everyone_of_an_audience_gets_one_copy_where_they_prefer(rig: Rig) -> None:
    await rig.person("Zoé", "telegram:1", "web:2")
    await rig.person("Ali", "web:3", territory="CH")
    await rig.person("Eva", "telegram:4")
    silent = await rig.person("Noé", "telegram:5")
    await rig.change(participant_store.set_stopped, silent, True)
    async with rig.running():
        everyone = await announce(rig, "Welcome")
        swiss = await announce(rig, "Grüezi", Audience("territory", "CH"))
        await rig.passes(2)
    assert sorted((m.chat, m.text) for m in rig["telegram"].arrived) == [("1", "Welcome"), ("4", "Welcome")]
    assert rig["web"].texts == ["Welcome", "Grüezi"]
    assert [await state(rig, each) for each in (everyone, swiss)] == ["sent", "sent"]


async def test_it_is_over_though_the_program_ends_while_the_last_copy_is_under_way(rig: Rig) -> None:
    await rig.person("Zoé", "telegram:1")
    rig["telegram"].gate.clear()
    async with rig.running():
        welcome = await announce(rig, "Welcome")
        await rig.passes(2)
        assert await state(rig, welcome) == "sending"
        rig["telegram"].gate.set()
    assert (rig["telegram"].texts, await state(rig, welcome)) == (["Welcome"], "sent")


@on_one_engine
async def test_it_is_over_once_the_only_person_it_waited_for_is_erased(rig: Rig) -> None:
    await rig.person("Zoé", "telegram:1")
    ali = await rig.person("Ali", "telegram:2")
    rig["telegram"].answers["2"] = [RetryLater("flood", 600)]
    async with rig.running():
        welcome = await announce(rig, "Welcome")
        await rig.passes(5)
    await rig.change(erase, DECLARED, ali, rig.clock.now(), texts=True, files=NO_FILES)
    assert await state(rig, welcome) == "sending"
    for chore in CHORES:
        await rig.change(chore, rig.clock.now())
    assert await state(rig, welcome) == "sent"


async def test_a_program_that_was_killed_before_it_noticed_the_end_notices_it_at_its_start(rig: Rig) -> None:
    await rig.person("Zoé", "telegram:1")
    async with rig.running():
        welcome = await announce(rig, "Welcome")
        await rig.passes(2)
    await rig.change(set_state, welcome, "sending")
    await Ticker(rig.store, rig.clock, (ScheduledAnnouncements(rig.settings),)).prepare()
    assert await state(rig, welcome) == "sent"


@on_one_engine
async def test_who_muted_the_team_is_left_alone(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")
    await rig.person("Ali", "telegram:2")
    await rig.change(preference_store.mute, zoe, ["team"])
    async with rig.running():
        await announce(rig, "Welcome")
        await rig.passes(2)
    assert [(message.chat, message.text) for message in rig["telegram"].arrived] == [("2", "Welcome")]


@on_one_engine
async def test_files_are_stored_once_and_sent_with_every_copy(rig: Rig) -> None:
    for number in range(5):
        await rig.person(f"P{number}", f"telegram:{number}")
    plan = File("plan.pdf", b"%PDF" * 1000, "application/pdf")
    async with rig.running():
        made = await announce(rig, "The plan", attachments=(plan,))
        await rig.passes(2)
    assert [message.view.attachments for message in rig["telegram"].arrived] == [(plan,)] * 5
    assert await rig.store.read(lambda tx: file_kinds(tx, made)) == [("file", "plan.pdf", 4000)]


@on_one_engine
async def test_cancelled_within_its_seconds_nothing_leaves(rig: Rig) -> None:
    await rig.person("Zoé", "telegram:1")
    async with rig.running():
        made = await announce(rig, "Oops", due=rig.clock.now() + timedelta(seconds=10))
        await rig.passes(9)
        await cancel(rig, made)
        await rig.passes(60)
    assert rig["telegram"].tried == []
    assert [each for each, _reason in await rig.states()] == ["cancelled"]


@on_one_engine
async def test_cancelled_midway_the_rest_stays(rig: Rig) -> None:
    for number in range(100):
        await rig.person(f"P{number}", f"telegram:{number}")
    async with rig.running():
        made = await announce(rig, "Oops")
        await rig.passes(1)
        await cancel(rig, made)
        await rig.passes(60)
    arrived = len(rig["telegram"].arrived)
    assert 25 < arrived < 45
    counts = await rig.store.read(lambda tx: tally_copies(tx, made))
    assert [(count.state, count.copies) for count in counts] == [("cancelled", 100 - arrived), ("sent", arrived)]


@on_one_engine
async def test_a_correction_edits_what_arrived_and_changes_what_has_still_to_leave(rig: Rig) -> None:
    for number in range(60):
        await rig.person(f"P{number}", f"telegram:{number}")
    async with rig.running():
        made = await announce(rig, "Room A")
        await rig.passes(1)
        already = len(rig["telegram"].arrived)
        await correct(rig, made, "Room B")
        await rig.passes(10)
        assert {tuple(rig["telegram"].screen(str(number))) for number in range(60)} == {("Room B",)}
        assert already - 1 <= rig["telegram"].edits <= already + 16
        assert len(rig["telegram"].arrived) == 60
        assert await state(rig, made) == "sent"


async def test_only_copies_whose_words_change_are_edited(rig: Rig) -> None:
    await rig.person("Zoé", "telegram:1")
    await rig.person("Anna", "telegram:2", locale="de")
    telegram = rig["telegram"]
    async with rig.running():
        made = await announce(rig, "Room A")
        await rig.passes(2)
        assert await correct(rig, made, "Room A", de="Raum B") == 1
        await rig.passes(2)
        assert (telegram.screen("1"), telegram.screen("2"), telegram.edits) == (["Room A"], ["Raum B"], 1)
    assert await correct(rig, made, "Room C", de="Raum C") == 2
    assert await correct(rig, made, "Room A", de="Raum C") == 1  # nothing had left
    async with rig.running():
        await rig.passes(2)
        assert (telegram.screen("1"), telegram.screen("2"), telegram.edits) == (["Room A"], ["Raum C"], 2)
        telegram.gate.clear()
        await correct(rig, made, "Room D", de="Raum C")
        await rig.passes(1)
        await correct(rig, made, "Room A", de="Raum C")
        telegram.gate.set()
        await rig.passes(2)
    assert (telegram.screen("1"), telegram.edits) == (["Room A"], 4)  # what was under way is taken back
    assert await rig.states() == [("sent", None), ("sent", None)]


@on_one_engine
async def test_a_copy_that_is_being_sent_is_corrected_after_it_arrived(rig: Rig) -> None:
    await rig.person("Zoé", "telegram:1")
    async with rig.running():
        rig["telegram"].gate.clear()
        made = await announce(rig, "Room A")
        await rig.passes(1)
        await correct(rig, made, "Room B")
        rig["telegram"].gate.set()
        await rig.passes(5)
    assert [message.text for message in rig["telegram"].arrived] == ["Room A"]
    assert rig["telegram"].screen("1") == ["Room B"]


@on_one_engine
async def test_what_is_withdrawn_is_deleted_where_that_can_be(rig: Rig) -> None:
    for number in range(3):
        await rig.person(f"P{number}", f"telegram:{number}")
    rig["telegram"].kept.add("2")
    async with rig.running():
        made = await announce(rig, "Oops")
        await rig.passes(2)
        await withdraw(rig, made)
        await rig.passes(2)
    assert [rig["telegram"].screen(chat) for chat in "012"] == [[], [], ["The team withdrew this announcement."]]
    assert await rig.states() == [("withdrawn", None), ("withdrawn", None), ("sent", "cannot be deleted")]
    assert await state(rig, made) == "withdrawn"


@on_one_engine
async def test_a_copy_that_is_being_sent_is_withdrawn_after_it_arrived(rig: Rig) -> None:
    await rig.person("Zoé", "telegram:1")
    async with rig.running():
        rig["telegram"].gate.clear()
        made = await announce(rig, "Oops")
        await rig.passes(1)
        await withdraw(rig, made)
        rig["telegram"].gate.set()
        await rig.passes(5)
    assert len(rig["telegram"].arrived) == 1
    assert rig["telegram"].screen("1") == []
    assert await rig.states() == [("withdrawn", None)]


@on_one_engine
@pytest.mark.parametrize(("what", "shown"), [("corrected", ["Room B"]), ("withdrawn", [])])
async def test_what_changed_while_a_copy_arrived_with_the_end_of_the_program_is_done_after_its_start(
    rig: Rig, what: str, shown: list[str]
) -> None:
    await rig.person("Zoé", "telegram:1")
    async with rig.running():
        rig["telegram"].gate.clear()
        made = await announce(rig, "Room A")
        await rig.passes(1)
        await (correct(rig, made, "Room B") if what == "corrected" else withdraw(rig, made))
        rig["telegram"].gate.set()  # it arrives while the program ends
    assert rig["telegram"].screen("1") == ["Room A"]
    async with rig.running():
        await rig.passes(5)
    assert rig["telegram"].screen("1") == shown


async def test_what_was_withdrawn_meanwhile_is_taken_back_from_who_unblocks_the_bot(rig: Rig) -> None:
    await rig.person("Zoé", "telegram:1")

    async with rig.running():
        made = await announce(rig, "Oops")
        await rig.passes(1)
        await note_reachable(rig, "1", reachable=False)
        await withdraw(rig, made)
        await rig.passes(5)
        assert rig["telegram"].screen("1") == ["Oops"]
        await note_reachable(rig, "1")
        await rig.passes(10)
    assert rig["telegram"].screen("1") == []
    assert await rig.states() == [("withdrawn", None)]


@on_one_engine
async def test_who_deleted_their_copy_is_sent_no_correction(rig: Rig) -> None:
    await rig.person("Zoé", "telegram:1")
    async with rig.running():
        made = await announce(rig, "Room A")
        await rig.passes(1)
        rig["telegram"].answers["1"] = [MessageGone("message to edit not found")]
        await correct(rig, made, "Room B")
        await rig.passes(10)
        await correct(rig, made, "Room C")
        await rig.passes(10)
    assert [message.text for message in rig["telegram"].arrived] == ["Room A"]
    assert await rig.states() == [("withdrawn", None)]


@on_one_engine
async def test_failures_are_sent_again_when_asked(rig: Rig) -> None:
    await rig.person("Zoé", "telegram:1")
    await rig.person("Ali", "telegram:2")
    rig["telegram"].answers["1"] = [Rejected("no")]
    rig["telegram"].answers["2"] = [Unreachable("blocked")]
    async with rig.running():
        made = await announce(rig, "Welcome")
        await rig.passes(2)
        assert await state(rig, made) == "sent"
        await note_reachable(rig, "2")  # Ali wrote again
        await retry(rig, made)
        assert await state(rig, made) == "sending"
        await rig.passes(2)
    assert sorted(message.chat for message in rig["telegram"].arrived) == ["1", "2"]
    assert await state(rig, made) == "sent"


async def test_a_chat_that_moved_is_written_to_once_and_under_its_new_id_from_then_on(rig: Rig) -> None:
    await rig.person("Zoé", "telegram:1")
    rig["telegram"].answers["1"] = [Moved("group chat was upgraded", "-1007")]
    async with rig.running():
        await announce(rig, "One")
        await rig.passes(2)
        await announce(rig, "Two")
        await rig.passes(8)
    assert [(message.chat, message.text) for message in rig["telegram"].arrived] == [("-1007", "One"), ("-1007", "Two")]


@on_one_engine
async def test_ones_own_message_does_not_wait_behind_what_goes_to_many(rig: Rig) -> None:
    people = [await rig.person(f"P{number}", f"telegram:{number}") for number in range(200)]
    async with rig.running():
        await announce(rig, "Welcome")
        await rig.passes(1)
        await rig.tell(people[150], "Your place is kept")
        await rig.passes(0.6)
    assert "Your place is kept" in rig["telegram"].texts
    assert len(rig["telegram"].arrived) < 70


@on_one_engine
async def test_nobody_is_woken_unless_it_is_urgent(store: Store) -> None:
    rig = Rig(store, "telegram", start=EVENING)
    await rig.person("Zoé", "telegram:1", territory="FR")
    await rig.person("Ali", "telegram:2", territory="CA-QC")  # late afternoon there
    await rig.person("Eva", "telegram:3", territory="US")  # several zones: the gathering's counts
    async with rig.running():
        await rig.passes(120)
        await announce(rig, "Tomorrow at nine")
        await rig.passes(5)
        assert [message.chat for message in rig["telegram"].arrived] == ["2"]
        assert await rig.states() == [("waiting", "night"), ("sent", None), ("waiting", "night")]
        await announce(rig, "The doors are closed", Audience("territory", "FR"), urgent=True)
        await rig.passes(5)
        assert rig["telegram"].texts[1:] == ["The doors are closed"]
    await rig.clock.advance(datetime(2027, 3, 2, 6, 59, 55, tzinfo=UTC) - rig.clock.now())
    async with rig.running():
        await rig.passes(10)
    later = [(message.chat, message.at) for message in rig["telegram"].arrived[2:]]
    assert sorted(chat for chat, _at in later) == ["1", "3"]
    morning = (datetime(2027, 3, 2, 7, tzinfo=UTC) - datetime(2027, 3, 1, 9, tzinfo=UTC)).total_seconds()
    assert all(0 <= at - morning < 6 for _chat, at in later)


async def test_at_the_gathering_its_own_hours_hold_for_who_is_there(store: Store) -> None:
    rig = Rig(store, "telegram", start=datetime(2027, 6, 10, 6, 13, tzinfo=UTC))  # 08:13 in Paris, the first day
    await rig.person("Zoé", "telegram:1", territory="FR")
    await rig.person("Ali", "telegram:2", territory="CA-QC")  # 02:13 at home, and in the building
    absent = await rig.person("Eva", "telegram:3", territory="CA-QC")
    await rig.change(mark_attendance, [absent], "2027-06-10", False, absent, rig.clock.now())
    async with rig.running():
        await announce(rig, "The bus leaves at nine")
        await rig.passes(5)
    assert sorted(message.chat for message in rig["telegram"].arrived) == ["1", "2"]
    assert await rig.states() == [("sent", None), ("sent", None), ("waiting", "night")]
    await rig.clock.advance(datetime(2027, 6, 10, 21, 0, tzinfo=UTC) - rig.clock.now())  # 23:00 in Paris, 17:00 at home
    async with rig.running():
        await announce(rig, "Breakfast is at eight")
        await rig.passes(5)
    assert [(each.chat, each.text) for each in rig["telegram"].arrived[2:]] == [
        ("3", "The bus leaves at nine"),
        ("3", "Breakfast is at eight"),
    ]
    await rig.clock.advance(datetime(2027, 6, 11, 6, 0, tzinfo=UTC) - rig.clock.now())
    async with rig.running():
        await rig.passes(5)
    assert sorted(message.chat for message in rig["telegram"].arrived[4:]) == ["1", "2"]


@on_one_engine
async def test_a_third_message_of_a_day_waits_for_the_next_unless_it_is_urgent(rig: Rig) -> None:
    await rig.person("Zoé", "telegram:1", territory="FR")
    async with rig.running():
        for text in ("One", "Two", "Three", "Four"):
            await announce(rig, text)
        await announce(rig, "Fire!", urgent=True)
        await rig.passes(30)
        assert rig["telegram"].texts[0] == "Fire!"
        first_day = len(rig["telegram"].texts)
        assert ("waiting", "two today") in await rig.states()
    for day in (1, 2):
        await rig.clock.advance(timedelta(days=1))
        async with rig.running():
            await rig.passes(30)
        assert len(rig["telegram"].texts) == min(first_day + 2 * day, 5)
    assert sorted(rig["telegram"].texts) == ["Fire!", "Four", "One", "Three", "Two"]


@on_one_engine
async def test_on_discord_what_is_for_all_is_said_once_in_its_channel(rig: Rig) -> None:
    await rig.person("Zoé", "discord:1")
    await rig.person("Ali", "discord:2")
    await rig.person("Eva", "telegram:3")
    async with rig.running():
        await announce(rig, "Welcome", channel=SharedChannel("discord", "77", "500"))
        await rig.passes(2)
    said = [(message.chat, message.thread, message.mentions) for message in rig["discord"].arrived]
    assert said == [("77", "77", ("&500",))]
    assert rig["telegram"].texts == ["Welcome"]


async def test_of_several_channels_each_gets_one_copy_however_often_it_is_released(rig: Rig) -> None:
    made = await announce(rig, "Welcome", channel=SharedChannel("discord", "77", "500"))
    channels = [CopyChannel("discord", None, chat, "") for chat in ("77", "78", "79")]
    release = Release(made, urgent=False, due=START, now=START)
    assert await rig.store.transact(lambda tx: add_copies_in_channels(tx, release, channels)) == 2
    assert await rig.store.transact(lambda tx: add_copies_in_channels(tx, release, channels)) == 0
    async with rig.running():
        await rig.passes(2)
    assert sorted(message.chat for message in rig["discord"].arrived) == ["77", "78", "79"]


@on_one_engine
async def test_on_discord_the_others_are_called_in_their_groups_thread_or_listed(rig: Rig) -> None:
    shy, lonely = await rig.person("Zoé", "discord:1"), await rig.person("Ali", "discord:2")
    eva = await rig.person("Eva", "discord:3")
    await rig.change(preference_store.set_private_pushes, eva, True)
    await in_a_thread(rig, shy)
    async with rig.running():
        made = await announce(rig, "No theme yet", Audience("unchosen"))
        await rig.passes(2)
    said = sorted((message.chat, message.thread, message.mentions) for message in rig["discord"].arrived)
    assert said == [("3", None, ()), ("60", "61", ("1",))]
    counts = await rig.store.read(lambda tx: tally_copies(tx, made))
    assert [(count.state, count.reason, count.copies) for count in counts] == [
        ("sent", None, 2),
        ("unreachable", "no opt-in", 1),
    ]
    copies = await rig.store.read(lambda tx: copies_of(tx, made))
    assert [copy.participant for copy in copies if copy.state == "unreachable"] == [lonely]


async def test_two_of_one_group_are_called_in_one_message_though_copies_are_made_in_slices(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "AT_ONCE", 1)
    zoe, ali = await rig.person("Zoé", "discord:1"), await rig.person("Ali", "discord:2")
    await in_a_thread(rig, zoe, ali)
    async with rig.running():
        await announce(rig, "No theme yet", Audience("unchosen"))
        await rig.passes(2)
    said = [(message.chat, message.thread, message.mentions) for message in rig["discord"].arrived]
    assert said == [("60", "61", ("1", "2"))]


async def in_a_thread(rig: Rig, *people: int) -> None:
    """Give people a group, with the thread 61 on Discord."""
    far = rig.clock.now() + timedelta(days=999)

    async def unit(tx: Transaction) -> None:
        await put_theme(tx, "culture", 1, {"en": "Culture"}, {}, None)
        await add_round(tx, 1, date(2027, 6, 10), None)
        await mark_round_published(tx, 1, rig.clock.now())
        group = await add_group(tx, 1, "culture", 1)
        for person in people:
            await put_in_group(tx, person, group)
        await channel_store.set_offered(tx, "discord", True, rig.clock.now())
        stored = await channel_store.next_channel(tx, "discord")
        assert stored is not None
        await channel_store.note_created(tx, stored.id, CreatedChannel("Group", "60", "61", "62"))
        await channel_store.mark_synchronised(tx, stored, rig.clock.now(), far)

    await rig.store.transact(unit)


async def ways(rig: Rig) -> dict[str, str]:
    """How everyone is reached, as a preview counts it where no channel is read by all."""
    found = await rig.store.read(lambda tx: who_is_reached(tx, EVERYONE, "team", in_channels=False, today=START.date()))
    return {each.full_name.partition(" ")[0]: each.way for each in found}


@pytest.mark.parametrize("end", [withdraw, cancel])
async def test_what_was_called_back_meanwhile_does_not_go_to_people_because_its_channel_is_gone(
    rig: Rig, end: Callable[[Rig, int], Awaitable[None]]
) -> None:
    zoe = await rig.person("Zoé", "discord:2")
    await rig.change(preference_store.set_private_pushes, zoe, True)
    rig["discord"].answers["77"] = [ChannelGone("Discord answers 404, code 10003")]
    rig["discord"].gate.clear()
    async with rig.running():
        welcome = await announce(rig, "Welcome", channel=SharedChannel("discord", "77"))
        await rig.passes(2)
        await end(rig, welcome)
        rig["discord"].gate.set()
        await rig.passes(10)
    assert [copy.state for copy in await rig.store.read(lambda tx: copies_of(tx, welcome))] == ["failed"]


async def test_what_was_for_a_channel_that_is_gone_reaches_people_one_by_one(rig: Rig) -> None:
    shy, _lonely = await rig.person("Zoé", "discord:1"), await rig.person("Ali", "discord:2")
    eva = await rig.person("Eva", "discord:3")
    await rig.person("Noé", "telegram:4")
    await rig.change(preference_store.set_private_pushes, eva, True)
    await in_a_thread(rig, shy)
    rig["discord"].answers["77"] = [ChannelGone("Discord answers 404, code 10003")]
    async with rig.running():
        made = await announce(rig, "Welcome", channel=SharedChannel("discord", "77", "500"))
        await rig.passes(5)
    said = sorted((message.chat, message.thread, message.mentions) for message in rig["discord"].arrived)
    assert said == [("3", None, ()), ("60", "61", ("1",))]
    assert rig["telegram"].texts == ["Welcome"], "once"
    counts = await rig.store.read(lambda tx: tally_copies(tx, made))
    assert sorted((count.platform, count.state, count.copies) for count in counts) == [
        ("discord", "sent", 2),
        ("discord", "unreachable", 1),
        ("telegram", "sent", 1),
    ]
    assert await ways(rig) == {"Zoé": "mention", "Ali": "no opt-in", "Eva": "private", "Noé": "private"}
    assert await rig.store.read(lambda tx: channel_is_gone(tx, "77")), "the next preview knows"


async def test_who_closed_their_private_messages_is_called_in_their_groups_thread(rig: Rig) -> None:
    eva = await rig.person("Eva", "discord:3")
    await rig.change(preference_store.set_private_pushes, eva, True)
    await in_a_thread(rig, eva)
    rig["discord"].answers["3"] = [Unreachable("Discord answers 403, code 50007")]
    async with rig.running():
        made = await announce(rig, "Room A", Audience("unchosen"))
        await rig.passes(5)
        await correct(rig, made, "Room B")
        await rig.passes(5)
        assert await ways(rig) == {"Eva": "mention"}
        await announce(rig, "Bring water", Audience("unchosen"), urgent=True)
        await rig.passes(5)
    said = [(message.thread, message.mentions, message.text) for message in rig["discord"].arrived]
    assert said == [("61", ("3",), "Room A"), ("61", ("3",), "Bring water")]
    assert "Room B" in rig["discord"].shown["60"].values()


async def test_two_of_one_group_who_closed_everything_read_an_announcement_once(store: Store) -> None:
    rig = Rig(store, "discord")
    eva, ali = await rig.person("Eva", "discord:3"), await rig.person("Ali", "discord:4")
    for person in (eva, ali):
        await rig.change(preference_store.set_private_pushes, person, True)
    await in_a_thread(rig, eva, ali)
    for chat in ("3", "4"):
        rig["discord"].answers[chat] = [Unreachable("Discord answers 403, code 50007")]
    async with rig.running():
        await announce(rig, "Room A", Audience("unchosen"))
        await rig.passes(5)
        await announce(rig, "Room B", Audience("unchosen"), urgent=True)
        await rig.passes(5)
    texts = [message.text for message in rig["discord"].arrived]
    assert texts.count("Room A") == texts.count("Room B") == 1
    assert {name for message in rig["discord"].arrived for name in message.mentions} == {"3", "4"}


async def test_what_is_for_one_person_is_never_said_in_a_thread_only_once_that_it_is_there(rig: Rig) -> None:
    eva = await rig.person("Eva", "discord:3")
    await rig.change(preference_store.set_private_pushes, eva, True)
    await in_a_thread(rig, eva)
    rig["discord"].answers["3"] = [Unreachable("Discord answers 403, code 50007")] * 2
    async with rig.running():
        await rig.tell(eva, "The team answers: your secret is safe", "And something else")
        await rig.passes(10)
    [message] = rig["discord"].arrived
    assert (message.thread, message.mentions) == ("61", ("3",))
    assert message.text.startswith("J’ai quelque chose pour toi, mais tes messages privés sont fermés.")


@on_one_engine
async def test_one_chat_that_asks_for_patience_holds_nobody_up_for_long(rig: Rig) -> None:
    """Telegram does not say whose limit was passed: another chat is tried soon."""
    for number in range(80):
        await rig.person(f"P{number}", f"telegram:{number}")
    rig["telegram"].answers["3"] = [RetryLater("retry after 40", 40, whole_platform=None)]
    async with rig.running():
        await announce(rig, "Welcome")
        await rig.passes(8)
        assert len(rig["telegram"].arrived) == 79
        await rig.passes(40)
    assert len(rig["telegram"].arrived) == 80


@on_one_engine
async def test_a_limit_of_the_whole_platform_is_waited_for_in_full(rig: Rig) -> None:
    for number in range(40):
        await rig.person(f"P{number}", f"telegram:{number}")
    for chat in range(40):
        rig["telegram"].answers[str(chat)] = [RetryLater("retry after 20", 20, whole_platform=None)]
    async with rig.running():
        await announce(rig, "Welcome")
        await rig.passes(15)
        assert len(rig["telegram"].tried) <= 4  # those that were under way
    assert rig["telegram"].arrived == []


@on_one_engine
async def test_what_was_called_back_and_rewritten_leaves_with_its_new_words(rig: Rig) -> None:
    await rig.person("Zoé", "telegram:1")

    async def call_back(tx: Transaction) -> None:
        found = await find_announcement(tx, made)
        assert found
        assert (await cancel_announcement(tx, found, rig.clock.now())).state == "draft"
        await put_words(tx, made, {ELSE: ("Right",)}, None)
        await release_announcement(tx, rig.settings, found, rig.clock.now())

    async with rig.running():
        rig["telegram"].cut = True
        made = await announce(rig, "Wrong")
        await rig.passes(1)
        await rig.store.transact(call_back)
        rig["telegram"].cut = False
        await rig.passes(60)
    assert rig["telegram"].texts == ["Right"]


async def test_a_reminder_a_day_ahead_wakes_nobody_and_is_none_of_two_a_day(store: Store) -> None:
    rig = Rig(store, "telegram", start=EVENING)
    for name, chat, territory in (("Zoé", "1", "FR"), ("Ali", "2", "CA-QC")):
        await rig.person(name, f"telegram:{chat}", territory=territory)

    async def remind(subject: str) -> None:
        async def unit(tx: Transaction) -> None:
            now = rig.clock.now()
            reminder = Reminder(0, subject, Lead(days=1), now, now, participant_id=None, reached=0)
            await enqueue_slice(tx, reminder, Notice(EVERYONE, View((subject,)), mute="", rank=BULK), now)

        await rig.store.transact(unit)
        rig.delivery.wake()

    async with rig.running():
        await rig.passes(120)  # Paris sleeps, in Montréal it is late afternoon
        await remind("session:1")
        await rig.passes(5)
        assert [message.chat for message in rig["telegram"].arrived] == ["2"]
        await remind("session:2")
        await rig.passes(5)
        await announce(rig, "Lunch", Audience("territory", "CA-QC"))
        await remind("campaign:1")
        await remind("session:3")
        await rig.passes(5)
        await announce(rig, "Dinner", Audience("territory", "CA-QC"))
        await remind("session:4")
        await rig.passes(5)
        said = [message.text for message in rig["telegram"].arrived if message.chat == "2"]
        assert said == ["session:1", "session:2", "Lunch", "campaign:1", "session:3", "session:4"]
    states = await rig.states()
    assert states.count(("waiting", "two today")) == 1
