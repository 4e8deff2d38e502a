// A backend beside the controller; README.md tells what it does. `node backend.mjs`, Node 20 or newer.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const { CONTROLLER_URL, CONTROLLER_TOKEN, APPLICATION, CALLBACK_KEY, PORT = "8080" } = process.env;
const LARGEST_BODY = 1 << 20;

/** The controller's HTTP status; 502 where it does not answer. TRTC itself waits 5 s. */
async function askController(path, body, headers) {
  try {
    const answer = await fetch(CONTROLLER_URL + path, {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json", ...headers },
      signal: AbortSignal.timeout(4000),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return 502;
  }
}

/** The app is in a call (onCallBegin). Check here that the caller is who may say so. */
async function callBegan(body) {
  let call;
  try {
    call = JSON.parse(body.toString("utf8"));
  } catch {
    return 400;
  }
  if (call?.roomId === undefined || call?.callId === undefined) return 400;
  const told = JSON.stringify({ application: APPLICATION, room: String(call.roomId), call: String(call.callId) });
  const status = await askController("/calls", told, { Authorization: `Bearer ${CONTROLLER_TOKEN}` });
  return status === 200 ? 204 : 502;
}

/** TRTC tells of a room. The signature is over the raw bytes: nothing is parsed before it holds. */
async function roomCallback(body, headers) {
  const sign = Buffer.from(headers.sign ?? "");
  const wanted = Buffer.from(createHmac("sha256", CALLBACK_KEY).update(body).digest("base64"));
  if (sign.length !== wanted.length || !timingSafeEqual(sign, wanted)) return 401;
  // Here the backend does what it does by itself: EventType 102 is the room's dismissal.
  const passed = { Sign: headers.sign, SdkAppId: headers.sdkappid ?? "" };
  return (await askController("/callbacks", body, passed)) === 200 ? 200 : 503;
}

const handlers = { "/calls/begin": callBegan, "/trtc/callbacks": roomCallback };

const server = createServer({ requestTimeout: 5000 }, (request, response) => {
  const handler = request.method === "POST" ? handlers[request.url] : undefined;
  const chunks = [];
  let size = 0;
  request.on("data", (chunk) => {
    size += chunk.length;
    if (size <= LARGEST_BODY) chunks.push(chunk);
  });
  request.on("end", async () => {
    const status = !handler ? 404 : size > LARGEST_BODY ? 413 : await handler(Buffer.concat(chunks), request.headers);
    response.writeHead(status).end();
  });
});

server.listen(Number(PORT), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
