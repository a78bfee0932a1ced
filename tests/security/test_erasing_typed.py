"""What organisers typed of somebody, or were told of their accounts, goes from their pages with the person."""

from __future__ import annotations

from tests.security.builders import open_gathering
from tests.security.test_erasing import among


async def test_what_was_typed_to_correct_them_and_how_they_are_called_elsewhere(store_url: str) -> None:
    async with open_gathering(store_url, "telegram", "discord") as gathering:
        ines, luc = await gathering.organiser_page(), await gathering.organiser("discord")
        zoe = await gathering.join_page("Xanthippe", family_name="Quixotry")
        await gathering.linked(zoe, "Plughname", "telegram")
        await gathering.person_card(ines, "Xanthippe")
        await gathering.person_card(luc, "Xanthippe")
        await ines.press("Correct")
        await luc.press("Correct")
        await luc.fill("Xanthippe", "Quixotry", "", "", "Organisation or project: Other")
        await ines.fill("Xanthippe", "Quixzotry", "", "", "Organisation or project: Wibbling")
        assert "Xanthippe · Quixzotry · Organisation or project: Wibbling" in ines.text
        await gathering.person_card(ines, "Xanthippe")
        await ines.press("New invitation")
        await ines.press("New invitation")
        assert "Detached: Telegram · Plughname" in ines.text
        code = next(word for word in ines.text.split() if word.count("-") == 2)
        again = await gathering.stranger("Plughname", "telegram")
        await again.command("code", code)
        await again.command("effacer")
        await again.press("Erase my texts too")
        await again.press("Yes, erase me")
        await gathering.finish_erasing()
        marks = ("Xanthippe", "Quixzotry", "Wibbling", "Plughname")
        rows = await gathering.rows()
        assert among(marks, str(rows["page_messages"]), str(rows["accounts"])) == set()
        await ines.look()
        assert among(marks, ines.page.text) == set()
        assert "This message was about someone who has erased their data." in ines.page.text
