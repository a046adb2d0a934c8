package touchstone.conformance.door;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.TensorFiles;
import touchstone.conformance.suite.ValueJson;
import touchstone.json.StrictJson;

/** Requests for tests. */
final class Asked {
  /** A small request that names no model. */
  static final Request SOFTMAX =
      of("op.softmax", "{\"x\": {\"f32\": [2], \"bits\": \"00000000 00000000\"}}");

  private Asked() {}

  static Request of(String call, String arguments) {
    ObjectNode json =
        (ObjectNode) StrictJson.parse("test", arguments.getBytes(StandardCharsets.UTF_8));
    return new Request(
        "test/" + call.toLowerCase(java.util.Locale.ROOT) + "/one",
        call,
        new Arguments(json, new ValueJson(new TensorFiles())));
  }
}
