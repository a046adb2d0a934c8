package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.runtime.RuntimeDescription;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.Value;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.json.StrictJson;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;
import touchstone.tokenizer.Tokenizer;

/**
 * A runtime behind HTTP: any server with OpenAI's {@code /v1/completions}, and what vLLM, Text Generation
 * Inference and llama.cpp add. It is a black box with one model loaded; what can be asked of it is found
 * out by asking ({@link #findings}).
 */
public final class HttpRuntime implements RuntimeUnderTest {
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * Where a server is and what it has loaded.
   *
   * @param base its address; a path {@code /v1} at its end is taken off
   * @param goldenData the folder below which models are named
   * @param model the one it has loaded: {@code models/pebble}
   * @param key for {@code Authorization: Bearer}
   * @param profile how it rounds, which no server says
   * @param patience longest time for one answer
   */
  public record Settings(
      URI base,
      Path goldenData,
      String model,
      Optional<String> key,
      NumericProfile profile,
      Duration patience) {
    public Settings {
      String address = base.toString().replaceFirst("/+$", "").replaceFirst("/v1$", "");
      base = URI.create(address);
      if (!List.of("http", "https").contains(String.valueOf(base.getScheme()))
          || base.getHost() == null) {
        throw TouchstoneException.of(
            Fault.USAGE, "server " + base, "no address", "such as http://HOST:8080");
      }
      model = model.replaceFirst("/+$", "");
    }
  }

  private final Settings settings;
  private final Http http;
  private final Tokenizer tokenizer;
  private final ModelServer server;
  private final Offer offer;

  private HttpRuntime(
      Settings settings, Http http, Tokenizer tokenizer, ModelServer server, Offer offer) {
    this.settings = settings;
    this.http = http;
    this.tokenizer = tokenizer;
    this.server = server;
    this.offer = offer;
  }

  /**
   * Finds out which server answers and what it offers.
   *
   * @throws TouchstoneException PROTOCOL if none does, MISSING if the model is not among the golden data
   */
  public static HttpRuntime connect(Settings settings) {
    Path model = settings.goldenData().resolve(settings.model());
    Tokenizer tokenizer = Tokenizer.load(model);
    Http http = new Http(settings.base(), settings.key(), settings.patience());
    try {
      ModelServer server = new Detection(http, tokenizer).server();
      Offer offer = Probing.of(server, tokenizer, hasTemplate(model));
      return new HttpRuntime(settings, http, tokenizer, server, offer);
    } catch (NoAnswer e) {
      http.close();
      throw TouchstoneException.because(
          Fault.PROTOCOL,
          "server " + settings.base(),
          e.getMessage(),
          "it must answer GET /v1/models and POST /v1/completions, or be TGI or llama.cpp",
          e);
    }
  }

  private static boolean hasTemplate(Path model) {
    Path config = model.resolve("tokenizer_config.json");
    return config.toFile().exists()
        && StrictJson.read(config, StrictJson.CONFIG_BYTES).hasNonNull("chat_template");
  }

  @Override
  public RuntimeDescription description() {
    return new RuntimeDescription(
        server.name(),
        server.version(),
        "not told",
        Optional.empty(),
        offer.capabilities(),
        settings.profile(),
        server.maxTokens());
  }

  @Override
  public List<String> findings() {
    return offer.findings();
  }

  @Override
  public Reply run(Request request) {
    Arguments arguments = request.arguments();
    JsonNode model = arguments.json().path("model");
    if (!model.isMissingNode() && !model.asText().equals(settings.model())) {
      return new Reply.Skipped("the server has " + settings.model() + " loaded");
    }
    if (!offer.capabilities().contains(request.call())) {
      return new Reply.Skipped("the server does not offer " + request.call());
    }
    try {
      return new Reply.Result(outputs(request.call(), arguments));
    } catch (NoAnswer e) {
      return e.reply();
    }
  }

  private Map<String, Value> outputs(String call, Arguments arguments) throws NoAnswer {
    return switch (call) {
      case "tokenize" ->
          Map.of(
              "ids",
              data(
                  Answers.array(
                      server.tokenize(arguments.text("text"), arguments.get("bos").asBoolean()))));
      case "detokenize" -> Map.of("text", text(detokenized(arguments.ids("ids"))));
      case "chat" -> Map.of("text", text(server.chat(arguments.get("messages"))));
      case "logprobs" -> Map.of("token", logprobs(arguments.ids("tokens")));
      case "next" -> Map.of("next", next(arguments.ids("tokens"), arguments.integer("top")));
      case "generate" -> generated(arguments);
      default -> throw NoAnswer.skipped("no server is asked for " + call);
    };
  }

  private static Value text(String text) {
    return new Value.Data(TextNode.valueOf(text));
  }

  private static Value data(JsonNode json) {
    return new Value.Data(json);
  }

  private String detokenized(int[] ids) throws NoAnswer {
    boolean special =
        Arrays.stream(ids).anyMatch(id -> id == tokenizer.bosId() || id == tokenizer.eosId());
    if (special && offer.showsSpecial()) {
      throw NoAnswer.skipped("this server shows special tokens");
    }
    return server.detokenize(ids);
  }

  private Value logprobs(int[] tokens) throws NoAnswer {
    int[] sent = offer.sent(tokens, tokenizer.bosId());
    return new Value.Numbers(tensor(server.logprobs(sent, tokens.length - 1)));
  }

  private Value next(int[] tokens, int top) throws NoAnswer {
    int[] sent = offer.sent(tokens, tokenizer.bosId());
    List<Map.Entry<Integer, Double>> next =
        server.next(sent, Math.min(top, server.mostTop()), 1).entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .toList();
    return new Value.Sparse(
        next.stream().mapToInt(Map.Entry::getKey).toArray(),
        tensor(next.stream().mapToDouble(Map.Entry::getValue).toArray()));
  }

  /** A server that ends at its own end-of-text token where that ends nothing is asked again. */
  private Map<String, Value> generated(Arguments arguments) throws NoAnswer {
    int[] prompt = arguments.ids("tokens");
    int[] stop = arguments.ids("stop");
    int count = arguments.integer("count");
    int[] all = prompt;
    boolean stopped = false;
    while (!stopped && all.length < prompt.length + count) {
      int left = prompt.length + count - all.length;
      int[] more = server.generate(offer.sent(all, tokenizer.bosId()), left, stop);
      if (more.length == 0 || more.length > left) {
        throw NoAnswer.broken("%d tokens came where %d were due".formatted(more.length, left));
      }
      int ended = firstOf(more, stop);
      stopped = ended < more.length;
      int taken = stopped ? ended + 1 : more.length;
      int before = all.length;
      all = Arrays.copyOf(all, before + taken);
      System.arraycopy(more, 0, all, before, taken);
    }
    return Map.of(
        "ids",
        data(Answers.array(Arrays.copyOfRange(all, prompt.length, all.length))),
        "finish",
        text(stopped ? "stop" : "length"));
  }

  /** The place of the first id that is one of some; the length if none is. */
  private static int firstOf(int[] ids, int[] some) {
    int place = 0;
    while (place < ids.length && !contains(some, ids[place])) {
      place++;
    }
    return place;
  }

  private static boolean contains(int[] some, int id) {
    return Arrays.stream(some).anyMatch(one -> one == id);
  }

  private static Tensor tensor(double[] values) {
    MemorySegment data = MemorySegment.ofArray(new byte[values.length * Double.BYTES]);
    for (int i = 0; i < values.length; i++) {
      data.set(DOUBLE, (long) i * Double.BYTES, values[i]);
    }
    return new Tensor("told", DType.F64, List.of((long) values.length), data);
  }

  @Override
  public void close() {
    http.close();
  }
}
