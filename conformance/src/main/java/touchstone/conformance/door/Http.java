package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import touchstone.error.TouchstoneException;
import touchstone.json.StrictJson;

/**
 * Asks a server for JSON. Every request ends within the patience, the body included, and no body larger
 * than a limit is read.
 */
final class Http implements AutoCloseable {
  private static final long MOST_BYTES = 64L << 20;
  private static final int SHOWN = 200;

  private final URI base;
  private final Optional<String> key;
  private final Duration patience;
  private final HttpClient client;

  /**
   * A client for one server.
   *
   * @param base address without a path, or with one that all paths go below
   * @param key sent as a bearer token
   * @param patience longest time for one answer
   */
  Http(URI base, Optional<String> key, Duration patience) {
    this.base = base;
    this.key = key;
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience)
            .build();
  }

  JsonNode get(String path) throws NoAnswer {
    return send(request(path).GET().build());
  }

  JsonNode post(String path, JsonNode body) throws NoAnswer {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build());
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(patience);
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    return request;
  }

  private JsonNode send(HttpRequest request) throws NoAnswer {
    CompletableFuture<HttpResponse<byte[]>> sent =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
    try {
      return json(request, sent.get(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException _) {
      throw NoAnswer.broken("no answer from %s within %s".formatted(request.uri(), patience));
    } catch (ExecutionException e) {
      throw NoAnswer.broken("no answer from %s: %s".formatted(request.uri(), reason(e.getCause())));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw NoAnswer.broken("interrupted");
    } finally {
      sent.cancel(true);
    }
  }

  private static String reason(Throwable cause) {
    String said = Optional.ofNullable(cause.getMessage()).orElse("");
    return cause instanceof IOException && !said.isEmpty()
        ? said
        : (cause.getClass().getSimpleName() + " " + said).strip();
  }

  private static JsonNode json(HttpRequest request, HttpResponse<byte[]> response) throws NoAnswer {
    int status = response.statusCode();
    if (status >= 400 && status < 500) {
      throw NoAnswer.refused(status, message(response.body()));
    }
    if (status != 200) {
      throw NoAnswer.broken("HTTP %d: %s".formatted(status, message(response.body())));
    }
    try {
      return StrictJson.parse("answer", response.body());
    } catch (TouchstoneException _) {
      throw NoAnswer.broken(
          "%s answered what is not JSON: %s".formatted(request.uri(), shown(response.body())));
    }
  }

  /** OpenAI and llama.cpp nest the message, TGI does not; others send text. */
  private static String message(byte[] body) {
    try {
      JsonNode json = StrictJson.parse("error", body);
      JsonNode error = json.path("error");
      for (JsonNode message : new JsonNode[] {error.path("message"), error, json.path("message")}) {
        if (message.isTextual()) {
          return TouchstoneException.printable(message.textValue());
        }
      }
    } catch (TouchstoneException _) {
      // What is not JSON is shown as it is.
    }
    return shown(body);
  }

  private static String shown(byte[] body) {
    int length = Math.min(body.length, SHOWN);
    String text = new String(body, 0, length, StandardCharsets.UTF_8).strip();
    return TouchstoneException.printable(body.length > SHOWN ? text + "..." : text);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
