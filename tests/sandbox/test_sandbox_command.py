"""python -m bot.sandbox, as people start it."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import aiohttp


async def test_the_command_serves_until_it_is_told_to_stop_and_keeps_its_state(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.sandbox", "--port", "0", "--token", "777:SECRET", "--state", str(state)),
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    url = line.split()[-1].rstrip("/")
    async with aiohttp.ClientSession(url) as http:
        async with http.post("/sandbox/users", json={"first_name": "Lan"}) as answer:
            assert answer.status == 200
        async with http.get("/bot777:SECRET/getMe") as answer:
            assert (await answer.json())["result"]["id"] == 777
        async with http.get("/") as answer:
            assert answer.status == 200 and "<html" in await answer.text()
    process.send_signal(signal.SIGTERM)
    rest = (await process.communicate())[0].decode()
    assert process.returncode == 0
    assert "SECRET" not in line + rest
    assert json.loads(state.read_text("utf-8"))["state"]["users"][0]["first_name"] == "Lan"
