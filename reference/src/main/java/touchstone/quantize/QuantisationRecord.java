package touchstone.quantize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import touchstone.checkpoint.AtomicFile;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.json.PrettyJson;
import touchstone.json.StrictJson;

/**
 * Everything that decides the bytes of a quantised model, written beside it: where it comes from, and
 * what tells whether unfinished work may be taken up. A record has no times and no paths, so the same
 * command leaves the same record.
 *
 * @param fields names and values, in order
 */
record QuantisationRecord(ObjectNode fields) {
  /** Its file in a model directory and in unfinished work. */
  static final String FILE = "quantize_record.json";

  /** The record of a plan for a source. */
  static QuantisationRecord of(
      QuantisationPlan plan, Map<String, String> source, Optional<CalibrationSet> calibration) {
    QuantiserSettings settings = plan.settings();
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    fields.put("touchstone", version());
    fields.put("method", plan.method().name().toLowerCase(Locale.ROOT));
    fields.put("bits", settings.bits());
    fields.put("group_size", settings.groupSize());
    fields.put("desc_act", settings.actOrder());
    fields.put("static_groups", settings.staticGroups());
    fields.put("sym", settings.symmetric());
    fields.put("mse", settings.meanSquaredError());
    fields.put("damp_percent", settings.damp());
    fields.put("true_sequential", plan.trueSequential());
    calibration.ifPresent(
        set -> {
          fields.put("samples", set.samples());
          fields.put("seq_len", set.seqLen());
          fields.put("samples_sha256", set.sha256());
        });
    source.forEach((file, sha256) -> fields.put("source " + file + " sha256", sha256));
    return new QuantisationRecord(fields);
  }

  private static String version() {
    return Optional.ofNullable(QuantisationRecord.class.getModule().getDescriptor())
        .flatMap(ModuleDescriptor::rawVersion)
        .orElse("unversioned");
  }

  /** The record that lies in a folder; empty if there is none. */
  static Optional<QuantisationRecord> read(Path folder) {
    Path file = folder.resolve(FILE);
    return Files.exists(file)
        ? Optional.of(
            new QuantisationRecord(object(file, StrictJson.read(file, StrictJson.CONFIG_BYTES))))
        : Optional.empty();
  }

  private static ObjectNode object(Path file, JsonNode node) {
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw TouchstoneException.of(
        Fault.FORMAT, file, "not an object", "remove the folder to begin anew");
  }

  /** Lays it into a folder. */
  void write(Path folder) {
    AtomicFile.write(folder.resolve(FILE), PrettyJson.bytes(fields));
  }

  /**
   * Requires that unfinished work was begun with this record.
   *
   * @throws TouchstoneException OUTPUT that names the first difference
   */
  void requireSame(QuantisationRecord begun, Path folder) {
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      JsonNode other = begun.fields.path(field.getKey());
      if (!other.toString().equals(field.getValue().toString())) {
        throw differs(folder, field.getKey(), other, field.getValue());
      }
    }
    for (Map.Entry<String, JsonNode> field : begun.fields.properties()) {
      if (!fields.has(field.getKey())) {
        throw differs(folder, field.getKey(), field.getValue(), fields.path(field.getKey()));
      }
    }
  }

  private static TouchstoneException differs(
      Path folder, String name, JsonNode begun, JsonNode now) {
    return TouchstoneException.of(
        Fault.OUTPUT,
        folder,
        "unfinished work, begun with %s %s, not %s".formatted(name, shown(begun), shown(now)),
        "repeat the first command to go on, or remove the folder to begin anew");
  }

  private static String shown(JsonNode value) {
    return value.isMissingNode() ? "absent" : value.asText();
  }

  /** Whether a finished model has this record. */
  boolean isOf(Path directory) {
    return read(directory)
        .map(there -> there.fields.toString().equals(fields.toString()))
        .orElse(false);
  }
}
