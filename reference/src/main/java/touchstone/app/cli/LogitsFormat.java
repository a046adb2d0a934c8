package touchstone.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import touchstone.checkpoint.AtomicFile;
import touchstone.checkpoint.SafetensorsWriter;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.llama.ProbePoint;
import touchstone.tensor.Activations;
import touchstone.tensor.Tensor;

/** The files that a forward pass can be written to. Floats are exact in all of them. */
enum LogitsFormat {
  /** Tensors {@code logits}, {@code embed}, {@code layers.3.q}, ..., F32. */
  SAFETENSORS,
  /** NumPy: little-endian float32 [positions, vocab]; holds the logits only. */
  NPY,
  /** {@code {"tokens": [...], "logits": [[...], ...], "probes": {name: [[...], ...]}}}. */
  JSON;

  private static final byte[] NPY_MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int NPY_ALIGNMENT = 64;

  /** The format that a file name asks for. */
  static LogitsFormat of(Path file) {
    String name = String.valueOf(file.getFileName());
    return Arrays.stream(values())
        .filter(format -> name.endsWith(format.extension()))
        .findFirst()
        .orElseThrow(
            () ->
                TouchstoneException.of(
                    Fault.USAGE,
                    "--out",
                    "'" + name + "' has no known ending",
                    "end it in .safetensors, .npy or .json"));
  }

  private String extension() {
    return "." + name().toLowerCase(Locale.ROOT);
  }

  /** Refuses probes where there is no place for them, before anything is computed. */
  void requireProbes(Set<ProbePoint> points) {
    if (this == NPY && !points.isEmpty()) {
      throw TouchstoneException.of(
          Fault.USAGE,
          "--out",
          "a .npy file holds one array, and --probes asks for more",
          "write a .safetensors or .json file");
    }
  }

  /** Writes the file as a whole or not at all. */
  void write(ForwardRecord pass, Path file) {
    switch (this) {
      case SAFETENSORS -> SafetensorsWriter.write(file, Map.of("format", "pt"), tensors(pass));
      case NPY -> AtomicFile.write(file, npy(pass.logits()));
      case JSON -> AtomicFile.write(file, (json(pass) + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  private static List<Tensor> tensors(ForwardRecord pass) {
    List<Tensor> tensors = new ArrayList<>();
    pass.probes().forEach((name, values) -> tensors.add(tensor(name, values)));
    if (!pass.probes().containsKey(ProbePoint.LOGITS.label())) {
      tensors.add(tensor(ProbePoint.LOGITS.label(), pass.logits()));
    }
    return tensors;
  }

  private static Tensor tensor(String name, Activations values) {
    List<Long> shape = List.of((long) values.rows(), (long) values.columns());
    return SafetensorsWriter.floats(name, shape, values.toArray());
  }

  private static byte[] npy(Activations logits) {
    String header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }"
            .formatted(logits.rows(), logits.columns());
    int unpadded = NPY_MAGIC.length + Short.BYTES + header.length() + 1;
    int padding = Math.ceilDiv(unpadded, NPY_ALIGNMENT) * NPY_ALIGNMENT - unpadded;
    String line = header + " ".repeat(padding) + "\n";
    float[] values = logits.toArray();
    ByteBuffer file =
        ByteBuffer.allocate(unpadded + padding + Math.multiplyExact(values.length, Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(NPY_MAGIC)
            .putShort((short) line.length())
            .put(line.getBytes(StandardCharsets.US_ASCII));
    file.asFloatBuffer().put(values);
    return file.array();
  }

  /** The pass as JSON; each float in the shortest decimal that gives it back. */
  static ObjectNode json(ForwardRecord pass) {
    ObjectNode root = JsonOutput.object();
    root.set("tokens", JsonOutput.array(pass.tokens()));
    root.set("logits", rows(pass.logits()));
    if (!pass.probes().isEmpty()) {
      ObjectNode probes = root.putObject("probes");
      pass.probes().forEach((name, values) -> probes.set(name, rows(values)));
    }
    return root;
  }

  private static ArrayNode rows(Activations values) {
    ArrayNode rows = JsonOutput.array();
    for (int row = 0; row < values.rows(); row++) {
      ArrayNode line = rows.addArray();
      for (int column = 0; column < values.columns(); column++) {
        float value = values.values()[values.start(row) + column];
        if (Float.isFinite(value)) {
          line.add(value);
        } else {
          line.add(String.valueOf(value)); // JSON has no word for it: "NaN", "-Infinity"
        }
      }
    }
    return rows;
  }
}
