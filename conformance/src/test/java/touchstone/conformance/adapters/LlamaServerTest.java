package touchstone.conformance.adapters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.conformance.door.HttpRuntime;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.verify.Ending;
import touchstone.conformance.verify.KnownFailures;
import touchstone.conformance.verify.Selection;
import touchstone.conformance.verify.Verifier;
import touchstone.golden.GoldenData;

/**
 * llama.cpp's server through the HTTP door, where {@code -Dtouchstone.adapters.llama-server} names the
 * program.
 */
final class LlamaServerTest {
  private static final String PROPERTY = "touchstone.adapters.llama-server";
  private static final Path ADAPTER =
      GoldenData.root().resolveSibling("conformance").resolve("adapters/llama-cpp");
  private static final int STARTS = 600;

  @Test
  void theServerFailsWhatIsListedAndNothingElse(@TempDir Path folder) throws Exception {
    String program = System.getProperty(PROPERTY);
    assumeTrue(program != null, "-D" + PROPERTY + " names no llama-server");
    Path model = folder.resolve("pebble.gguf");
    convert(GoldenData.root().resolve("models/pebble"), model);
    int port = freePort();
    Process server = started(program, model, port, folder);
    try (Suite suite = Suite.open(GoldenData.root());
        HttpRuntime runtime = HttpRuntime.connect(settings(awaited(server, port), suite))) {
      Verifier.Run run =
          new Verifier(runtime, NumericProfile.F32, false, (_, _, _) -> {})
              .verify(Selection.USUAL.of(suite), suite.root());

      assertThat(run.ending()).isInstanceOf(Ending.Complete.class);
      KnownFailures listed = KnownFailures.read(ADAPTER.resolve("known-failures-server.txt"));
      assertThat(listed.check(run.results(), true)).isEmpty();
    } finally {
      server.destroy();
      server.waitFor();
    }
  }

  private static void convert(Path model, Path file) throws IOException, InterruptedException {
    String python = System.getProperty("touchstone.adapters.python", "python");
    String script = ADAPTER.resolve("to_gguf.py").toString();
    Process conversion =
        new ProcessBuilder(python, script, model.toString(), file.toString()).inheritIO().start();
    assertThat(conversion.waitFor()).as("exit code of to_gguf.py").isZero();
  }

  /** With numbers as exact as it has them: fp32 keys and values, no flash attention. */
  private static Process started(String program, Path model, int port, Path folder)
      throws IOException {
    String options = "--host 127.0.0.1 -c 1024 -t 1 -np 1 -ctk f32 -ctv f32 -fa off --port " + port;
    List<String> command = new ArrayList<>(List.of(program, "-m", model.toString()));
    command.addAll(List.of(options.split(" ")));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("server.log").toFile())
        .start();
  }

  private static URI awaited(Process server, int port) throws InterruptedException {
    URI base = URI.create("http://127.0.0.1:" + port);
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < STARTS && server.isAlive(); i++) {
        if (isHealthy(client, base)) {
          return base;
        }
        server.waitFor(100, TimeUnit.MILLISECONDS);
      }
    }
    throw new AssertionError("the server did not start");
  }

  private static boolean isHealthy(HttpClient client, URI base) throws InterruptedException {
    try {
      HttpRequest request = HttpRequest.newBuilder(base.resolve("/health")).build();
      return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  private static HttpRuntime.Settings settings(URI base, Suite suite) {
    return new HttpRuntime.Settings(
        base,
        suite.root(),
        "models/pebble",
        Optional.empty(),
        NumericProfile.F32,
        Duration.ofMinutes(1));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
