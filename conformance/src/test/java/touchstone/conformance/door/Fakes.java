package touchstone.conformance.door;

import static touchstone.conformance.door.FakeServer.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import touchstone.conformance.door.FakeServer.Answer;
import touchstone.tokenizer.Tokenizer;

/** Servers that answer as llama.cpp's, vLLM and TGI do, peculiarities included. */
final class Fakes {
  private static final Tokenizer TOKENIZER = FakeModel.TOKENIZER;

  private Fakes() {}

  static int[] ids(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
  }

  private static int last(int[] ids) {
    return ids[ids.length - 1];
  }

  private static String pieces(int[] ids) {
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      boolean special = id == TOKENIZER.bosId() || id == TOKENIZER.eosId();
      text.append(
          special ? TOKENIZER.piece(id) : new String(TOKENIZER.bytes(id), StandardCharsets.UTF_8));
    }
    return text.toString();
  }

  /** Ends at its end-of-text token, which it lists; its detokenize shows special tokens. */
  static FakeServer llamaCpp() {
    ObjectNode props = JSON.objectNode().put("build_info", "b4719-d7b31a9d").put("total_slots", 1);
    props.putObject("default_generation_settings").put("n_ctx", 1024);
    return new FakeServer()
        .route("/props", _ -> Answer.of(props))
        .route("/completion", Fakes::completion)
        .route(
            "/tokenize",
            body ->
                Answer.of(
                    JSON.objectNode()
                        .set(
                            "tokens",
                            Answers.array(
                                TOKENIZER.encode(
                                    body.path("content").asText(),
                                    body.path("add_special").asBoolean(false))))))
        .route(
            "/detokenize",
            body -> Answer.of(JSON.objectNode().put("content", pieces(ids(body.path("tokens"))))))
        .route(
            "/apply-template",
            body -> Answer.of(JSON.objectNode().put("prompt", conversation(body))));
  }

  private static String conversation(JsonNode body) {
    StringBuilder text = new StringBuilder();
    for (JsonNode message : body.path("messages")) {
      text.append(message.path("role").asText()).append(": ");
      text.append(message.path("content").asText()).append(' ');
    }
    return text + (body.path("add_generation_prompt").asBoolean(true) ? "assistant:" : "");
  }

  private static Answer completion(JsonNode body) {
    int[] prompt = ids(body.path("prompt"));
    ObjectNode answer = JSON.objectNode().put("content", "").put("tokens_evaluated", prompt.length);
    int last = last(prompt);
    for (int id : FakeModel.greedy(last, body.path("n_predict").intValue())) {
      answer.withArray("/tokens").add(id);
      answer.withArray("/completion_probabilities").add(place(last, id, body));
      last = id;
      if (id == TOKENIZER.eosId()) {
        break;
      }
    }
    if (body.path("n_probs").intValue() == 0) {
      answer.remove("completion_probabilities");
    }
    return Answer.of(answer);
  }

  private static ObjectNode place(int last, int chosen, JsonNode body) {
    ObjectNode place = token(last, chosen);
    ArrayNode top = place.putArray("top_logprobs");
    FakeModel.best(last, body.path("n_probs").intValue()).forEach(id -> top.add(token(last, id)));
    return place;
  }

  private static ObjectNode token(int last, int id) {
    ObjectNode token = JSON.objectNode().put("id", id).put("token", TOKENIZER.piece(id));
    token.putArray("bytes");
    return token.put("logprob", FakeModel.logprob(last, id));
  }

  /** Tells at most 20 log-probabilities; those of the first prompt token are null. */
  static FakeServer vllm() {
    ObjectNode models = JSON.objectNode().put("object", "list");
    models
        .withArray("/data")
        .addObject()
        .put("id", "pebble")
        .put("owned_by", "vllm")
        .put("max_model_len", 512);
    return new FakeServer()
        .route("/v1/models", _ -> Answer.of(models))
        .route("/version", _ -> Answer.of(JSON.objectNode().put("version", "0.15.0")))
        .route("/v1/completions", Fakes::vllmCompletions)
        .route(
            "/tokenize",
            body -> {
              int[] ids =
                  TOKENIZER.encode(
                      body.path("prompt").asText(),
                      body.path("add_special_tokens").asBoolean(true));
              ObjectNode answer = JSON.objectNode().put("count", ids.length);
              return Answer.of(answer.set("tokens", Answers.array(ids)));
            })
        .route(
            "/detokenize",
            body ->
                Answer.of(
                    JSON.objectNode()
                        .put(
                            "prompt",
                            TOKENIZER.decodeAsTransformers(ids(body.path("tokens")), false))));
  }

  private static Answer vllmCompletions(JsonNode body) {
    if (body.path("logprobs").asInt() > 20) {
      return FakeServer.error(
          400, "Requested sample logprobs of 21, which is greater than max allowed: 20");
    }
    int[] prompt = ids(body.path("prompt"));
    ObjectNode answer = JSON.objectNode().put("id", "cmpl-1").put("object", "text_completion");
    ObjectNode choice = answer.withArray("/choices").addObject().put("index", 0).put("text", "");
    if (body.has("prompt_logprobs")) {
      choice.set("prompt_logprobs", promptLogprobs(prompt));
    }
    int[] generated = FakeModel.greedy(last(prompt), body.path("max_tokens").asInt());
    int[] stop = ids(body.path("stop_token_ids"));
    int end =
        IntStream.range(0, generated.length)
            .filter(i -> Arrays.stream(stop).anyMatch(id -> id == generated[i]))
            .findFirst()
            .orElse(generated.length - 1);
    choice.set(
        "logprobs",
        logprobs(
            last(prompt),
            Arrays.copyOf(generated, end + 1),
            body.path("logprobs").asInt(),
            body.path("temperature").asDouble()));
    answer.putObject("usage").put("prompt_tokens", prompt.length).put("completion_tokens", end + 1);
    return Answer.of(answer);
  }

  private static ArrayNode promptLogprobs(int[] prompt) {
    ArrayNode places = JSON.arrayNode();
    places.addNull();
    for (int i = 1; i < prompt.length; i++) {
      ObjectNode place = places.addObject();
      for (int id : new int[] {FakeModel.best(prompt[i - 1], 1).getFirst(), prompt[i]}) {
        place
            .putObject(String.valueOf(id))
            .put("logprob", FakeModel.logprob(prompt[i - 1], id))
            .put("rank", 1)
            .put("decoded_token", "");
      }
    }
    return places;
  }

  private static ObjectNode logprobs(int before, int[] generated, int top, double temperature) {
    ObjectNode logprobs = JSON.objectNode();
    int last = before;
    for (int id : generated) {
      logprobs.withArray("/tokens").add("token_id:" + id);
      logprobs.withArray("/token_logprobs").add(FakeModel.logprob(last, id));
      ObjectNode best = logprobs.withArray("/top_logprobs").addObject();
      int at = last;
      FakeModel.best(at, top)
          .forEach(one -> best.put("token_id:" + one, FakeModel.logprob(at, one)));
      last = id;
    }
    return logprobs;
  }

  /** Takes text only, adds BOS, tells five of the next tokens. */
  static FakeServer tgi() {
    return new FakeServer()
        .route(
            "/info",
            _ ->
                Answer.of(
                    JSON.objectNode()
                        .put("model_id", "pebble")
                        .put("version", "3.3.4")
                        .put("max_total_tokens", 1024)))
        .route(
            "/tokenize",
            body -> {
              ArrayNode tokens = JSON.arrayNode();
              for (int id : TOKENIZER.encode(body.path("inputs").asText())) {
                tokens.addObject().put("id", id).put("text", "").put("start", 0).put("stop", 0);
              }
              return Answer.of(tokens);
            })
        .route("/generate", Fakes::generate);
  }

  private static Answer generate(JsonNode body) {
    JsonNode parameters = body.path("parameters");
    if (parameters.path("top_n_tokens").asInt() > 5) {
      return new Answer(
          422,
          "{\"error\":\"Input validation error: `top_n_tokens` must be >= 0 and <= 5\",\"error_type\":\"validation\"}");
    }
    int[] prompt = TOKENIZER.encode(body.path("inputs").asText());
    ObjectNode answer = JSON.objectNode().put("generated_text", "");
    ObjectNode details = answer.putObject("details").put("finish_reason", "length");
    for (int i = 0; i < prompt.length; i++) {
      ObjectNode token =
          details.withArray("/prefill").addObject().put("id", prompt[i]).put("text", "");
      if (i == 0) {
        token.putNull("logprob");
      } else {
        token.put("logprob", FakeModel.logprob(prompt[i - 1], prompt[i]));
      }
    }
    int last = last(prompt);
    for (int id : FakeModel.greedy(last, parameters.path("max_new_tokens").asInt())) {
      details.withArray("/tokens").add(token(last, id).put("special", false));
      ArrayNode top = details.withArray("/top_tokens").addArray();
      int at = last;
      FakeModel.best(at, parameters.path("top_n_tokens").asInt())
          .forEach(one -> top.add(token(at, one)));
      last = id;
    }
    return Answer.of(answer);
  }

  /**
   * How a server with nothing but OpenAI's interface may differ.
   *
   * @param addsBos puts BOS before every prompt
   * @param decimals that numbers are rounded to
   * @param afterTemperature log-probabilities are divided by it
   */
  record Quirks(boolean addsBos, int decimals, boolean afterTemperature) {
    static final Quirks NONE = new Quirks(false, 17, false);
  }

  static FakeServer openAi(Quirks quirks) {
    ObjectNode models = JSON.objectNode().put("object", "list");
    models.withArray("/data").addObject().put("id", "pebble").put("owned_by", "someone");
    return new FakeServer()
        .route("/v1/models", _ -> Answer.of(models))
        .route("/v1/completions", body -> openAiCompletions(body, quirks));
  }

  private static Answer openAiCompletions(JsonNode body, Quirks quirks) {
    if (body.path("logprobs").asInt() > 5) {
      return FakeServer.error(400, "logprobs must be at most 5");
    }
    int[] sent = ids(body.path("prompt"));
    int[] prompt =
        quirks.addsBos
            ? IntStream.concat(IntStream.of(TOKENIZER.bosId()), Arrays.stream(sent)).toArray()
            : sent;
    ObjectNode answer = JSON.objectNode().put("object", "text_completion");
    ObjectNode choice = answer.withArray("/choices").addObject().put("index", 0);
    ObjectNode logprobs = choice.putObject("logprobs");
    int[] generated = FakeModel.greedy(last(prompt), body.path("max_tokens").asInt());
    int[] shown = IntStream.concat(Arrays.stream(prompt), Arrays.stream(generated)).toArray();
    for (int i = body.path("echo").asBoolean() ? 0 : prompt.length; i < shown.length; i++) {
      logprobs.withArray("/tokens").add(TOKENIZER.piece(shown[i]));
      if (i == 0) {
        logprobs.withArray("/token_logprobs").addNull();
        logprobs.withArray("/top_logprobs").addNull();
      } else {
        add(logprobs, shown[i - 1], shown[i], body, quirks);
      }
    }
    choice.put("finish_reason", "length");
    answer
        .putObject("usage")
        .put("prompt_tokens", prompt.length)
        .put("completion_tokens", generated.length);
    return Answer.of(answer);
  }

  private static void add(ObjectNode logprobs, int last, int id, JsonNode body, Quirks quirks) {
    double temperature = body.path("temperature").asDouble();
    double[] all =
        FakeModel.logprobs(last, quirks.afterTemperature && temperature > 0 ? temperature : 1);
    logprobs.withArray("/token_logprobs").add(rounded(all[id], quirks));
    ObjectNode best = logprobs.withArray("/top_logprobs").addObject();
    FakeModel.best(last, body.path("logprobs").asInt())
        .forEach(one -> best.put(TOKENIZER.piece(one), rounded(all[one], quirks)));
  }

  private static double rounded(double value, Quirks quirks) {
    double scale = StrictMath.pow(10, quirks.decimals);
    return quirks.decimals > 15 ? value : Math.rint(value * scale) / scale;
  }
}
