"""Photographs the screens that people see most, as a phone shows them, such as the menu and the home screen.

`python -m tools.screenshots FOLDER` starts the demo, plays it in Chromium from the first theme chosen to the end, as a
participant and as the organiser, and writes a PNG of 360 × 740 for each screen into the folder. Longer screens take
several pictures. Then it is played on phones with Telegram and with Discord: `FOLDER/telegram` and `FOLDER/discord` get
the screens that best show texts, buttons and menus there.

`python -m tools.screenshots docs --demo` writes one picture, `demo.png`, of the demo's own page during the plenary.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Frame, Page

from tests.drivers.browser import open_browser

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/demo")
_PEOPLE = re.compile(r'src="/demo/as/(\d+)\?lang=')
_SIZE = {"width": 360, "height": 740}
_DESK = {"width": 1500, "height": 950}
_ZONE = "Europe/Paris"
"""The demo's own time zone: in another one every hour would be told twice."""
_SEED = "5"
"""The seed of the order in the plenary: a group of culture is first."""
_PATIENCE = 60_000
"""Milliseconds: groups are formed in another process."""
_MOST_PICTURES = 5
_SETTLED = """() => !document.querySelector('[aria-busy=true], .message .waiting, #log > .waiting')
    && [...document.images].every((image) => {
        const { top, bottom } = image.getBoundingClientRect(); // what is out of sight may not be loaded yet
        return image.complete || top > innerHeight || bottom < 0;
    })"""
_QUIET = """() => new Promise((done) => {
    let timer = setTimeout(done, 600);
    const changed = () => { clearTimeout(timer); timer = setTimeout(done, 600); };
    new MutationObserver(changed).observe(document.body, { childList: true, subtree: true });
})"""
"""What was shown before loses its buttons a moment after the answer: nothing is done before the page is still."""
_SCROLL_MENU = """(height) => {
    const panel = document.querySelector('.menu .panel');
    const more = panel.scrollTop + panel.clientHeight < panel.scrollHeight - 8;
    panel.scrollTop += height;
    return more;
}"""
_SCROLL_PAGE = """(height) => {
    const more = scrollY + innerHeight < document.documentElement.scrollHeight - 8;
    scrollBy({ top: height, behavior: 'instant' });
    return more;
}"""
_TO_LAST = """() => {
    const last = [...document.querySelectorAll('#log > .message.bot:not([hidden])')].at(-1);
    const { top } = last.getBoundingClientRect();
    scrollBy({ top: top - document.querySelector('header').offsetHeight - 8, behavior: 'instant' });
}"""

_CHAT_SETTLED = """() => document.querySelector('#typing').hidden && !document.querySelector('[aria-busy=true]')
    && [...document.images].every((image) => image.complete)"""
_SCROLL_CHAT = """(height) => {
    const log = document.querySelector('#log');
    const more = log.scrollTop + log.clientHeight < log.scrollHeight - 8;
    log.scrollTop += height;
    return more;
}"""
_TO_LAST_IN_CHAT = "[...document.querySelectorAll('#log article:not(.own)')].at(-1).scrollIntoView()"


class Phone:
    """A person's page on a simulated phone. Buttons are found by their action, because labels may change."""

    def __init__(self, page: Page, folder: Path, locale: str, frame: Frame | None = None) -> None:
        """`frame` is the part of the demo's page that shows the phone; None if the phone is the whole page."""
        self._page = page
        self._frame = frame or page.main_frame
        self._folder = folder
        self._locale = locale

    async def command(self, word: str) -> None:
        """Send a command and wait for the answer."""
        await self.write(f"/{word}")

    async def press(self, action: str) -> None:
        """Press the first button whose action begins with `action` on the newest screen with one, once there is one."""
        screen = self._frame.locator(f'form.buttons:has(button[value^="{action}"])').last
        await screen.locator(f'button[value^="{action}"]').first.click()
        await self.settle()

    async def choose(self, value: str) -> None:
        """Choose an option of the newest choice."""
        option = self._frame.locator("form.choice").last.locator(
            f'.option:has([value="{value}"]), .option[value="{value}"]'
        )
        await option.click()
        await self.settle()

    async def write(self, words: str) -> None:
        """Send words that are no command, and wait for the answer."""
        await self._frame.locator("#words").fill(words)
        async with self._page.expect_response(lambda response: response.request.method == "POST"):
            await self._frame.locator("#composer .send").click()
        await self.settle()

    async def fill(self, **fields: str) -> None:
        """Fill in the open form, and send it."""
        sheet = self._frame.locator("form.sheet").last
        for name, value in fields.items():
            await sheet.locator(f'[name="answer-{name}"]').fill(value)
        async with self._page.expect_response(lambda response: response.request.method == "POST"):
            await sheet.locator("button.primary").click()
        await self.settle()

    async def photograph(self, name: str, word: str | None = None) -> None:
        """Photograph the screen that the command `word` shows, or the present one for None, from top to bottom."""
        if word:
            await self.command(word)
        await self._page.evaluate(_TO_LAST)
        await self._take(name, _SCROLL_PAGE)

    async def photograph_menu(self, name: str) -> None:
        """Open the menu, photograph it from top to bottom, and close it."""
        await self._page.locator(".menu summary").click()
        await self._page.locator(".menu .panel").wait_for()
        await self._page.evaluate("document.querySelector('.menu .panel').scrollTop = 0")
        await self._take(name, _SCROLL_MENU)
        await self._page.keyboard.press("Escape")

    async def _take(self, name: str, scroll: str) -> None:
        for number in range(1, _MOST_PICTURES + 1):
            part = "" if number == 1 else f"-{number}"
            await self._page.evaluate(_QUIET)
            await self._page.screenshot(path=self._folder / f"{name}-{self._locale}{part}.png")
            if not await self._page.evaluate(scroll, _SIZE["height"] - 200):
                break

    async def settle(self) -> None:
        """Wait until nothing changes on the page."""
        await self._frame.wait_for_function(_SETTLED)
        await self._frame.evaluate(_QUIET)


class ChatPhone(Phone):
    """A person's simulated phone with Telegram or Discord, as the demo draws it."""

    async def enter(self) -> None:
        """Open the invitation and join."""
        await self._page.locator("#start").click()
        await self._page.locator("article .press").first.wait_for()
        await self.settle()

    async def press(self, action: str) -> None:
        """Wait for a message with a button whose action begins with `action`, and press it on the newest one."""
        button = f'button[data-payload^="{action}"]'
        await self._act(self._page.locator(f"article:has({button})").last.locator(button).first.click())

    async def choose(self, value: str) -> None:
        """Choose an option of the newest choice, which is a button on Telegram and in a menu on Discord."""
        if await self._page.locator(".discord").count():
            menu = self._page.locator(f'.menu:has([value="{value}"])').last
            await menu.locator("summary").click()
            await self._act(menu.locator(f'[value="{value}"]').click())
        else:
            ends = ", ".join(f'button[data-payload$="{sign}{value}"]' for sign in ":~+")
            await self._act(self._page.locator(ends).last.click())

    async def write(self, words: str) -> None:
        """Send a message or a command, and wait for the answer."""
        await self._page.locator("#words").fill(words)
        await self._act(self._page.locator("#words").press("Enter"))
        await self._page.locator("#words").blur()

    async def photograph(self, name: str, word: str | None = None) -> None:
        """Photograph the newest message, after the command `word` if given, from top to bottom."""
        if word:
            await self.command(word)
        await self._page.evaluate(_TO_LAST_IN_CHAT)
        await self._take(name, _SCROLL_CHAT)

    async def settle(self) -> None:
        """Wait until nothing changes on the phone."""
        await self._page.wait_for_function(_CHAT_SETTLED)
        await self._page.evaluate(_QUIET)

    async def _act(self, gesture: Awaitable[None]) -> None:
        async with self._page.expect_response(lambda response: response.request.method == "POST"):
            await gesture
        await self.settle()


class Gathering:
    """The demo with two phones, the participant's and the organiser's."""

    def __init__(self, clock: Page, address: str, participant: Phone, organiser: Phone) -> None:
        self._clock = clock
        self._address = address
        self.participant = participant
        self.organiser = organiser

    async def move(self, step: str) -> None:
        """Move the demo's time forward by one of its steps."""
        response = await self._clock.request.post(f"{self._address}/clock/{step}", timeout=_PATIENCE)
        assert response.ok, await response.text()


async def live(gathering: Gathering) -> None:
    """Play a gathering from its first days to its end, and photograph it."""
    participant, organiser = gathering.participant, gathering.organiser
    await participant.photograph_menu("menu-participant")
    await participant.photograph("home-1-no-theme", "moi")
    await participant.photograph("help-1-no-theme", "aide")
    await organiser.photograph_menu("menu-organiser")
    await organiser.photograph("home-organiser", "moi")
    await organiser.photograph("organise-1-before-groups", "organiser")

    await participant.command("theme")
    await participant.choose("civic")
    await participant.press("tt-civic")
    await participant.photograph("home-2-theme", "moi")

    await gathering.move("deadline")
    await organiser.photograph("organise-2-deadline-over", "organiser")
    await organiser.command("groupes")
    await organiser.press("gb")
    await organiser.press("gc-")
    await organiser.photograph("organise-3-groups-kept", "organiser")
    await organiser.command("groupes")
    await organiser.press("gt-")
    await organiser.press("gu-")
    await organiser.photograph("organise-4-groups-published", "organiser")
    await participant.photograph("home-3-group", "moi")
    await participant.photograph("group", "groupe")

    await gathering.move("gathering")
    await participant.photograph("home-4-first-morning", "moi")
    await participant.photograph("practical-information", "infos")
    await participant.write("C'est quoi le code du wifi ?")
    await participant.photograph("practical-question")
    await participant.photograph("emergency", "urgence")
    await organiser.command("confiance")
    await organiser.press("tno")
    await organiser.press("tnf")
    await organiser.fill(name="Inès")
    await organiser.press("tnd-")
    await organiser.fill(languages="Français, English", hours="8 h – 23 h")
    await participant.photograph("trust-1", "confiance")
    await participant.press("tcp-")
    await participant.photograph("trust-2")
    await organiser.command("securite")
    await organiser.press("sac-1")
    await organiser.choose("all")
    await organiser.press("sab-")
    await participant.photograph("safety-asked")
    await participant.press("sfh-")
    await participant.photograph("safety-help")
    await organiser.press("sfo-")
    await organiser.photograph("safety-list")
    await organiser.press("sfz-")
    await organiser.press("saz-")
    await organiser.photograph("safety-report")
    await organiser.photograph("organise-5-first-morning", "organiser")

    await organiser.command("animer")
    await organiser.press("wrr-")
    await organiser.press("wrs-")
    await participant.photograph("home-5-phase", "moi")
    await participant.photograph_menu("menu-participant-phase")
    await organiser.photograph("organise-6-phase", "organiser")

    for _day in range(4):
        await gathering.move("day")
    await participant.photograph("home-6-after", "moi")
    await organiser.photograph("organise-7-after", "organiser")


async def live_in_chats(gathering: Gathering) -> None:
    """Play a gathering from the invitation to the first vote on phones with one platform, and photograph it."""
    participant, organiser = gathering.participant, gathering.organiser
    assert isinstance(participant, ChatPhone)
    assert isinstance(organiser, ChatPhone)
    await participant.enter()
    await organiser.enter()
    await participant.photograph("1-welcome")
    await participant.photograph("2-home", "moi")
    await participant.photograph("3-settings", "reglages")
    await participant.photograph("4-theme", "theme")
    await participant.choose("culture")
    await participant.press("tt-culture")
    await organiser.photograph("5-organise", "organiser")
    await gathering.move("deadline")
    await organiser.command("groupes")
    for action in ("gb", "gc-", "gt-", "gu-"):
        await organiser.press(action)
    await gathering.move("gathering")
    await participant.photograph("6-programme", "programme")
    await organiser.command("animer")
    for action in ("wrr-", "wrs-"):
        await organiser.press(action)
    await organiser.photograph("7-panel", "animer")
    await participant.photograph("8-phase", "moi")
    await participant.write("besoin : un bus le soir pour rentrer d’un concert")
    await participant.photograph("9-idea")
    await organiser.press("wrx-r-")
    await participant.photograph("10-vote", "phase")


async def live_to_plenary(gathering: Gathering) -> None:
    """Play a gathering until its first group is on stage and the participant has asked it a question."""
    participant, organiser = gathering.participant, gathering.organiser
    await participant.choose("culture")
    await participant.press("tt-culture")
    await organiser.command("groupes")
    for action in ("gb", "gc-", "gt-", "gu-"):
        await organiser.press(action)
    await gathering.move("gathering")
    await organiser.command("animer")
    for action in ("wrr-", "wrs-"):
        await organiser.press(action)
    await participant.write("besoin : un bus le soir pour rentrer d’un concert")
    for step in ("day", "day", "hour", "hour"):
        await gathering.move(step)
    await organiser.command("pleniere")
    for action in ("pnd-", "pnds-"):
        await organiser.press(action)
    await organiser.fill(seed=_SEED)
    for action in ("pn-", "pnb-", "pns-"):
        await organiser.press(action)
    await participant.command("scene")
    await participant.press("pna-")
    await participant.fill(question="Qui tient l’atelier quand vous n’êtes plus là ?")
    await organiser.settle()


@asynccontextmanager
async def open_demo() -> AsyncIterator[str]:
    """Run the demo as a program, and yield the address of its page."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0", "--discord"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert program.stdout
    try:
        while not (address := _ADDRESS.search((await program.stdout.readline()).decode())):
            if program.stdout.at_eof():
                raise SystemExit("The demo did not start.")
        yield address[0]
    finally:
        if program.returncode is None:
            program.send_signal(signal.SIGINT)
            await program.wait()


@asynccontextmanager
async def open_gathering(
    browser: Browser, address: str, folder: Path, locale: str, platform: str = ""
) -> AsyncIterator[Gathering]:
    """Start a new demo at `address`, and yield it with two phones, the newcomer's and the organiser's.

    The phones show `platform` («telegram» or «discord»), or people's own pages for ''. Pictures go to `folder`.
    """
    device = await browser.new_context(viewport=_SIZE, locale=locale, timezone_id=_ZONE, reduced_motion="reduce")  # type: ignore[arg-type]
    device.set_default_timeout(_PATIENCE)
    root = address.removesuffix("/demo")
    try:
        clock = await device.new_page()
        participant, organiser = _PEOPLE.findall(await (await device.request.get(f"{address}?lang={locale}")).text())
        phones = []
        for person in (participant, organiser):
            page = await device.new_page()
            await page.goto(f"{root}/demo/{f'phone/{platform}' if platform else 'as'}/{person}?lang={locale}")
            phones.append((ChatPhone if platform else Phone)(page, folder, locale))
        yield Gathering(clock, address, *phones)
    finally:
        await device.close()


async def photograph_demo(folder: Path, locale: str) -> None:
    """Play the demo on its own page until the plenary, and write a picture of it into a folder."""
    async with open_demo() as address, open_browser() as browser:
        page = await browser.new_page(
            viewport=_DESK,  # type: ignore[arg-type]
            locale=locale,
            timezone_id=_ZONE,
            reduced_motion="reduce",
        )
        page.set_default_timeout(_PATIENCE)
        await page.goto(f"{address}?lang={locale}")
        shown = page.locator("#participant, #organiser")
        frames = [await element.content_frame() for element in await shown.element_handles()]
        participant, organiser = (Phone(page, folder, locale, frame) for frame in frames)
        await live_to_plenary(Gathering(page, address, participant, organiser))
        await page.evaluate("ask('now')")
        await page.evaluate(_QUIET)
        await page.screenshot(path=folder / "demo.png")


async def photograph_all(folder: Path, locale: str) -> None:
    """Play the demo in a language, on pages and in chats, and write pictures into a folder and two subfolders."""
    async with open_browser() as browser:
        for platform in ("", "telegram", "discord"):
            place = folder / platform
            place.mkdir(exist_ok=True)
            async with open_demo() as address, open_gathering(browser, address, place, locale, platform) as gathering:
                await (live_in_chats if platform else live)(gathering)


def main() -> None:
    """Write pictures into a folder, as the command line asks: of all screens, or of the demo's own page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--demo", action="store_true", help="one picture of the demo's own page, during the plenary")
    parser.add_argument("--locale", default="fr", choices=("fr", "en", "de"))
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run((photograph_demo if arguments.demo else photograph_all)(arguments.folder, arguments.locale))


if __name__ == "__main__":
    main()
