package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import touchstone.tokenizer.Tokenizer;

/**
 * Text Generation Inference. It takes text and no ids, and puts BOS before it; a sequence is therefore
 * sent as the text of what follows BOS, and the ids that the server made of it are compared with it.
 *
 * @source huggingface/text-generation-inference router/src: lib.rs, server.rs, validation.rs
 * @param http the server
 * @param info its answer to {@code GET /info}
 * @param tokenizer of the model
 */
record TgiServer(Http http, JsonNode info, Tokenizer tokenizer) implements ModelServer {
  /** The limit of validation.rs. */
  private static final int MOST_TOP = 5;

  @Override
  public String name() {
    return "TGI";
  }

  @Override
  public String version() {
    return info.path("version").asText("version not told");
  }

  @Override
  public OptionalInt maxTokens() {
    int most = info.path("max_total_tokens").asInt();
    return most > 1 ? OptionalInt.of(most - 1) : OptionalInt.empty();
  }

  @Override
  public int mostTop() {
    return MOST_TOP;
  }

  @Override
  public int counted(int[] prompt) throws NoAnswer {
    return Answers.field(details(prompt, 1, 0), "prefill").size();
  }

  /** Without a temperature it is greedy, and its log-probabilities are those of the logits. */
  private JsonNode details(int[] prompt, int count, int top) throws NoAnswer {
    if (prompt.length < 2 || prompt[0] != tokenizer.bosId()) {
      throw NoAnswer.skipped("takes text and puts BOS before it; this sequence cannot be sent");
    }
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("inputs", tokenizer.decode(Arrays.copyOfRange(prompt, 1, prompt.length)));
    ObjectNode parameters =
        body.putObject("parameters")
            .put("max_new_tokens", count)
            .put("do_sample", false)
            .put("details", true)
            .put("decoder_input_details", true);
    if (top > 0) {
      parameters.put("top_n_tokens", top);
    }
    JsonNode details = Answers.field(http.post("/generate", body), "details");
    requireSame(prompt, Answers.field(details, "prefill"));
    return details;
  }

  private static void requireSame(int[] prompt, JsonNode prefill) throws NoAnswer {
    int[] made = new int[prefill.size()];
    for (int i = 0; i < made.length; i++) {
      made[i] = Answers.id(Answers.field(prefill.get(i), "id"));
    }
    if (!Arrays.equals(made, prompt)) {
      throw NoAnswer.skipped(
          "takes text, and makes other ids of the text of this sequence: "
              + Arrays.toString(Arrays.copyOf(made, Math.min(made.length, 16))));
    }
  }

  @Override
  public double[] logprobs(int[] prompt, int count) throws NoAnswer {
    JsonNode prefill = Answers.field(details(prompt, 1, 0), "prefill");
    double[] logprobs = new double[count];
    for (int i = 0; i < count; i++) {
      JsonNode token = prefill.get(prefill.size() - count + i);
      logprobs[i] = Answers.number(Answers.field(token, "logprob"));
    }
    return logprobs;
  }

  @Override
  public Map<Integer, Double> next(int[] prompt, int top, double temperature) throws NoAnswer {
    JsonNode place = Answers.field(details(prompt, 1, top), "top_tokens", "0");
    Map<Integer, Double> next = new LinkedHashMap<>();
    for (JsonNode token : place) {
      next.put(
          Answers.id(Answers.field(token, "id")), Answers.number(Answers.field(token, "logprob")));
    }
    return next;
  }

  @Override
  public int[] generate(int[] prompt, int count, int[] stop) throws NoAnswer {
    JsonNode tokens = Answers.field(details(prompt, count, 0), "tokens");
    int[] ids = new int[tokens.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Answers.id(Answers.field(tokens.get(i), "id"));
    }
    return ids;
  }

  /** TGI's route always adds BOS; a text without is what follows it. */
  @Override
  public int[] tokenize(String text, boolean bos) throws NoAnswer {
    JsonNode tokens =
        http.post("/tokenize", JsonNodeFactory.instance.objectNode().put("inputs", text));
    int[] ids = new int[tokens.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Answers.id(Answers.field(tokens.get(i), "id"));
    }
    boolean begins = ids.length > 0 && ids[0] == tokenizer.bosId();
    return begins && !bos ? Arrays.copyOfRange(ids, 1, ids.length) : ids;
  }

  @Override
  public String detokenize(int[] ids) throws NoAnswer {
    throw NoAnswer.skipped("TGI has no route from ids to text");
  }

  @Override
  public String chat(JsonNode messages) throws NoAnswer {
    throw NoAnswer.skipped("TGI shows the ids of a conversation, not the text alone");
  }
}
