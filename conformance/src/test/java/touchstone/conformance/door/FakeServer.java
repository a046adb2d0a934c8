package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import touchstone.json.StrictJson;

/** A server on the loopback that answers as it is told to, for tests. */
final class FakeServer implements AutoCloseable {
  static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Answers one path. */
  interface Route {
    /** The answer to a body; that of a GET is an empty object. */
    Answer answer(JsonNode body);
  }

  record Answer(int status, String body) {
    static Answer of(JsonNode json) {
      return new Answer(200, json.toString());
    }
  }

  private final Map<String, Route> routes = new TreeMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  FakeServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  FakeServer route(String path, Route route) {
    routes.put(path, route);
    return this;
  }

  URI address() {
    String host = server.getAddress().getAddress().getHostAddress();
    return URI.create("http://%s:%d".formatted(host, server.getAddress().getPort()));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      JsonNode json = body.length == 0 ? JSON.objectNode() : StrictJson.parse("request", body);
      Route route = routes.get(exchange.getRequestURI().getPath());
      Answer answer = route == null ? new Answer(404, "Not Found") : route.answer(json);
      byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  /** An object of OpenAI's errors. */
  static Answer error(int status, String message) {
    ObjectNode json = JSON.objectNode();
    json.putObject("error").put("message", message).put("type", "BadRequestError");
    return new Answer(status, json.toString());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
