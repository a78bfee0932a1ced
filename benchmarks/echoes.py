"""The simple bots with which `updates.py` compares the program; arguments are the kind of bot and the server.

library    an echo of presses, python-telegram-bot as it comes: sequential, HTTPXRequest
transport  the same echo, concurrent, on our transport
floor      the two calls of that echo for each press, with no library at all
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from typing import Any

import aiohttp
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, CommandHandler

from bot.rehearsal.botapi import TOKEN

_turn = itertools.count()
_KEYBOARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Name a second choice", callback_data="to")],
        [
            InlineKeyboardButton("Change theme", callback_data="go-theme"),
            InlineKeyboardButton("Home", callback_data="x"),
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


async def _run_floor(root: str) -> None:
    """Answer each press with two calls, 256 presses at a time."""
    keyboard, room = json.loads(_KEYBOARD.to_json()), asyncio.Semaphore(256)
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=300)) as session,
        asyncio.TaskGroup() as tasks,
    ):

        async def call(method: str, **asked: Any) -> Any:
            async with session.post(f"{root}/bot{TOKEN}/{method}", json=asked) as answer:
                return (await answer.json())["result"]

        async def take(update: dict[str, Any]) -> None:
            async with room:
                if query := update.get("callback_query"):
                    shown = query["message"]
                    await call("answerCallbackQuery", callback_query_id=query["id"], text="Your place is kept.")
                    place = {"chat_id": shown["chat"]["id"], "message_id": shown["message_id"]}
                    text = f"Your theme is number {next(_turn)}."
                    await call("editMessageText", **place, text=text, reply_markup=keyboard)
                elif message := update.get("message"):
                    await call("sendMessage", chat_id=message["chat"]["id"], text="Welcome.", reply_markup=keyboard)

        offset = 0
        while True:
            for update in await call("getUpdates", offset=offset, timeout=30, limit=100):
                offset = update["update_id"] + 1
                tasks.create_task(take(update))


def run_program() -> None:
    kind, root = sys.argv[1:]
    if kind == "floor":
        asyncio.run(_run_floor(root))
    else:
        _echo_application(root, ours=kind == "transport").run_polling(allowed_updates=Update.ALL_TYPES)
