package touchstone.conformance.door;

import static touchstone.conformance.door.FakeServer.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import touchstone.conformance.door.FakeServer.Answer;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.TensorFiles;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.ValueJson;
import touchstone.tensor.Tensor;
import touchstone.tokenizer.Tokenizer;

/**
 * A runtime of this JVM behind HTTP, with one model: what OpenAI's interface shows of it, or vLLM's.
 * Numbers are printed as binary32. Of a longer continuation only the first token has log-probabilities.
 */
public final class RuntimeServer implements AutoCloseable {
  private final RuntimeUnderTest runtime;
  private final String model;
  private final Tokenizer tokenizer;
  private final TensorFiles files = new TensorFiles();
  private final FakeServer server = new FakeServer();

  private RuntimeServer(RuntimeUnderTest runtime, Path goldenData, String model) {
    this.runtime = runtime;
    this.model = model;
    this.tokenizer = Tokenizer.load(goldenData.resolve(model));
  }

  /** With nothing but {@code /v1/completions}. */
  public static RuntimeServer openAi(RuntimeUnderTest runtime, Path goldenData, String model) {
    RuntimeServer served = new RuntimeServer(runtime, goldenData, model);
    served.models("someone");
    served.server.route("/v1/completions", served::openAiCompletion);
    return served;
  }

  /** As vLLM serves it. */
  public static RuntimeServer vllm(RuntimeUnderTest runtime, Path goldenData, String model) {
    RuntimeServer served = new RuntimeServer(runtime, goldenData, model);
    served.models("vllm");
    served
        .server
        .route("/version", _ -> Answer.of(JSON.objectNode().put("version", "0.15.0")))
        .route("/v1/completions", served::vllmCompletion)
        .route("/tokenize", served::tokenized)
        .route("/detokenize", served::detokenized);
    return served;
  }

  private void models(String owner) {
    ObjectNode models = JSON.objectNode().put("object", "list");
    models.withArray("/data").addObject().put("id", "served").put("owned_by", owner);
    server.route("/v1/models", _ -> Answer.of(models));
  }

  /** Where it answers. */
  public URI address() {
    return server.address();
  }

  private Answer openAiCompletion(JsonNode body) {
    int top = body.path("logprobs").asInt();
    if (top > 5) {
      return FakeServer.error(400, "logprobs must be at most 5");
    }
    return answered(
        () -> {
          int[] prompt = Fakes.ids(body.path("prompt"));
          ObjectNode choice = JSON.objectNode().put("finish_reason", "length");
          ObjectNode logprobs = choice.putObject("logprobs");
          if (body.path("echo").asBoolean()) {
            echo(logprobs, prompt);
          }
          int[] generated = generated(logprobs, prompt, body, false);
          return completion(choice, prompt, generated);
        });
  }

  /** The first token of a prompt has no probability. */
  private void echo(ObjectNode logprobs, int[] prompt) {
    double[] told = promptLogprobs(prompt);
    for (int i = 0; i < prompt.length; i++) {
      logprobs.withArray("/tokens").add(tokenizer.piece(prompt[i]));
      logprobs.withArray("/top_logprobs").addNull();
      ArrayNode numbers = logprobs.withArray("/token_logprobs");
      if (i == 0) {
        numbers.addNull();
      } else {
        numbers.add((float) told[i - 1]);
      }
    }
  }

  private Answer vllmCompletion(JsonNode body) {
    if (body.path("logprobs").asInt() > VllmServer.DEFAULT_MOST_TOP) {
      return FakeServer.error(400, "greater than max allowed: 20");
    }
    return answered(
        () -> {
          int[] prompt = Fakes.ids(body.path("prompt"));
          ObjectNode choice = JSON.objectNode().put("finish_reason", "length");
          if (body.has("prompt_logprobs")) {
            ArrayNode places = choice.putArray("prompt_logprobs");
            places.addNull();
            double[] told = promptLogprobs(prompt);
            for (int i = 0; i < told.length; i++) {
              places
                  .addObject()
                  .putObject(String.valueOf(prompt[i + 1]))
                  .put("logprob", (float) told[i]);
            }
          }
          int[] generated = generated(choice.putObject("logprobs"), prompt, body, true);
          return completion(choice, prompt, generated);
        });
  }

  private static ObjectNode completion(ObjectNode choice, int[] prompt, int[] generated) {
    ObjectNode answer = JSON.objectNode().put("object", "text_completion");
    answer.withArray("/choices").add(choice);
    answer
        .putObject("usage")
        .put("prompt_tokens", prompt.length)
        .put("completion_tokens", generated.length);
    return answer;
  }

  /** The greedy continuation, written where its log-probabilities stand. */
  private int[] generated(ObjectNode logprobs, int[] prompt, JsonNode body, boolean byId) {
    ObjectNode arguments = JSON.objectNode().put("count", body.path("max_tokens").asInt());
    arguments.set("tokens", Answers.array(prompt));
    JsonNode stop = body.path("stop_token_ids");
    arguments.set("stop", stop.isArray() ? stop : JSON.arrayNode());
    int[] ids = Fakes.ids(((Value.Data) call("generate", arguments).get("ids")).json());
    for (int id : ids) {
      logprobs.withArray("/tokens").add(name(id, byId));
    }
    arguments.retain("tokens").put("top", Math.max(1, body.path("logprobs").asInt()));
    Value.Sparse next = (Value.Sparse) call("next", arguments).get("next");
    ObjectNode best = logprobs.withArray("/top_logprobs").addObject();
    for (int i = 0; i < next.ids().length; i++) {
      best.put(name(next.ids()[i], byId), (float) next.values().doubleAt(i));
    }
    logprobs.withArray("/token_logprobs").add((float) next.values().doubleAt(0));
    return ids;
  }

  private String name(int id, boolean byId) {
    return byId ? "token_id:" + id : tokenizer.piece(id);
  }

  private double[] promptLogprobs(int[] prompt) {
    ObjectNode arguments = JSON.objectNode();
    arguments.set("tokens", Answers.array(prompt));
    Tensor told = ((Value.Numbers) call("logprobs", arguments).get("token")).tensor();
    return IntStream.range(0, prompt.length - 1).mapToDouble(told::doubleAt).toArray();
  }

  private Answer tokenized(JsonNode body) {
    return answered(
        () -> {
          ObjectNode arguments = JSON.objectNode().put("text", body.path("prompt").asText());
          arguments.put("bos", body.path("add_special_tokens").asBoolean());
          JsonNode ids = ((Value.Data) call("tokenize", arguments).get("ids")).json();
          ObjectNode answer = JSON.objectNode().put("count", ids.size());
          return answer.set("tokens", ids);
        });
  }

  private Answer detokenized(JsonNode body) {
    return answered(
        () -> {
          ObjectNode arguments = JSON.objectNode();
          arguments.set("ids", body.path("tokens"));
          return JSON.objectNode().set("prompt", text(call("detokenize", arguments)));
        });
  }

  private static JsonNode text(Map<String, Value> outputs) {
    return ((Value.Data) outputs.get("text")).json();
  }

  private Map<String, Value> call(String call, ObjectNode arguments) {
    ObjectNode all = arguments.deepCopy().put("model", model);
    Reply reply =
        runtime.run(new Request("served", call, new Arguments(all, new ValueJson(files))));
    if (reply instanceof Reply.Result(Map<String, Value> outputs)) {
      return outputs;
    }
    throw new Failed(reply.toString());
  }

  /** What the runtime does not answer. */
  private static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1;

    Failed(String what) {
      super(what);
    }
  }

  /** Makes an answer. */
  private interface Work {
    JsonNode answer();
  }

  private static Answer answered(Work work) {
    try {
      return Answer.of(work.answer());
    } catch (Failed e) {
      return FakeServer.error(500, e.getMessage());
    }
  }

  @Override
  public void close() {
    server.close();
    files.close();
    runtime.close();
  }
}
