"""A TCP proxy before a real server, which can go away or fall silent on command."""

import asyncio
from collections.abc import Coroutine
from threading import Thread
from typing import Any

CHUNK = 65536


class Proxy:
    """Forwards to one address; `refuse` closes its port, `hang` answers nothing more."""

    def __init__(self, host: str, port: int) -> None:
        self.upstream = (host, port)
        self.loop = asyncio.new_event_loop()
        self.writers = set[asyncio.StreamWriter]()
        self.tasks = set[asyncio.Task[None]]()
        self.thread = Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.flowing = self._call(self._make_event())
        self.server: asyncio.Server | None = None
        self.port = 0
        self.forward()

    def forward(self) -> None:
        """Be the server again."""
        self._call(self._listen())

    def refuse(self) -> None:
        """Be a server that is away: no connection stays, none is accepted."""
        self._call(self._close())

    def hang(self) -> None:
        """Be a server that accepts and never answers, on old connections too."""
        self.loop.call_soon_threadsafe(self.flowing.clear)

    def stop(self) -> None:
        self._call(self._close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def _call(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    async def _make_event(self) -> asyncio.Event:
        return asyncio.Event()

    async def _listen(self) -> None:
        self.flowing.set()
        if self.server and self.server.is_serving():
            return
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self.server:
            self.server.close()
        for writer in self.writers:
            writer.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(*self.upstream)
        both = {writer, there_writer}
        self.writers |= both
        ways = [
            asyncio.create_task(self._pump(reader, there_writer)),
            asyncio.create_task(self._pump(there_reader, writer)),
        ]
        self.tasks |= set(ways)
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for one in both:
            one.close()
        self.tasks -= set(ways)
        self.writers -= both

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(CHUNK):
                await self.flowing.wait()
                writer.write(chunk)
                await writer.drain()
        except ConnectionError:
            return
