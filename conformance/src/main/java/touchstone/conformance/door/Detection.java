package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import touchstone.tokenizer.Tokenizer;

/** Which kind of server answers: each is asked for what only it has, and OpenAI's interface is left. */
final class Detection {
  private final Http http;
  private final Tokenizer tokenizer;

  Detection(Http http, Tokenizer tokenizer) {
    this.http = http;
    this.tokenizer = tokenizer;
  }

  /**
   * The server.
   *
   * @throws NoAnswer if nothing answers that is one of them
   */
  ModelServer server() throws NoAnswer {
    Optional<JsonNode> props = get("/props");
    if (props.isPresent() && props.get().has("default_generation_settings")) {
      return new LlamaCppServer(http, props.get(), tokenizer.vocab());
    }
    Optional<JsonNode> info = get("/info");
    if (info.isPresent() && info.get().has("model_id") && info.get().has("version")) {
      return new TgiServer(http, info.get(), tokenizer);
    }
    JsonNode model = Answers.field(http.get("/v1/models"), "data", "0");
    Optional<JsonNode> version = get("/version");
    if (version.isPresent() && model.path("owned_by").asText().equals("vllm")) {
      return vllm(version.get().path("version").asText("not told"), model);
    }
    String name = Answers.text(Answers.field(model, "id"));
    return new OpenAiServer(http, name, tokenizer, new TokenNames(tokenizer));
  }

  /** What a server does not have, it answers with an error; that it is there is asked last. */
  private Optional<JsonNode> get(String path) {
    try {
      return Optional.of(http.get(path));
    } catch (NoAnswer _) {
      return Optional.empty();
    }
  }

  private VllmServer vllm(String version, JsonNode model) {
    VllmServer usual = new VllmServer(http, version, model, VllmServer.DEFAULT_MOST_TOP);
    try {
      usual.next(new int[] {tokenizer.bosId()}, usual.mostTop(), 1);
      return usual;
    } catch (NoAnswer _) {
      return new VllmServer(http, version, model, 1);
    }
  }
}
