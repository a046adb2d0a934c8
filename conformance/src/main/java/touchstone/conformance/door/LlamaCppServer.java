package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * llama.cpp's own server. It uses token arrays as they are and tells the probabilities of the whole
 * vocabulary, computed from the logits before any sampler; it has none for the tokens of a prompt, which
 * are therefore asked one prefix at a time.
 *
 * @source ggerganov/llama.cpp examples/server: README.md, server.cpp (handle_props, handle_tokenize,
 *     populate_token_probs, process_token)
 * @param http the server
 * @param props its answer to {@code GET /props}
 * @param vocab ids of the model
 */
record LlamaCppServer(Http http, JsonNode props, int vocab) implements ModelServer {
  private static final String COMPLETION = "/completion";

  @Override
  public String name() {
    return "llama.cpp server";
  }

  @Override
  public String version() {
    return props.path("build_info").asText("build not told");
  }

  @Override
  public OptionalInt maxTokens() {
    int context = props.path("default_generation_settings").path("n_ctx").asInt();
    return context > 0 ? OptionalInt.of(context) : OptionalInt.empty();
  }

  @Override
  public int mostTop() {
    return vocab;
  }

  @Override
  public int counted(int[] prompt) throws NoAnswer {
    return Answers.id(Answers.field(complete(prompt, 1, 0, 0), "tokens_evaluated"));
  }

  /** Every sampler that changes or cuts off is switched off; nothing is left over from other prompts. */
  private JsonNode complete(int[] prompt, int count, int top, double temperature) throws NoAnswer {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("n_predict", count)
            .put("n_probs", top)
            .put("temperature", temperature)
            .put("top_k", 0)
            .put("top_p", 1.0)
            .put("min_p", 0.0)
            .put("repeat_penalty", 1.0)
            .put("cache_prompt", false)
            .put("return_tokens", true)
            .put("stream", false);
    body.set("prompt", Answers.array(prompt));
    return http.post(COMPLETION, body);
  }

  @Override
  public double[] logprobs(int[] prompt, int count) throws NoAnswer {
    double[] logprobs = new double[count];
    for (int i = 0; i < count; i++) {
      int before = prompt.length - count + i;
      int wanted = prompt[before];
      Map<Integer, Double> all = next(Arrays.copyOf(prompt, before), vocab, 0);
      if (!all.containsKey(wanted)) {
        throw NoAnswer.skipped(
            "told the log-probabilities of %d tokens, and not of %d".formatted(all.size(), wanted));
      }
      logprobs[i] = all.get(wanted);
    }
    return logprobs;
  }

  @Override
  public Map<Integer, Double> next(int[] prompt, int top, double temperature) throws NoAnswer {
    JsonNode place =
        Answers.field(complete(prompt, 1, top, temperature), "completion_probabilities", "0");
    if (place.has("probs") || place.has("top_probs")) {
      throw NoAnswer.skipped(
          "gives probabilities after sampling, or without ids; a newer llama.cpp without "
              + "post_sampling_probs gives logprob");
    }
    Map<Integer, Double> next = new LinkedHashMap<>();
    for (JsonNode token : Answers.field(place, "top_logprobs")) {
      next.put(
          Answers.id(Answers.field(token, "id")), Answers.number(Answers.field(token, "logprob")));
    }
    return next;
  }

  @Override
  public int[] generate(int[] prompt, int count, int[] stop) throws NoAnswer {
    int[] tokens = Answers.ids(Answers.field(complete(prompt, count, 0, 0), "tokens"));
    if (tokens.length == 0) {
      throw NoAnswer.skipped("does not tell the ids of what it generates (return_tokens)");
    }
    return tokens;
  }

  @Override
  public int[] tokenize(String text, boolean bos) throws NoAnswer {
    ObjectNode body =
        JsonNodeFactory.instance.objectNode().put("content", text).put("add_special", bos);
    return Answers.ids(Answers.field(http.post("/tokenize", body), "tokens"));
  }

  @Override
  public String detokenize(int[] ids) throws NoAnswer {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set("tokens", Answers.array(ids));
    return Answers.text(Answers.field(http.post("/detokenize", body), "content"));
  }

  /** An answer that is still to be written is not sent: this server begins it by itself. */
  @Override
  public String chat(JsonNode messages) throws NoAnswer {
    ArrayNode told = messages.deepCopy();
    JsonNode last = messages.path(messages.size() - 1);
    boolean open =
        last.path("role").asText().equals("assistant") && last.path("content").asText().isEmpty();
    if (open) {
      told.remove(told.size() - 1);
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("add_generation_prompt", open);
    body.set("messages", told);
    return Answers.text(Answers.field(http.post("/apply-template", body), "prompt"));
  }
}
