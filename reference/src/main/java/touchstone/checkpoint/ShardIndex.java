package touchstone.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.json.StrictJson;

/**
 * The index of a sharded checkpoint: which file holds which tensor. {@code metadata.total_size} is
 * not read: it counts shared storage once and is only a hint.
 *
 * @param file the index itself
 * @param fileOf the file name of every tensor
 * @source transformers 4.33 modeling_utils.py, shard_checkpoint
 * @rules CKPT-4
 */
record ShardIndex(Path file, Map<String, String> fileOf) {
  static final int MAX_SHARDS = 1024;

  /** Room for the names of {@link SafetensorsHeader#MAX_TENSORS} tensors of usual length. */
  private static final long MAX_BYTES = 16L << 20;

  /** Reads {@code model.safetensors.index.json}. */
  static ShardIndex read(Path file) {
    FileFaults.requireRegular(file);
    JsonNode map = StrictJson.read(file, MAX_BYTES).path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw TouchstoneException.of(
          Fault.FORMAT, file + ": weight_map", "no tensors", "an object from tensor to file name");
    }
    Map<String, String> fileOf = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String where = file + ": weight_map: " + entry.getKey();
      if (!entry.getValue().isTextual()) {
        String found = entry.getValue().getNodeType().name();
        throw TouchstoneException.of(Fault.FORMAT, where, found, "a file name is needed");
      }
      fileOf.put(entry.getKey(), FileNames.requireLocal(where, entry.getValue().textValue()));
    }
    ShardIndex index = new ShardIndex(file, fileOf);
    index.requireDistinctShards();
    return index;
  }

  /** The names of all shards, sorted. */
  Set<String> shards() {
    return new TreeSet<>(fileOf.values());
  }

  private void requireDistinctShards() {
    if (shards().size() > MAX_SHARDS) {
      throw TouchstoneException.of(
          Fault.LIMIT, file, shards().size() + " shards", "at most " + MAX_SHARDS);
    }
    Set<String> folded = new HashSet<>();
    for (String shard : shards()) {
      if (!folded.add(shard.toLowerCase(Locale.ROOT))) {
        throw TouchstoneException.of(
            Fault.FORMAT,
            file,
            "two shards called '" + shard + "' but for upper and lower case",
            "some systems see one file: rename one");
      }
    }
  }
}
