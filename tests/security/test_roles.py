"""Whoever lost a role keeps nothing of what it let them do, or see."""

from __future__ import annotations

import asyncio

import pytest

from tests.security.builders import Gathering, Upload, WebChat, open_gathering

REFUSED = "This is for the organisers."
GONE = "This was for the team. It is no longer shown."


async def take_role(gathering: Gathering, by: WebChat, given_name: str) -> None:
    """Let an organiser take another one's role."""
    await gathering.person_card(by, given_name)
    await by.press("Take the organiser")
    await by.press("Take the role")


async def press_unseen(chat: WebChat, payload: str) -> None:
    """Press a button as it was, whether or not the page still shows it."""
    await chat.look()
    form = chat.page.first("form", id="composer")
    assert form is not None
    await chat.post(form, {"payload": payload}, to=f"/c/{chat.person_id}/press")


def carried(chat: WebChat, label: str) -> str:
    """What a button of the latest message carries."""
    return next(button["value"] for button in chat.latest.all("button") if button.text.startswith(label))


async def test_an_inverse_is_authorised_when_it_is_pressed(gathering: Gathering) -> None:
    ines = await gathering.organiser_page()
    luc = await gathering.join_page("Luc", organises=True)
    eve = await gathering.join_page("Eve", organises=True)
    await take_role(gathering, luc, "Eve")
    undo = carried(luc, "Undo this change")
    await gathering.person_card(ines, "Luc")
    await ines.press("Their workshops")
    await ines.pick(ines.options[0])  # who runs workshops undoes too, but not what an organiser alone may do
    await take_role(gathering, ines, "Luc")
    await press_unseen(luc, undo)
    assert REFUSED in luc.text
    await eve.command("organiser")
    assert eve.text.startswith(REFUSED)
    await press_unseen(ines, undo)  # who may make the change may take it back
    assert ines.text.startswith("Undone")
    await eve.command("organiser")
    assert "People · Joined:" in eve.text


async def test_a_page_forgets_what_was_for_organisers(gathering: Gathering) -> None:
    ines = await gathering.organiser_page()
    luc = await gathering.join_page("Luc", organises=True)
    await gathering.invite("Zoé")
    await luc.command("organiser")
    await luc.press("People")
    await luc.press("Not joined")
    await luc.press("File for mail merge")
    assert luc.file
    address = luc.root + luc.latest.all("a", css="file")[0]["href"]
    await gathering.person_card(luc, "Zoé")
    await luc.press("New invitation")
    await luc.press("New invitation")
    assert "Code: " in luc.page.text
    async with luc.browser.get(f"{gathering.root}/c/{luc.person_id}/events") as stream:
        await stream.content.readuntil(b"event: now")
        await take_role(gathering, ines, "Luc")
        await gathering.delivered()
        async with asyncio.timeout(5):
            assert GONE.encode() in await stream.content.readuntil(b"event: now")
    async with luc.browser.get(address) as sent:
        assert sent.status == 404
    await luc.look()
    assert "Code: " not in luc.page.text
    assert "1 invitation. Keep the file." not in luc.page.text
    assert GONE in luc.page.text


async def test_a_result_is_not_handed_to_who_lost_the_role_meanwhile(gathering: Gathering) -> None:
    ines = await gathering.organiser_page()
    luc = await gathering.join_page("Luc", organises=True)
    await luc.command("organiser")
    await luc.press("People")
    await luc.press("Import a list")
    await luc.fill(Upload("people.csv", b"ref;first name\nA1;Mireille\n"))
    await take_role(gathering, ines, "Luc")
    await gathering.delivered(luc)
    assert not any(label.startswith("Import") for label in luc.buttons)
    assert REFUSED in luc.page.text


async def test_what_is_on_its_way_to_an_organiser_is_dropped(gathering: Gathering) -> None:
    ines = await gathering.organiser_page()
    luc = await gathering.join_page("Luc", organises=True)
    zoe = await gathering.join_page("Zoé")
    await zoe.command("equipe")
    await zoe.fill("Who else is in my room?")
    await take_role(gathering, ines, "Luc")
    await gathering.delivered(luc, ines)
    assert "Who else is in my room?" in ines.page.text
    assert "Who else is in my room?" not in luc.page.text


@pytest.mark.parametrize("platform", ["telegram", "discord"])
async def test_a_chat_loses_the_files_that_were_for_organisers(sqlite_url: str, platform: str) -> None:
    async with open_gathering(sqlite_url, platform) as gathering:
        ines = await gathering.organiser_page()
        luc = await gathering.join("Luc", platform, organises=True)
        await gathering.invite("Zoé")
        await luc.command("organiser")
        await luc.press("People")
        await luc.press("Not joined")
        await luc.press("File for mail merge")
        assert luc.file
        await gathering.delivered(luc)
        assert any("1 invitation. Keep the file." in each for each in gathering.shown(luc))
        await take_role(gathering, ines, "Luc")
        await gathering.delivered(luc)
        assert not any("1 invitation. Keep the file." in each for each in gathering.shown(luc))


async def test_what_someone_planned_as_an_organiser_does_not_leave(gathering: Gathering) -> None:
    """The plan is kept as a draft for the others, who are told."""
    ines = await gathering.organiser_page()
    luc = await gathering.join_page("Luc", organises=True)
    await gathering.join_page("Zoé")
    await luc.command("annoncer")
    await luc.press("Write an announcement")
    await luc.fill("Everybody to the station at once")
    await luc.pick("everyone")
    await luc.press("Choose a time")
    await luc.fill("tomorrow 14:00")
    await luc.press("Confirm")
    assert "It leaves" in luc.text
    await take_role(gathering, ines, "Luc")
    await gathering.delivered(ines)
    assert "1 announcement they had planned is a draft again" in ines.page.text
    await ines.command("annoncer")
    await ines.press(next(label for label in ines.buttons if "Everybody to the station" in label))
    assert "Send now" in ines.buttons


async def test_nobody_learns_of_their_group_before_groups_are_published(gathering: Gathering) -> None:
    zoe, maya = await gathering.join_page("Zoé"), await gathering.join_page("Maya")
    await gathering.group("Zoé", room="Room 12")
    await gathering.let_facilitate("Maya")
    for chat in (zoe, maya):
        for payload in gathering.of_the_group:
            await press_unseen(chat, payload)
            for told in ("Room 12", "territory by territory", "being drawn", "Called"):
                assert told not in chat.page.text
    await gathering.delivered(zoe, maya)
    assert "is calling for help" not in maya.page.text
    await gathering.publish()
    for payload in gathering.of_the_group:
        await press_unseen(zoe, payload)
    assert "Room 12" in zoe.page.text
    await gathering.delivered(zoe, maya)
    assert "is calling for help" in maya.page.text


async def test_a_section_of_the_organisers_screen_is_theirs_alone(gathering: Gathering) -> None:
    luc = await gathering.join_page("Luc", organises=True)
    zoe = await gathering.join_page("Zoé")
    await press_unseen(luc, "ho-people")
    assert "Joined: " in luc.latest.text
    for odd in ("ho-", "ho", f"ho-{'x' * 300}", "ho-\u202egroups", "ho-people-1"):
        await press_unseen(luc, odd)
        assert "That button has aged." in luc.latest.text
    await take_role(gathering, await gathering.organiser_page(), "Luc")
    for chat in (luc, zoe):
        await press_unseen(chat, "ho-people")
        assert REFUSED in chat.latest.text
        await press_unseen(chat, "hm-organising")
        assert "That button has aged." in chat.latest.text
        assert "Joined: " not in chat.text
