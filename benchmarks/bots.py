"""The bots that `updates.py` compares, each a program of its own: `python -m benchmarks.bots KIND ROOT [STORE]`.

ours       the real program, Telegram alone
library    an echo of presses, python-telegram-bot as it comes: sequential, HTTPXRequest
transport  the same echo, concurrent, on our transport
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, CommandHandler

from bot.rehearsal.botapi import TOKEN

_turn = itertools.count()
_KEYBOARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Name a second choice", callback_data="to")],
        [
            InlineKeyboardButton("Change theme", callback_data="go-theme"),
            InlineKeyboardButton("My place", callback_data="x"),
        ],
    ]
)


async def _start(update: Update, _context: object) -> None:
    assert update.message
    await update.message.reply_text("Welcome.", reply_markup=_KEYBOARD)


async def _echo(update: Update, _context: object) -> None:
    """What the theme choice asks of Telegram: the press acknowledged with a word, its message edited."""
    query = update.callback_query
    assert query
    await query.answer("Your place is kept.")
    await query.edit_message_text(
        f"Your theme is number {next(_turn)}.\nYou will learn your group here before the gathering begins.",
        reply_markup=_KEYBOARD,
    )


def _echo_application(root: str, *, ours: bool) -> Application[Any, Any, Any, Any, Any, Any]:
    builder = ApplicationBuilder().token(TOKEN).base_url(f"{root}/bot").base_file_url(f"{root}/file/bot")
    if ours:
        from bot.platforms.telegram.transport import AiohttpRequest

        builder = builder.request(AiohttpRequest(api_base=root)).concurrent_updates(256)
        builder = builder.get_updates_request(AiohttpRequest(api_base=root, pool_size=1))
    application = builder.build()
    application.add_handler(CommandHandler("start", _start))
    application.add_handler(CallbackQueryHandler(_echo))
    return application


async def _run_ours(root: str, store: str) -> None:
    from bot.app import run
    from bot.config.settings import load_sections, load_settings
    from handlers import CAPABILITIES

    environment = {
        "RENCONTRES_TELEGRAM__TOKEN": TOKEN,
        "RENCONTRES_TELEGRAM__API_BASE": root,
        "RENCONTRES_STORAGE__URL": store,
    }
    await run(load_settings(None, load_sections(CAPABILITIES), environment), only=frozenset({"telegram"}))


def main() -> None:
    kind, root, *store = sys.argv[1:]
    if kind == "ours":
        asyncio.run(_run_ours(root, store[0]))
    else:
        _echo_application(root, ours=kind == "transport").run_polling(allowed_updates=Update.ALL_TYPES)


if __name__ == "__main__":
    main()
