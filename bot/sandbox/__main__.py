"""python -m bot.sandbox --port 8080 --token 12345:TEST --username ThiDuaMauBot [--state FILE]"""

import argparse
import asyncio
import contextlib
import signal

from bot.sandbox.server import Sandbox


async def serve(options: argparse.Namespace) -> None:
    """Run until SIGINT or SIGTERM."""
    sandbox = Sandbox(options.token, options.username, options.name, state=options.state)
    url = await sandbox.start(options.host, options.port)
    print(f"Telegram trên máy: {url}/", flush=True)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # no signal handlers in event loops on Windows
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
    try:
        await ended.wait()
    finally:
        await sandbox.stop()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description="Telegram trên máy, để dùng thử")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--token", default="12345:TEST")
    parser.add_argument("--username", default="ThiDuaMauBot")
    parser.add_argument("--name", default="Trợ lý Khối")
    parser.add_argument("--state", default=None, help="tệp giữ trạng thái qua các lần chạy")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
