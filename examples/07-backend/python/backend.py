"""A backend beside the controller; README.md tells what it does. `python backend.py`, Python 3.11 or newer."""

import base64
import hmac
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

CONTROLLER = os.environ["CONTROLLER_URL"]
TOKEN = os.environ["CONTROLLER_TOKEN"]
APPLICATION = os.environ["APPLICATION"]
CALLBACK_KEY = os.environ["CALLBACK_KEY"].encode()
LARGEST_BODY = 1 << 20


def ask_controller(path: str, body: bytes, headers: dict[str, str]) -> int:
    """The controller's HTTP status; 502 where it does not answer."""
    request = Request(f"{CONTROLLER}{path}", body, {"Content-Type": "application/json", **headers})
    try:
        with urlopen(request, timeout=4) as answer:  # TRTC itself waits 5 s
            return int(answer.status)
    except HTTPError as refused:
        return int(refused.code)
    except (URLError, TimeoutError, ConnectionError):
        return 502


class Backend(BaseHTTPRequestHandler):
    """Two endpoints; anything else is nobody's."""

    timeout = 5

    def do_POST(self) -> None:
        """Read the whole body, at most LARGEST_BODY bytes, and hand it to the endpoint."""
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 < length <= LARGEST_BODY:
            self.answer(413)
            return
        body = self.rfile.read(length)
        handler = {"/calls/begin": self.call_began, "/trtc/callbacks": self.room_callback}.get(self.path)
        self.answer(handler(body) if handler else 404)

    def call_began(self, body: bytes) -> int:
        """The app is in a call (onCallBegin). Check here that the caller is who may say so."""
        try:
            call = json.loads(body)
            told = {"application": APPLICATION, "room": str(call["roomId"]), "call": str(call["callId"])}
        except (ValueError, KeyError, TypeError):
            return 400
        status = ask_controller("/calls", json.dumps(told).encode(), {"Authorization": f"Bearer {TOKEN}"})
        return 204 if status == 200 else 502

    def room_callback(self, body: bytes) -> int:
        """TRTC tells of a room. The signature is over the raw bytes: nothing is parsed before it holds."""
        sign = self.headers.get("Sign", "")
        wanted = base64.b64encode(hmac.digest(CALLBACK_KEY, body, "sha256"))
        if not hmac.compare_digest(wanted, sign.encode()):
            return 401
        # Here the backend does what it does by itself: EventType 102 is the room's dismissal.
        status = ask_controller("/callbacks", body, {"Sign": sign, "SdkAppId": self.headers.get("SdkAppId", "")})
        return 200 if status == 200 else 503

    def answer(self, status: int) -> None:
        """A status without a body."""
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Bodies and headers hold user ids and signatures: nothing is logged."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Backend)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
