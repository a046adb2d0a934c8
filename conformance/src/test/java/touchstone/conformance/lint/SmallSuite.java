package touchstone.conformance.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import touchstone.checkpoint.SafetensorsWriter;
import touchstone.json.StrictJson;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/** Golden data of one file, one vector and one blob, to be damaged. */
final class SmallSuite {
  private static final String VECTORS =
      """
      {"schema": "suite.v1.json", "suite": "1.0.0", "topic": "operation/softmax", "header": ["..."],
       "notes": {"Tie": {"bugType": "EDGE_CASE", "description": "d", "effect": "e"}},
       "groups": [{"source": {"generator": "generate/operations.py", "seed": 1, "versions": {},
                              "oracles": ["by hand"]},
                   "vectors": [{"id": "operation/softmax/one", "title": "t", "level": "required",
                                "rules": ["SOFTMAX-1"], "flags": ["Tie"], "call": "op.softmax",
                                "args": {"x": {"f32": [1, 1], "bits": "3f800000"}},
                                "expect": {"result": "valid", "outputs": {"y": {
                                  "value": {"blob": "%s", "tensor": "y"},
                                  "accept": {"kind": "bits"}}}}}]}]}
      """;

  private final Path root;

  SmallSuite(Path root) {
    this.root = root;
    Path writing = root.resolve("y.safetensors");
    Tensor y = new Tensor("y", DType.F32, List.of(1L, 1L), MemorySegment.ofArray(new float[] {1}));
    SafetensorsWriter.write(writing, Map.of(), List.of(y));
    String blob = ManifestCheck.sha256(writing);
    write("blobs/" + blob + ".safetensors", bytes(writing));
    byte[] json = VECTORS.formatted(blob).getBytes(StandardCharsets.UTF_8);
    writeVectors("operation/softmax", (ObjectNode) StrictJson.parse("vectors", json));
    write("ids/0.9.0.txt", "operation/softmax/one\n".getBytes(StandardCharsets.UTF_8));
    writeManifest();
  }

  Path root() {
    return root;
  }

  Path blob() {
    return VectorFile.below(root.resolve("blobs")).getFirst();
  }

  ObjectNode vectors() {
    return (ObjectNode)
        StrictJson.read(root.resolve("vectors/operation/softmax.json"), StrictJson.CONFIG_BYTES);
  }

  static ObjectNode vector(ObjectNode file) {
    return (ObjectNode) file.at("/groups/0/vectors/0");
  }

  void writeVectors(String name, JsonNode json) {
    write("vectors/" + name + ".json", CanonicalJson.file(json).getBytes(StandardCharsets.UTF_8));
  }

  void write(String name, byte[] bytes) {
    try {
      Files.createDirectories(root.resolve(name).getParent());
      Files.write(root.resolve(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A true manifest of what is there. */
  void writeManifest() {
    ObjectNode manifest = JsonNodeFactory.instance.objectNode().put("suite", "1.0.0");
    int vectors = 0;
    long bytes = 0;
    ObjectNode files = manifest.putObject("files");
    for (String folder : List.of("blobs", "vectors")) {
      for (Path file : VectorFile.below(root.resolve(folder))) {
        ObjectNode row = files.putObject(root.relativize(file).toString());
        row.put("sha256", ManifestCheck.sha256(file)).put("bytes", file.toFile().length());
        bytes += file.toFile().length();
        if (folder.equals("vectors")) {
          row.put("vectors", 1);
          vectors++;
        }
      }
    }
    manifest.put("vectors", vectors).put("bytes", bytes);
    write("MANIFEST.json", manifest.toString().getBytes(StandardCharsets.UTF_8));
  }

  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
