package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import touchstone.tokenizer.Tokenizer;

/**
 * Any server with OpenAI's {@code /v1/completions}: prompts as lists of ids, {@code echo} with {@code
 * logprobs}. Nothing is sent that the interface does not know.
 *
 * @source OpenAI's specification of /v1/completions; lm-evaluation-harness
 *     lm_eval/models/openai_completions.py, which servers are tried with
 * @param http the server
 * @param model the name it has for the model
 * @param tokenizer of the model
 * @param names what tokens may be called
 */
record OpenAiServer(Http http, String model, Tokenizer tokenizer, TokenNames names)
    implements ModelServer {
  /** The limit of the specification. */
  private static final int MOST_TOP = 5;

  @Override
  public String name() {
    return "OpenAI-compatible server";
  }

  @Override
  public String version() {
    return "not told";
  }

  @Override
  public OptionalInt maxTokens() {
    return OptionalInt.empty();
  }

  @Override
  public int mostTop() {
    return MOST_TOP;
  }

  private JsonNode complete(int[] prompt, int count, int top, double temperature, boolean echo)
      throws NoAnswer {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("model", model)
            .put("max_tokens", count)
            .put("temperature", temperature)
            .put("logprobs", top)
            .put("echo", echo);
    body.set("prompt", Answers.array(prompt));
    return http.post("/v1/completions", body);
  }

  @Override
  public int counted(int[] prompt) throws NoAnswer {
    return Answers.id(Answers.field(complete(prompt, 1, 1, 0, false), "usage", "prompt_tokens"));
  }

  /** The prompt's come before those of the one token generated; the last of them are what is asked. */
  @Override
  public double[] logprobs(int[] prompt, int count) throws NoAnswer {
    JsonNode answer = complete(prompt, 1, 1, 0, true);
    JsonNode all = Answers.field(answer, "choices", "0", "logprobs", "token_logprobs");
    int generated = Answers.id(Answers.field(answer, "usage", "completion_tokens"));
    int first = all.size() - generated - count;
    if (first < 0 || generated > 1) {
      throw NoAnswer.skipped(
          "tells %d log-probabilities for %d tokens in spite of echo"
              .formatted(all.size(), prompt.length));
    }
    double[] logprobs = new double[count];
    for (int i = 0; i < count; i++) {
      logprobs[i] = Answers.number(all.get(first + i));
    }
    return logprobs;
  }

  /** The likeliest, as far as their ids can be told: whoever is not listed is no likelier. */
  @Override
  public Map<Integer, Double> next(int[] prompt, int top, double temperature) throws NoAnswer {
    JsonNode place =
        Answers.field(
            complete(prompt, 1, top, temperature, false),
            "choices",
            "0",
            "logprobs",
            "top_logprobs",
            "0");
    Map<String, Double> told = new HashMap<>();
    for (Map.Entry<String, JsonNode> token : place.properties()) {
      told.put(token.getKey(), Answers.number(token.getValue()));
    }
    Map<Integer, Double> next = named(told);
    if (next.isEmpty()) {
      throw NoAnswer.skipped(
          "names the likeliest token so that its id cannot be told: " + Fields.shortened(place));
    }
    return next;
  }

  private Map<Integer, Double> named(Map<String, Double> told) {
    List<String> falling =
        told.keySet().stream()
            .sorted(Comparator.comparing(told::get, Comparator.reverseOrder()))
            .toList();
    Map<Integer, Double> named = new LinkedHashMap<>();
    for (String name : falling) {
      OptionalInt id = names.id(name);
      if (id.isEmpty()) {
        break;
      }
      named.put(id.getAsInt(), told.get(name));
    }
    return named;
  }

  /** The token that ends the text is not listed; a server that stops by itself has met it. */
  @Override
  public int[] generate(int[] prompt, int count, int[] stop) throws NoAnswer {
    JsonNode choice = Answers.field(complete(prompt, count, 1, 0, false), "choices", "0");
    JsonNode tokens = Answers.field(choice, "logprobs", "tokens");
    int[] ids = new int[tokens.size()];
    for (int i = 0; i < ids.length; i++) {
      String name = tokens.get(i).asText();
      OptionalInt id = names.id(name);
      if (id.isEmpty()) {
        throw NoAnswer.skipped("names a token so that its id cannot be told: " + name);
      }
      ids[i] = id.getAsInt();
    }
    boolean ended = choice.path("finish_reason").asText().equals("stop");
    boolean listed = ids.length > 0 && ids[ids.length - 1] == tokenizer.eosId();
    return ended && !listed && ids.length < count ? with(ids, tokenizer.eosId()) : ids;
  }

  private static int[] with(int[] ids, int last) {
    int[] longer = Arrays.copyOf(ids, ids.length + 1);
    longer[ids.length] = last;
    return longer;
  }

  @Override
  public int[] tokenize(String text, boolean bos) throws NoAnswer {
    throw NoAnswer.skipped("OpenAI's interface has no route from text to ids");
  }

  @Override
  public String detokenize(int[] ids) throws NoAnswer {
    throw NoAnswer.skipped("OpenAI's interface has no route from ids to text");
  }

  @Override
  public String chat(JsonNode messages) throws NoAnswer {
    throw NoAnswer.skipped("OpenAI's interface does not show the prompt of a conversation");
  }
}
