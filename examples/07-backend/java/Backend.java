// A backend beside the controller; README.md tells what it does. `java Backend.java`, Java 17 or newer.

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public final class Backend {
    private static final String CONTROLLER = System.getenv("CONTROLLER_URL");
    private static final String TOKEN = System.getenv("CONTROLLER_TOKEN");
    private static final String APPLICATION = System.getenv("APPLICATION");
    private static final byte[] CALLBACK_KEY = System.getenv("CALLBACK_KEY").getBytes(StandardCharsets.UTF_8);
    private static final int LARGEST_BODY = 1 << 20;
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    // The JDK reads no JSON; a backend has a library for it. These ids need no escapes, and others are refused.
    private static final String ID = "\"%s\"\\s*:\\s*\"([A-Za-z0-9_.:-]{1,64})\"";
    private static final Pattern ROOM = Pattern.compile(ID.formatted("roomId"));
    private static final Pattern CALL = Pattern.compile(ID.formatted("callId"));

    @FunctionalInterface
    private interface Handler {
        int handle(byte[] body, HttpExchange exchange) throws GeneralSecurityException;
    }

    /** The controller's HTTP status; 502 where it does not answer. TRTC itself waits 5 s. */
    private static int askController(String path, byte[] body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(CONTROLLER + path))
                .timeout(Duration.ofSeconds(4))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException lost) {
            return 502;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return 502;
        }
    }

    /** The app is in a call (onCallBegin). Check here that the caller is who may say so. */
    private static int callBegan(byte[] body, HttpExchange exchange) {
        String text = new String(body, StandardCharsets.UTF_8);
        Matcher room = ROOM.matcher(text);
        Matcher call = CALL.matcher(text);
        if (!room.find() || !call.find()) {
            return 400;
        }
        String told = "{\"application\": \"%s\", \"room\": \"%s\", \"call\": \"%s\"}"
                .formatted(APPLICATION, room.group(1), call.group(1));
        Map<String, String> headers = Map.of("Authorization", "Bearer " + TOKEN);
        return askController("/calls", told.getBytes(StandardCharsets.UTF_8), headers) == 200 ? 204 : 502;
    }

    /** TRTC tells of a room. The signature is over the raw bytes: nothing is parsed before it holds. */
    private static int roomCallback(byte[] body, HttpExchange exchange) throws GeneralSecurityException {
        String sign = header(exchange, "Sign");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(CALLBACK_KEY, "HmacSHA256"));
        byte[] wanted = Base64.getEncoder().encode(mac.doFinal(body));
        if (!MessageDigest.isEqual(wanted, sign.getBytes(StandardCharsets.UTF_8))) {
            return 401;
        }
        // Here the backend does what it does by itself: EventType 102 is the room's dismissal.
        Map<String, String> headers = Map.of("Sign", sign, "SdkAppId", header(exchange, "SdkAppId"));
        return askController("/callbacks", body, headers) == 200 ? 200 : 503;
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    private static void serve(HttpServer server, String path, Handler handler) {
        server.createContext(path, exchange -> {
            try (exchange) {
                byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
                boolean ours = exchange.getRequestMethod().equals("POST")
                        && exchange.getRequestURI().getPath().equals(path);
                int status = !ours ? 404 : body.length > LARGEST_BODY ? 413 : handler.handle(body, exchange);
                exchange.sendResponseHeaders(status, -1);
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException(impossible);
            }
        });
    }

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newFixedThreadPool(16));
        serve(server, "/calls/begin", Backend::callBegan);
        serve(server, "/trtc/callbacks", Backend::roomCallback);
        server.start();
        System.out.println("listening on http://127.0.0.1:" + server.getAddress().getPort());
    }
}
