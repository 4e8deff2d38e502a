"""A client of yaml-language-server, enough of its protocol to ask what an editor asks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

VARIABLE = "YAML_LANGUAGE_SERVER"
"""Names the server's executable where it is not on PATH: …/node_modules/.bin/yaml-language-server."""


def find_server() -> tuple[list[str] | None, str]:
    """The command that starts the server, or None and why not."""
    node = shutil.which("node")
    if node is None:
        return None, "node is not on PATH"
    server = os.environ.get(VARIABLE) or shutil.which("yaml-language-server")
    if server is None or not Path(server).exists():
        where = f"{VARIABLE}={server} does not exist" if server else f"not on PATH, and {VARIABLE} names none"
        return None, f"yaml-language-server: {where}; npm install yaml-language-server in a folder of your choice"
    return [node, str(Path(server).resolve()), "--stdio"], ""


class LanguageServer:
    """One running server. Positions count from 0, as the protocol has it."""

    def __init__(self, command: list[str], root: Path) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._last = 0
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        self.root = root
        capabilities = {
            "textDocument": {
                "hover": {"contentFormat": ["plaintext"]},
                "completion": {"completionItem": {"documentationFormat": ["plaintext"]}},
            },
            "workspace": {"configuration": False},
        }
        self._request("initialize", {"processId": os.getpid(), "rootUri": root.as_uri(), "capabilities": capabilities})
        self._send({"method": "initialized", "params": {}})
        settings = {"yaml": {"hover": True, "completion": True, "validate": True, "schemaStore": {"enable": False}}}
        self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": settings}})

    def open(self, path: str, text: str) -> str:
        """Show the server a document as if it stood at `path` below the root; answers its address.

        Diagnostics come late and name only the address: give every document one of its own.
        """
        uri = (self.root / path).as_uri()
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": item}})
        return uri

    def close(self, uri: str) -> None:
        self._send({"method": "textDocument/didClose", "params": {"textDocument": {"uri": uri}}})
        self._diagnostics.pop(uri, None)

    def hover(self, uri: str, line: int, column: int) -> str:
        answer = self._at("textDocument/hover", uri, line, column)
        return str(answer["contents"]["value"]) if answer else ""

    def completion(self, uri: str, line: int, column: int) -> dict[str, str]:
        """What is offered, with its documentation."""
        answer = self._at("textDocument/completion", uri, line, column)
        return {item["label"]: _text(item.get("documentation")) for item in answer["items"]}

    def diagnostics(self, uri: str) -> list[tuple[int, int, str]]:
        """(line, column, message) of what the server has against the document."""
        while uri not in self._diagnostics:
            self._take(self._receive())
        return [
            (found["range"]["start"]["line"], found["range"]["start"]["character"], found["message"])
            for found in self._diagnostics[uri]
        ]

    def stop(self) -> None:
        self._request("shutdown", None)
        self._send({"method": "exit"})
        self._process.communicate(timeout=10)

    def _at(self, method: str, uri: str, line: int, column: int) -> Any:
        return self._request(method, {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}})

    def _request(self, method: str, params: Any) -> Any:
        self._last += 1
        self._send({"id": self._last, "method": method, "params": params})
        while True:
            message = self._receive()
            if "method" not in message and message.get("id") == self._last:
                assert "error" not in message, message["error"]
                return message.get("result")
            self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": None})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout
        length = 0
        while header := self._process.stdout.readline().strip():
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the language server went away"
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message


def _text(documentation: Any) -> str:
    return documentation["value"] if isinstance(documentation, dict) else documentation or ""
