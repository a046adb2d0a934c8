import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.ModelSupport;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.KvBufferCache;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Jlama 0.8.4 behind the adapter protocol, run from source with Jlama's jars on the class path:
 *
 * <pre>java --add-modules jdk.incubator.vector -cp 'jars/*' JlamaAdapter.java</pre>
 *
 * Memory and activations are fp32. (Jlama rounds activations to 8 bits a block only where weights
 * are quantised, and its quantised formats are its own.)
 */
final class JlamaAdapter {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> CALLS =
      List.of("tokenize", "detokenize", "logits", "decode", "logprobs", "next", "generate");

  private final Map<String, Path> directories = new HashMap<>();
  private final Map<String, AbstractModel> models = new HashMap<>();

  /** What Jlama cannot be asked. */
  private static final class Skip extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Skip(String reason) {
      super(reason);
    }
  }

  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    System.setOut(System.err); // what libraries print
    JlamaAdapter adapter = new JlamaAdapter();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode request = JSON.readTree(line);
      switch (request.get("op").asText()) {
        case "hello" -> out.println(hello());
        case "load" -> {
          adapter.directories.put(
              request.get("handle").asText(), Path.of(request.get("directory").asText()));
          out.println("{\"ok\":true}");
        }
        case "run" -> out.println(adapter.answer(request));
        default -> System.exit(0);
      }
      out.flush();
    }
    System.exit(0); // Jlama keeps threads
  }

  private static ObjectNode hello() {
    ObjectNode hello = JSON.createObjectNode();
    hello
        .putObject("runtime")
        .put("name", "Jlama")
        .put("version", "0.8.4")
        .put("language", "Java")
        .put("homepage", "https://github.com/tjake/Jlama");
    ArrayNode calls = hello.putArray("capabilities");
    CALLS.forEach(calls::add);
    return hello.put("profile", "f32");
  }

  private ObjectNode answer(JsonNode request) {
    ObjectNode reply = JSON.createObjectNode().put("seq", request.get("seq").asLong());
    try {
      return reply.set("result", result(request.get("call").asText(), request.get("args")));
    } catch (Skip e) {
      reply.putObject("skipped").put("reason", e.getMessage());
    } catch (Exception | AssertionError e) {
      e.printStackTrace();
      reply
          .putObject("error")
          .put("class", e.getClass().getSimpleName())
          .put("message", String.valueOf(e.getMessage()));
    }
    return reply;
  }

  private ObjectNode result(String call, JsonNode args) throws IOException {
    ObjectNode result = JSON.createObjectNode();
    AbstractModel model = model(args.get("model"));
    switch (call) {
      case "tokenize" -> result.set("ids", ids(encoded(model, args)));
      case "detokenize" ->
          result.put(
              "text",
              model.getTokenizer().decode(longs(args.get("ids")))); // it knows of no special tokens
      case "logits" -> result.set("logits", matrix(rows(model, ints(args.get("tokens")))));
      case "decode" -> result.set("logits", matrix(decoded(model, args)));
      case "logprobs" -> result.set("token", logprobs(model, ints(args.get("tokens"))));
      case "next" -> result.set("next", next(model, args));
      default -> generate(model, args, result);
    }
    return result;
  }

  private AbstractModel model(JsonNode handle) throws IOException {
    if (!handle.isTextual()) {
      throw new Skip("has no synthetic checkpoints");
    }
    Path directory = directories.get(handle.asText());
    if (!Files.exists(directory.resolve("config.json"))) {
      throw new Skip("loads no tokenizer without a model");
    }
    if (Files.readString(directory.resolve("config.json")).contains("quantization_config")
        || Files.exists(directory.resolve("quantize_config.json"))) {
      throw new Skip("reads no GPTQ");
    }
    if (!Files.exists(directory.resolve("tokenizer.json"))) {
      throw new Skip("loads no checkpoint without tokenizer.json");
    }
    return models.computeIfAbsent(
        handle.asText(),
        _ -> ModelSupport.loadModel(new File(directory.toString()), DType.F32, DType.F32));
  }

  private static int[] encoded(AbstractModel model, JsonNode args) {
    IntStream ids =
        Arrays.stream(model.getTokenizer().encode(args.get("text").asText()))
            .mapToInt(i -> (int) i);
    IntStream bos =
        args.get("bos").asBoolean() ? IntStream.of(model.getConfig().bosToken) : IntStream.empty();
    return IntStream.concat(bos, ids).toArray();
  }

  /** Logits of every token, computed together; {@code sample} leaves them in its last argument. */
  private static List<float[]> rows(AbstractModel model, int[] tokens) {
    try (KvBufferCache cache = new KvBufferCache(model);
        KvBufferCache.KvBuffer buffer = cache.getEphemeralKvBuffer()) {
      return rows(model, tokens, 0, buffer);
    }
  }

  private static List<float[]> rows(
      AbstractModel model, int[] tokens, int start, KvBufferCache.KvBuffer buffer) {
    List<float[]> rows = new ArrayList<>();
    try (AbstractTensor hidden = model.batchForward(tokens, start, buffer);
        AbstractTensor scores = model.makeDenseTensor(1, model.getConfig().vocabularySize)) {
      for (int i = 0; i < tokens.length; i++) {
        model.sample(tokens.length == 1 ? hidden : hidden.slice(i), 0, 0, scores);
        float[] row = new float[model.getConfig().vocabularySize];
        for (int j = 0; j < row.length; j++) {
          row[j] = scores.get(0, j);
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private static List<float[]> decoded(AbstractModel model, JsonNode args) {
    int[] tokens = ints(args.get("tokens"));
    int prefill = args.get("prefill").asInt();
    try (KvBufferCache cache = new KvBufferCache(model);
        KvBufferCache.KvBuffer buffer = cache.getEphemeralKvBuffer()) {
      List<float[]> rows = new ArrayList<>(rows(model, Arrays.copyOf(tokens, prefill), 0, buffer));
      for (int i = prefill; i < tokens.length; i++) {
        rows.addAll(rows(model, new int[] {tokens[i]}, i, buffer));
      }
      return rows;
    }
  }

  private static double[] logSoftmax(float[] row) {
    double max = Double.NEGATIVE_INFINITY;
    for (float v : row) {
      max = Math.max(max, v);
    }
    double sum = 0;
    for (float v : row) {
      sum += Math.exp(v - max);
    }
    double[] logs = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      logs[i] = row[i] - max - Math.log(sum);
    }
    return logs;
  }

  private static ObjectNode logprobs(AbstractModel model, int[] tokens) {
    List<float[]> rows = rows(model, tokens);
    return doubles(
        IntStream.range(1, tokens.length)
            .mapToDouble(i -> logSoftmax(rows.get(i - 1))[tokens[i]])
            .toArray());
  }

  private static ObjectNode next(AbstractModel model, JsonNode args) {
    double[] logs = logSoftmax(rows(model, ints(args.get("tokens"))).getLast());
    int[] best =
        IntStream.range(0, logs.length)
            .boxed()
            .sorted((a, b) -> Double.compare(logs[b], logs[a]))
            .limit(args.get("top").asInt())
            .mapToInt(i -> i)
            .toArray();
    ObjectNode next = JSON.createObjectNode();
    next.set("ids", ids(best));
    return next.set("values", doubles(Arrays.stream(best).mapToDouble(i -> logs[i]).toArray()));
  }

  private static void generate(AbstractModel model, JsonNode args, ObjectNode result) {
    int[] tokens = ints(args.get("tokens"));
    List<Integer> stop = new ArrayList<>();
    args.get("stop").forEach(id -> stop.add(id.asInt()));
    List<Integer> ids = new ArrayList<>();
    try (KvBufferCache cache = new KvBufferCache(model);
        KvBufferCache.KvBuffer buffer = cache.getEphemeralKvBuffer()) {
      float[] last = rows(model, tokens, 0, buffer).getLast();
      while (ids.size() < args.get("count").asInt()) {
        float[] scores = last;
        int best =
            IntStream.range(0, scores.length)
                .reduce((a, b) -> scores[b] > scores[a] ? b : a)
                .getAsInt();
        ids.add(best);
        if (stop.contains(best)) {
          break;
        }
        last = rows(model, new int[] {best}, tokens.length + ids.size() - 1, buffer).getLast();
      }
    }
    boolean stopped = !ids.isEmpty() && stop.contains(ids.getLast());
    result.set("ids", ids(ids.stream().mapToInt(i -> i).toArray()));
    result.put("finish", stopped ? "stop" : "length");
  }

  private static int[] ints(JsonNode json) {
    return IntStream.range(0, json.size()).map(i -> json.get(i).asInt()).toArray();
  }

  private static long[] longs(JsonNode json) {
    return Arrays.stream(ints(json)).asLongStream().toArray();
  }

  private static ArrayNode ids(int[] ids) {
    ArrayNode json = JSON.createArrayNode();
    Arrays.stream(ids).forEach(json::add);
    return json;
  }

  private static ObjectNode doubles(double[] values) {
    ObjectNode json = JSON.createObjectNode();
    json.putArray("f64").add(values.length);
    StringBuilder bits = new StringBuilder();
    for (double v : values) {
      bits.append("%016x ".formatted(Double.doubleToRawLongBits(v)));
    }
    return json.put("bits", bits.toString().trim());
  }

  private static ObjectNode matrix(List<float[]> rows) {
    ObjectNode json = JSON.createObjectNode();
    json.putArray("f32").add(rows.size()).add(rows.getFirst().length);
    StringBuilder bits = new StringBuilder();
    for (float[] row : rows) {
      for (float v : row) {
        bits.append("%08x ".formatted(Float.floatToRawIntBits(v)));
      }
    }
    return json.put("bits", bits.toString().trim());
  }
}
