package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * vLLM's OpenAI server, with what it adds: {@code prompt_logprobs} by id, tokens named {@code
 * token_id:N}, and texts to ids and back.
 *
 * @source vllm-project/vllm entrypoints/openai/completion/protocol.py, entrypoints/serve/tokenize
 * @param http the server
 * @param version its answer to {@code GET /version}
 * @param model the first entry of its answer to {@code GET /v1/models}
 * @param mostTop most tokens whose log-probabilities it tells at a place ({@code --max-logprobs})
 */
record VllmServer(Http http, String version, JsonNode model, int mostTop) implements ModelServer {
  /** vLLM's default of {@code --max-logprobs}. */
  static final int DEFAULT_MOST_TOP = 20;

  private static final String TOKEN_ID = "token_id:";

  @Override
  public String name() {
    return "vLLM";
  }

  @Override
  public OptionalInt maxTokens() {
    int most = model.path("max_model_len").asInt();
    return most > 0 ? OptionalInt.of(most) : OptionalInt.empty();
  }

  /** The repository's generation_config.json changes vLLM's defaults, so all are given. */
  private ObjectNode body(int[] prompt, int count, double temperature) {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("model", model.path("id").asText())
            .put("max_tokens", count)
            .put("temperature", temperature)
            .put("top_p", 1.0)
            .put("top_k", -1)
            .put("min_p", 0.0)
            .put("repetition_penalty", 1.0)
            .put("return_tokens_as_token_ids", true)
            .put("skip_special_tokens", false);
    body.set("prompt", Answers.array(prompt));
    return body;
  }

  private JsonNode complete(ObjectNode body) throws NoAnswer {
    return http.post("/v1/completions", body);
  }

  @Override
  public int counted(int[] prompt) throws NoAnswer {
    return Answers.id(Answers.field(complete(body(prompt, 1, 0)), "usage", "prompt_tokens"));
  }

  @Override
  public double[] logprobs(int[] prompt, int count) throws NoAnswer {
    JsonNode places =
        Answers.field(
            complete(body(prompt, 1, 0).put("prompt_logprobs", 1)),
            "choices",
            "0",
            "prompt_logprobs");
    if (places.size() < prompt.length) {
      throw NoAnswer.broken(
          "%d prompt_logprobs for %d tokens".formatted(places.size(), prompt.length));
    }
    double[] logprobs = new double[count];
    for (int i = 0; i < count; i++) {
      JsonNode place = places.get(places.size() - count + i);
      String id = String.valueOf(prompt[prompt.length - count + i]);
      logprobs[i] = Answers.number(Answers.field(place, id, "logprob"));
    }
    return logprobs;
  }

  @Override
  public Map<Integer, Double> next(int[] prompt, int top, double temperature) throws NoAnswer {
    JsonNode place =
        Answers.field(
            complete(body(prompt, 1, temperature).put("logprobs", top)),
            "choices",
            "0",
            "logprobs",
            "top_logprobs",
            "0");
    Map<Integer, Double> next = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> token : place.properties()) {
      next.put(id(token.getKey()), Answers.number(token.getValue()));
    }
    return next;
  }

  private static int id(String name) throws NoAnswer {
    if (!name.matches(TOKEN_ID + "\\d{1,9}")) {
      throw NoAnswer.skipped(
          "names tokens by their text in spite of return_tokens_as_token_ids: " + name);
    }
    return Integer.parseInt(name.substring(TOKEN_ID.length()));
  }

  /** The end-of-text token ends nothing unless it is asked to. */
  @Override
  public int[] generate(int[] prompt, int count, int[] stop) throws NoAnswer {
    ObjectNode body = body(prompt, count, 0).put("logprobs", 1).put("ignore_eos", true);
    body.set("stop_token_ids", Answers.array(stop));
    JsonNode tokens = Answers.field(complete(body), "choices", "0", "logprobs", "tokens");
    int[] ids = new int[tokens.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = id(tokens.get(i).asText());
    }
    return ids;
  }

  @Override
  public int[] tokenize(String text, boolean bos) throws NoAnswer {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("model", model.path("id").asText())
            .put("prompt", text)
            .put("add_special_tokens", bos);
    return Answers.ids(Answers.field(http.post("/tokenize", body), "tokens"));
  }

  @Override
  public String detokenize(int[] ids) throws NoAnswer {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("model", model.path("id").asText());
    body.set("tokens", Answers.array(ids));
    return Answers.text(Answers.field(http.post("/detokenize", body), "prompt"));
  }

  @Override
  public String chat(JsonNode messages) throws NoAnswer {
    throw NoAnswer.skipped("vLLM shows the ids of a conversation, not its text");
  }
}
