package touchstone.conformance.own;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import touchstone.checkpoint.CheckpointDirectory;

/**
 * The models of a folder of golden data, each opened at its first use. Runtimes may share them; they
 * stay open until this is closed.
 */
public final class Checkpoints implements AutoCloseable {
  private final Path root;
  private final Map<JsonNode, OpenModel> open = new HashMap<>();

  /**
   * No model open yet.
   *
   * @param root what the paths of models are below
   */
  public Checkpoints(Path root) {
    this.root = root;
  }

  /** The folder that paths of models are below. */
  Path root() {
    return root;
  }

  /** The model of a call: a path, or an object that says how to make a synthetic one. */
  synchronized OpenModel get(JsonNode model) {
    return open.computeIfAbsent(model, this::open);
  }

  private OpenModel open(JsonNode model) {
    if (model.isTextual()) {
      return OpenModel.of(CheckpointDirectory.open(root.resolve(model.textValue()), false));
    }
    if (model.has("synthetic")) {
      return OpenModel.of(SyntheticJson.read(model.get("synthetic")));
    }
    throw new IllegalArgumentException("argument model is neither a path nor synthetic");
  }

  @Override
  public synchronized void close() {
    open.values().forEach(OpenModel::close);
    open.clear();
  }
}
