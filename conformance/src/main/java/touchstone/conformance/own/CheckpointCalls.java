package touchstone.conformance.own;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.Value;
import touchstone.gptq.GptqConfig;
import touchstone.llama.LlamaConfig;

/**
 * Answers the call for what a model directory holds, which is what stands there, whatever a deviation
 * makes of it. It is opened anew each time: it may be hostile.
 */
final class CheckpointCalls {
  /** What it answers. */
  static final Set<String> CALLS = Set.of("inspect");

  private final Path root;

  CheckpointCalls(Path root) {
    this.root = root;
  }

  /** The outputs of one of {@link #CALLS}. */
  Map<String, Value> answer(String call, Arguments arguments) {
    return switch (call) {
      case "inspect" -> inspect(root.resolve(arguments.text("model")));
      default -> throw new IllegalArgumentException("no call about checkpoints is named " + call);
    };
  }

  private static Map<String, Value> inspect(Path directory) {
    try (CheckpointDirectory checkpoint = CheckpointDirectory.open(directory, false)) {
      ObjectNode config = json(checkpoint.config());
      checkpoint.quantisation().ifPresent(quantisation -> add(config, quantisation));
      return Map.of("config", new Value.Data(config));
    }
  }

  private static ObjectNode json(LlamaConfig config) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("vocab", config.vocab())
        .put("dim", config.dim())
        .put("hiddenDim", config.hiddenDim())
        .put("layers", config.layers())
        .put("heads", config.heads())
        .put("kvHeads", config.kvHeads())
        .put("headDim", config.headDim())
        .put("maxPositions", config.maxPositions())
        .put("epsilon", "f32:%08x".formatted(Float.floatToRawIntBits(config.epsilon())))
        .put("ropeTheta", "f64:%016x".formatted(Double.doubleToRawLongBits(config.ropeTheta())))
        .put("tiedEmbeddings", config.tiedEmbeddings());
  }

  private static void add(ObjectNode config, GptqConfig quantisation) {
    config
        .put("bits", quantisation.bits())
        .put("groupSize", quantisation.groupSize())
        .put("actOrder", quantisation.actOrder());
  }
}
