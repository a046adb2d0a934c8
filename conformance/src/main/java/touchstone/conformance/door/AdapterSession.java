package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.runtime.RuntimeDescription;

/** One life of an adapter: from hello to bye, with the models that it has loaded. */
final class AdapterSession {
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final ProcessRuntime.Settings settings;
  private final Path workDir;
  private final Adapter adapter;
  private final RuntimeDescription description;
  private final Map<String, Optional<Reply.Refused>> loaded = new HashMap<>();

  private AdapterSession(
      ProcessRuntime.Settings settings,
      Path workDir,
      Adapter adapter,
      RuntimeDescription description) {
    this.settings = settings;
    this.workDir = workDir;
    this.adapter = adapter;
    this.description = description;
  }

  static AdapterSession start(ProcessRuntime.Settings settings, Path workDir)
      throws ProtocolException {
    Adapter adapter = Adapter.start(settings.command());
    try {
      JsonNode answer = adapter.ask(Messages.hello(settings.suite(), workDir), settings.patience());
      return new AdapterSession(
          settings, workDir, adapter, DescriptionJson.read("the answer to hello", answer));
    } catch (ProtocolException e) {
      adapter.kill();
      throw new ProtocolException("at hello: " + e.getMessage(), e);
    }
  }

  RuntimeDescription description() {
    return description;
  }

  /**
   * Asks one thing; a model that it names is loaded first.
   *
   * @throws ProtocolException if the adapter is of no use any more
   */
  Reply run(long seq, Request request) throws ProtocolException {
    JsonNode model = request.arguments().json().path("model");
    Optional<Reply.Refused> refused =
        model.isTextual() ? load(model.textValue()) : Optional.empty();
    if (refused.isPresent()) {
      return refused.get();
    }
    JsonNode answer = adapter.ask(Messages.run(seq, request), settings.patience());
    return Messages.reply(answer, seq, new ResultValues(workDir));
  }

  private Optional<Reply.Refused> load(String handle) throws ProtocolException {
    if (!loaded.containsKey(handle)) {
      Path directory = settings.goldenData().resolve(handle);
      JsonNode answer = adapter.ask(Messages.load(handle, directory), settings.patience());
      loaded.put(handle, Messages.loaded(answer));
    }
    return loaded.get(handle);
  }

  /** Says good-bye. */
  void close() {
    adapter.close(Messages.bye(), GRACE);
  }

  /** Ends it without a word. */
  void kill() {
    adapter.kill();
  }
}
