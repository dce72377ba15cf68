"""The example programs, offline, each in the framework that it is for."""

import asyncio
import contextlib
import importlib.util
import json
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot import FaqBot

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "examples"
WORST_SECONDS = 30


def example(name: str, *needed: str) -> ModuleType:
    """Return an example program as a module; skip the test where its framework is not installed."""
    for package in needed:
        pytest.importorskip(package, reason=f"needs the extra of {name}")
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_an_example_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 80


def test_http(shipped: FaqBot) -> None:
    server = example("http_server", "starlette", "uvicorn", "httpx2")
    from starlette.testclient import TestClient

    client = TestClient(server.application(shipped))
    assert client.get("/ask", params={"q": "is it safe"}).json() == shipped.ask("is it safe").to_dict()
    assert client.get("/ask").status_code == 400


def test_mcp(shipped: FaqBot) -> None:
    server = example("mcp_server", "mcp")
    from mcp import Client

    async def ask(question: str) -> dict[str, Any]:
        async with Client(server.server(shipped)) as client:
            (tool,) = (await client.list_tools()).tools
            assert tool.name == "ask"
            result: Any = await client.call_tool("ask", {"question": question})
            given: dict[str, Any] = result.structured_content or json.loads(result.content[0].text)
            return given

    for question in ("is it safe", "how do i reset my router"):
        assert asyncio.run(ask(question)) == shipped.ask(question).to_dict()


def test_mcp_speaks_nothing_but_the_protocol_on_standard_output() -> None:
    example("mcp_server", "mcp")
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello})
    run = [sys.executable, str(EXAMPLES / "mcp_server.py")]
    done = subprocess.run(
        run,
        input=f"{request}\n",
        capture_output=True,
        text=True,
        timeout=WORST_SECONDS,
        check=False,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [1]
    assert answers[0]["result"]["serverInfo"]["name"] == "magbot"


def test_telegram(shipped: FaqBot) -> None:
    bot = example("telegram_bot", "telegram")
    from telegram import Update
    from telegram.ext import ApplicationBuilder
    from telegram.request import BaseRequest, RequestData

    sent: list[dict[str, Any]] = []
    me = {"id": 1, "is_bot": True, "first_name": "magbot", "username": "magbot"}

    class Request(BaseRequest):  # type: ignore[misc,unused-ignore]  # not installed everywhere
        @property
        def read_timeout(self) -> float:
            return 1.0

        async def initialize(self) -> None:
            pass

        async def shutdown(self) -> None:
            pass

        async def do_request(
            self,
            url: str,
            method: str,  # noqa: ARG002 # named by the framework
            request_data: RequestData | None = None,
            *_: Any,
            **__: Any,
        ) -> tuple[int, bytes]:
            result: dict[str, Any] = me
            if url.endswith("sendMessage") and request_data:
                sent.append(request_data.parameters)
                result = {"message_id": 2, "date": 0, "chat": {"id": 5, "type": "private"}, "text": "sent"}
            return 200, json.dumps({"ok": True, "result": result}).encode()

    builder = ApplicationBuilder().token("1:a").request(Request()).get_updates_request(Request())
    application = bot.application(shipped, builder)

    def said(text: str, number: int) -> Update:
        person = {"id": 5, "is_bot": False, "first_name": "Ann"}
        message = {"message_id": number, "date": 0, "chat": {"id": 5, "type": "private"}, "from": person, "text": text}
        update = Update.de_json({"update_id": number, "message": message}, application.bot)
        assert update
        return update

    async def talk() -> None:
        async with application:
            await application.process_update(said("how much shoud i take <i>", 1))
            await application.process_update(said("1", 2))

    asyncio.run(talk())
    assert len(sent) == 2
    assert sent[0]["parse_mode"] == "HTML"
    assert sent[0]["text"].startswith("<b>Answering: How much magnesium glycinate do people usually take a day?</b>")
    assert "How much magnesium is too much?" in sent[1]["text"]
    assert all(message["text"].endswith("ask a doctor or pharmacist.") for message in sent)


def test_discord(shipped: FaqBot, monkeypatch: pytest.MonkeyPatch) -> None:
    bot = example("discord_bot", "discord")
    dpytest = pytest.importorskip("discord.ext.test", reason="needs dpytest")
    import discord

    # The stand-in for Discord looks people up in a list that a real bot does not ask for.
    monkeypatch.setattr(discord.Intents, "default", discord.Intents.all)

    async def talk() -> list[str]:
        client = bot.Client(shipped)
        await client._async_setup_hook()
        dpytest.configure(client)
        guild, channel = client.guilds[0], client.guilds[0].text_channels[0]
        await dpytest.message("hello everyone", channel=channel)  # to nobody
        await dpytest.message(f"{guild.me.mention} how much shoud i take", channel=channel)
        texts = []
        while not dpytest.sent_queue.empty():
            texts.append(dpytest.sent_queue.get_nowait().content)
        await dpytest.empty_queue()
        return texts

    texts = asyncio.run(talk())
    assert texts[0].startswith("**Answering: How much magnesium glycinate do people usually take a day?**")
    assert texts[-1].endswith("ask a doctor or pharmacist.")
    assert all(len(text) <= 2000 for text in texts)


def test_slack(shipped: FaqBot) -> None:
    bot = example("slack_bot", "slack_bolt")
    from slack_bolt import App, BoltRequest
    from slack_sdk import WebClient

    posted: list[dict[str, Any]] = []

    class Slack(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path.endswith("chat.postMessage"):
                posted.append(json.loads(body))
            answer = json.dumps(
                {"ok": True, "user_id": "U0", "bot_id": "B0", "team_id": "T0", "user": "magbot"}
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    web = HTTPServer(("127.0.0.1", 0), Slack)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    try:
        client = WebClient(token="xoxb-1", base_url=f"http://127.0.0.1:{web.server_port}/api/")
        app = App(
            client=client,
            token_verification_enabled=False,
            request_verification_enabled=False,
            process_before_response=True,
        )
        bot.listen(app, shipped)

        def said(text: str, kind: str = "app_mention", **more: str) -> None:
            event = {"type": kind, "channel": "C1", "user": "U1", "text": text, "ts": "1.0", **more}
            body = {"type": "event_callback", "team_id": "T0", "event": event, "event_id": "E1", "event_time": 1}
            app.dispatch(BoltRequest(body=body, mode="socket_mode"))

        said("<@U0> how much shoud i take")
        said("hello", kind="message", bot_id="B0")  # its own words
        said("1", kind="message")
    finally:
        web.shutdown()
        web.server_close()
    assert len(posted) == 2
    assert posted[0]["text"].startswith("*Answering: How much magnesium glycinate do people usually take a day?*")
    assert "How much magnesium is too much?" in posted[1]["text"]
    assert posted[1]["text"].endswith("ask a doctor or pharmacist.")


@pytest.fixture
def irc_server(tmp_path: Path) -> Iterator[int]:
    """The port of a real IRC server on this machine."""
    program = shutil.which("ngircd") or shutil.which("ngircd", path="/usr/sbin")
    if not program:
        pytest.skip("needs ngircd")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    settings = tmp_path / "ngircd.conf"
    settings.write_text(
        f"[Global]\nName = irc.test.net\nInfo = test\nListen = 127.0.0.1\nPorts = {port}\n"
        "[Options]\nIdent = no\nDNS = no\nPAM = no\n",
        encoding="utf-8",
    )
    with subprocess.Popen([program, "-n", "-f", str(settings)], stdout=subprocess.DEVNULL) as server:
        yield port
        server.terminate()


def test_irc(shipped: FaqBot, irc_server: int) -> None:
    bot = example("irc_bot", "irc")
    client = bot.Bot(shipped, "127.0.0.1", irc_server, "#help")
    deadline = time.monotonic() + WORST_SECONDS
    while True:  # the server takes a moment to listen
        try:
            person = socket.create_connection(("127.0.0.1", irc_server), timeout=WORST_SECONDS)
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    with person:
        person.sendall(b"NICK ann\r\nUSER ann 0 * :Ann\r\n")
        heard = b""
        client._connect()
        asked = False
        while b"pharmacist." not in heard:
            assert time.monotonic() < deadline, heard
            client.reactor.process_once(timeout=0.05)
            person.settimeout(0.05)
            with contextlib.suppress(TimeoutError):
                heard += person.recv(4096)
            if not asked and client.connection.is_connected() and client.channels:
                person.sendall(b"JOIN #help\r\nPRIVMSG #help :magbot: how much shoud i take\r\n")
                asked = True
        client.disconnect()
    lines = [line for line in heard.split(b"\r\n") if line.startswith(b":magbot!") and b" PRIVMSG #help " in line]
    assert b"Answering: How much magnesium glycinate do people usually take a day?" in lines[0]
    assert all(len(line) <= 510 for line in lines)


def test_node() -> None:
    node = shutil.which("node")
    if not node:
        pytest.skip("needs node")
    done = subprocess.run(
        [node, str(EXAMPLES / "node_host.mjs"), "is it safe", "how do i\nreset my router", "is it safe"],
        capture_output=True,
        text=True,
        timeout=WORST_SECONDS,
        check=False,
        env={"MAGBOT": f"{sys.executable} -m bot", "PYTHONPATH": str(ROOT)},
    )
    assert (done.stdout, done.stderr) == ("answer: safety\nnone: null\nanswer: safety\n", "")


def test_a_bot_of_another_subject() -> None:
    bot = FaqBot.load(EXAMPLES / "library")
    asked = {
        "until when r u open": "hours",
        "i want to join teh libary": "card",
        "is there a fine for my overdue novels": "fees",
        "i can see smoke": "fire",
        "how much magnesium should i take": None,
    }
    for question, expected in asked.items():
        reply = bot.ask(question).to_dict()
        assert reply["id"] == expected, question
        assert reply["disclaimer"] == "Opening hours change on holidays; the notice at the door counts."
    assert "magnesium" not in str(bot.ask("how much magnesium should i take").text)
