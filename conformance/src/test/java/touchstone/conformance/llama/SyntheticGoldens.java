package touchstone.conformance.llama;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Consumer;
import touchstone.checkpoint.Safetensors;
import touchstone.golden.GoldenData;
import touchstone.kernels.KernelSets;
import touchstone.kernels.KernelSettings;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.Llama;
import touchstone.llama.Probe;
import touchstone.synthetic.ModelShape;
import touchstone.synthetic.SyntheticCheckpoint;
import touchstone.synthetic.SyntheticModel;
import touchstone.tensor.Activations;

/** Goldens of synthetic checkpoints, computed in double precision by another program. */
final class SyntheticGoldens {
  private static final int FACTOR = 8;
  private static final int THREADS = 2;

  private SyntheticGoldens() {}

  static Path file(String name) {
    return GoldenData.path("vectors").resolve("synthetic").resolve(name + ".json");
  }

  /** The checkpoint of a golden. */
  static SyntheticModel model(JsonNode golden) {
    JsonNode shape = golden.get("shape");
    JsonNode quantisation = golden.get("quantisation");
    return new SyntheticModel(
        new ModelShape(
            golden.get("name").asText(),
            shape.get("dim").asInt(),
            shape.get("hiddenDim").asInt(),
            shape.get("layers").asInt(),
            shape.get("heads").asInt(),
            shape.get("kvHeads").asInt(),
            shape.get("vocab").asInt(),
            shape.get("context").asInt()),
        quantisation.get("bits").asInt(),
        quantisation.get("groupSize").asInt(),
        quantisation.get("actOrder").asBoolean(),
        golden.get("seed").asLong());
  }

  /** Runs a golden's model layer by layer, in the memory of one. */
  static void stream(JsonNode golden, String set, Consumer<Llama> use) {
    KernelSettings settings = new KernelSettings(Numerics.F32, THREADS, 0);
    try (SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(model(golden), THREADS);
        Kernels kernels = KernelSets.open(set, settings)) {
      use.accept(Llama.stream(checkpoint, kernels));
    }
  }

  /** The logits after every token of a prompt, which are within the bound of the truth. */
  static Activations requireGolden(Llama model, JsonNode golden, JsonNode prompt) {
    int[] tokens = GoldenVectors.ints(prompt.get("tokens"));
    Activations logits =
        model.forward(tokens, model.newCache(tokens.length), Llama.Rows.ALL, Probe.NONE);
    Path truth =
        Path.of(file(golden.get("name").asText()).toString().replace(".json", ".safetensors"));
    try (Safetensors tensors = Safetensors.open(truth)) {
      double bound = FACTOR * prompt.get("spreadGrouped").get("logits").asDouble();
      double distance =
          GoldenVectors.distance(logits, tensors.tensors().get(prompt.get("logits").asText()));
      System.out.printf(
          "%s, prompt %s: %.3g from the truth, bound %.3g%n",
          golden.get("name").asText(), prompt.get("id").asText(), distance, bound);
      assertThat(distance).isLessThanOrEqualTo(bound);
    }
    return logits;
  }

  /** SHA-256 of logits as little-endian floats. */
  static String sha256(Activations logits) {
    ByteBuffer bytes =
        ByteBuffer.allocate(logits.values().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(logits.values());
    return sha256(bytes.array());
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
