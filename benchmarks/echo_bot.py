"""The yardstick: the smallest useful aiogram bot, polling, echoing text and answering taps."""

import asyncio
import os

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, Message


async def echo(message: Message) -> None:
    await message.answer(message.text or "-")


async def tapped(query: CallbackQuery) -> None:
    await query.answer()
    if isinstance(query.message, Message):
        await query.message.answer(query.data or "-")


async def main() -> None:
    server = TelegramAPIServer.from_base(os.environ["THIDUA_TELEGRAM_API"])
    bot = Bot(os.environ["THIDUA_BOT_TOKEN"], session=AiohttpSession(api=server))
    dispatcher = Dispatcher()
    dispatcher.message.register(echo)
    dispatcher.callback_query.register(tapped)
    await dispatcher.start_polling(bot, handle_signals=False, polling_timeout=50)


if __name__ == "__main__":
    asyncio.run(main())
