package touchstone.conformance.llama;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import touchstone.conformance.suite.Vector;
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
  private static final int THREADS = 2;

  private SyntheticGoldens() {}

  /** The vectors of a checkpoint. */
  static List<Vector> vectors(String name) {
    return GoldenVectors.of("synthetic/" + name);
  }

  /** One prompt of a checkpoint. */
  static Vector vector(String name, String prompt) {
    return vectors(name).stream()
        .filter(vector -> vector.id().endsWith("/" + prompt))
        .findFirst()
        .orElseThrow();
  }

  /** The checkpoint that a vector asks about. */
  static SyntheticModel model(Vector vector) {
    JsonNode model = vector.request().arguments().get("model").get("synthetic");
    JsonNode shape = model.get("shape");
    JsonNode quantisation = model.get("quantisation");
    return new SyntheticModel(
        new ModelShape(
            vector.topic(),
            shape.get("dim").intValue(),
            shape.get("hiddenDim").intValue(),
            shape.get("layers").intValue(),
            shape.get("heads").intValue(),
            shape.get("kvHeads").intValue(),
            shape.get("vocab").intValue(),
            shape.get("context").intValue()),
        quantisation.get("bits").intValue(),
        quantisation.get("groupSize").intValue(),
        quantisation.get("actOrder").booleanValue(),
        model.get("seed").longValue());
  }

  /** Runs a vector's model layer by layer, in the memory of one. */
  static void stream(Vector vector, String set, Consumer<Llama> use) {
    KernelSettings settings = new KernelSettings(Numerics.F32, THREADS, 0);
    try (SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(model(vector), THREADS);
        Kernels kernels = KernelSets.open(set, settings)) {
      use.accept(Llama.stream(checkpoint, kernels));
    }
  }

  /** The logits after every token of a prompt, which are within the bound of the truth. */
  static Activations requireGolden(Llama model, Vector vector) {
    int[] tokens = vector.request().arguments().ids("tokens");
    Activations logits =
        model.forward(tokens, model.newCache(tokens.length), Llama.Rows.ALL, Probe.NONE);
    double bound = GoldenVectors.bound(vector, "logits");
    double distance = GoldenVectors.distance(logits, GoldenVectors.truth(vector, "logits"));
    System.out.printf("%s: %.3g from the truth, bound %.3g%n", vector.id(), distance, bound);
    assertThat(distance).isLessThanOrEqualTo(bound);
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
