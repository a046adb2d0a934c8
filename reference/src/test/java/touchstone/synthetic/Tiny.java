package touchstone.synthetic;

import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import touchstone.gptq.GptqMatrix;
import touchstone.tensor.Tensor;

/** A shape that takes no time, whose widest matrix is wider than what is drawn at once. */
final class Tiny {
  static final ModelShape SHAPE = new ModelShape("tiny", 64, 288, 2, 4, 2, 512, 128);
  static final long SEED = -7;
  static final String GATE = "model.layers.1.mlp.gate_proj"; // [288 outputs, 64 inputs]
  static final String DOWN = "model.layers.1.mlp.down_proj"; // [64 outputs, 288 inputs]

  private Tiny() {}

  static SyntheticModel model(int bits, int groupSize, boolean actOrder) {
    return new SyntheticModel(SHAPE, bits, groupSize, actOrder, SEED);
  }

  static Tensor tensor(SyntheticModel model, String name) {
    return tensor(model, name, 1);
  }

  static Tensor tensor(SyntheticModel model, String name, int threads) {
    try (SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(model, threads)) {
      return checkpoint.tensor(name);
    }
  }

  static GptqMatrix matrix(SyntheticModel model, String module) {
    try (SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(model, 1)) {
      return (GptqMatrix) checkpoint.matrix(module);
    }
  }

  static byte[] bytes(Tensor tensor) {
    return tensor.data().toArray(ValueLayout.JAVA_BYTE);
  }

  static String sha256(Tensor tensor) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(tensor)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
