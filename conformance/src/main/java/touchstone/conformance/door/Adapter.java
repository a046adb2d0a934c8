package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import touchstone.error.TouchstoneException;
import touchstone.json.StrictJson;

/**
 * A process that answers a line with a line. Threads of their own read its two streams and write to
 * it, so that nothing it does or leaves undone blocks the caller for longer than the caller's patience.
 */
final class Adapter {
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  /** Lines read ahead; a flood beyond them waits in the pipe. */
  private static final int AHEAD = 2;

  private static final int SHOWN = 80;

  /** What came over standard output. */
  private sealed interface Heard {
    record Line(byte[] bytes) implements Heard {}

    record Wrong(String sentence) implements Heard {}

    record End() implements Heard {}
  }

  private final Process process;
  private final ErrorTail errors;
  private final BlockingQueue<Heard> heard = new ArrayBlockingQueue<>(AHEAD);
  private final Thread reader;

  private Adapter(Process process) {
    this.process = process;
    this.errors = ErrorTail.of(process.getErrorStream());
    this.reader =
        Thread.ofPlatform()
            .daemon()
            .name("adapter-stdout")
            .start(() -> listen(process.getInputStream()));
  }

  static Adapter start(List<String> command) throws ProtocolException {
    try {
      return new Adapter(new ProcessBuilder(command).start());
    } catch (IOException e) {
      throw new ProtocolException("cannot be started: " + e.getMessage(), e);
    }
  }

  private void listen(InputStream out) {
    Lines lines = new Lines(out);
    try {
      for (Heard next = hear(lines); ; next = hear(lines)) {
        heard.put(next);
        if (!(next instanceof Heard.Line)) {
          return;
        }
      }
    } catch (InterruptedException _) {
      // The process is being ended, and nobody listens any more.
    }
  }

  private static Heard hear(Lines lines) {
    try {
      return lines.next().<Heard>map(Heard.Line::new).orElse(new Heard.End());
    } catch (IOException _) {
      return new Heard.End();
    } catch (ProtocolException e) {
      return new Heard.Wrong("wrote " + e.getMessage());
    }
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws ProtocolException if none comes in time, or it is no JSON object
   */
  JsonNode ask(JsonNode request, Duration patience) throws ProtocolException {
    if (heard.peek() instanceof Heard.Line(byte[] bytes)) {
      throw wrong("wrote a line that nobody asked for: " + shown(bytes));
    }
    CompletableFuture<Void> sent = send(request);
    try {
      return answer(heard.poll(patience.toMillis(), TimeUnit.MILLISECONDS), sent, patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProtocolException("was interrupted", e);
    }
  }

  private JsonNode answer(Heard answer, CompletableFuture<Void> sent, Duration patience)
      throws ProtocolException {
    return switch (answer) {
      case null ->
          throw wrong(
              sent.isDone()
                  ? "gave no answer within %s; does it flush after each line?"
                      .formatted(of(patience))
                  : "did not read a request within %s".formatted(of(patience)));
      case Heard.End() -> throw ended();
      case Heard.Wrong(String sentence) -> throw wrong(sentence);
      case Heard.Line(byte[] bytes) -> parse(bytes);
    };
  }

  private static String of(Duration patience) {
    return patience.toMillis() % 1000 == 0
        ? patience.toSeconds() + " s"
        : patience.toMillis() + " ms";
  }

  private CompletableFuture<Void> send(JsonNode request) {
    byte[] line = (request + "\n").getBytes(StandardCharsets.UTF_8);
    CompletableFuture<Void> sent = new CompletableFuture<>();
    Thread.ofPlatform().daemon().name("adapter-stdin").start(() -> write(line, sent));
    return sent;
  }

  private void write(byte[] line, CompletableFuture<Void> sent) {
    try {
      OutputStream in = process.getOutputStream();
      in.write(line);
      in.flush();
      sent.complete(null);
    } catch (IOException e) {
      // It does not read any more; whether it still speaks is for the reader to find out.
      sent.completeExceptionally(e);
    }
  }

  private JsonNode parse(byte[] line) throws ProtocolException {
    JsonNode json;
    try {
      json = StrictJson.parse("answer", line);
    } catch (TouchstoneException e) {
      throw wrong("wrote what is not JSON: " + shown(line) + hint(line));
    }
    if (!json.isObject()) {
      throw wrong("wrote no JSON object: " + shown(line));
    }
    return json;
  }

  private static String hint(byte[] line) {
    String text = new String(line, StandardCharsets.UTF_8);
    if (text.contains("NaN") || text.contains("Infinity")) {
      return " (JSON has no NaN and no Infinity; numbers go as the hex of their bits)";
    }
    return text.stripLeading().startsWith("{")
        ? ""
        : " (standard output is for answers only; anything else belongs on standard error)";
  }

  private ProtocolException ended() {
    try {
      boolean gone = process.waitFor(LAST_WORDS);
      errors.await(LAST_WORDS);
      return wrong(
          gone
              ? "ended with code " + process.exitValue()
              : "closed its standard output and runs on");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return wrong("ended");
    }
  }

  private ProtocolException wrong(String sentence) {
    String said = errors.lastLines();
    return new ProtocolException(
        said.isEmpty() ? sentence : sentence + "; its standard error ends with: " + said);
  }

  private static String shown(byte[] line) {
    String text = new String(line, 0, Math.min(line.length, 4 * SHOWN), StandardCharsets.UTF_8);
    boolean whole = line.length <= 4 * SHOWN && text.length() <= SHOWN;
    return TouchstoneException.printable(whole ? text : text.substring(0, SHOWN) + "...");
  }

  /** Says good-bye and closes its input; whoever does not go within the grace is ended. */
  void close(JsonNode bye, Duration grace) {
    CompletableFuture<Void> sent = send(bye).thenRun(this::hangUp);
    try {
      long from = System.nanoTime();
      sent.get(grace.toMillis(), TimeUnit.MILLISECONDS);
      process.waitFor(grace.minusNanos(System.nanoTime() - from));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException _) {
      // It does not read any more; what follows needs no consent.
    }
    kill();
  }

  private void hangUp() {
    try {
      process.getOutputStream().close();
    } catch (IOException _) {
      // It was closed at the other end.
    }
  }

  /** Ends the process and what it started. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    reader.interrupt();
    try {
      process.waitFor(LAST_WORDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
