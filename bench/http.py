"""Just enough HTTP/1.1 on asyncio for a load: kept connections, one request at a time on each."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable

Answer = Callable[[dict[str, str], bytes], Awaitable[bytes | None]]

_idle: dict[tuple[str, int], list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]] = defaultdict(list)


async def serve_http(answer: Answer) -> int:
    """Answer POSTs on a free port of loopback; None closes the connection without an answer."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                _, headers = await _head(reader)
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                told = await answer(headers, body)
                if told is None:
                    break
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(told)}\r\n\r\n"
                writer.write(head.encode() + told)
                await writer.drain()
        except (OSError, EOFError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    return port


class Client:
    """Posts over connections that all clients share. Raises OSError and EOFError."""

    async def post(self, address: tuple[str, int], path: str, data: bytes, headers: dict[str, str]) -> int:
        """The status of the answer."""
        idle = _idle[address]
        reader, writer = idle.pop() if idle else await asyncio.open_connection(*address)
        try:
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n{lines}"
            writer.write(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
            first, answered = await _head(reader)
            await reader.readexactly(int(answered.get("content-length", 0)))
        except BaseException:
            writer.close()
            raise
        idle.append((reader, writer))
        return int(first.split(" ")[1])


def forget(address: tuple[str, int]) -> None:
    """Its connections are dead."""
    for _, writer in _idle.pop(address, []):
        writer.close()


async def _head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]]:
    text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = text.split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return first, {name.strip().lower(): value.strip() for name, _, value in pairs}
