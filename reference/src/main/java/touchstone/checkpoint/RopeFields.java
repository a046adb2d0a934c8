package touchstone.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import touchstone.llama.RopeScaling;

/**
 * The rotary embedding's part of {@code config.json}. Transformers 4 writes {@code rope_theta} and
 * {@code rope_scaling: {type, factor}}, later {@code rope_type} beside or instead of {@code type};
 * Transformers 5 puts everything into {@code rope_parameters}. A value that stands in two places
 * must be the same in both.
 *
 * @param theta base of the frequencies
 * @param scaling how they are stretched
 * @source transformers 5.18 modeling_rope_utils.py; the class default of theta is 10000
 * @rules CKPT-9
 */
record RopeFields(double theta, RopeScaling scaling) {
  private static final double DEFAULT_THETA = 10000;

  private static final Set<String> KNOWN =
      Set.of(
          "type",
          "rope_type",
          "rope_theta",
          "factor",
          "original_max_position_embeddings",
          "partial_rotary_factor");

  static RopeFields read(JsonFields config, int positions) {
    Optional<JsonFields> older = config.fields("rope_scaling");
    Optional<JsonFields> newer = config.fields("rope_parameters");
    if (older.isPresent() && newer.isPresent()) {
      throw config.fault("rope_scaling", "rope_parameters says the same: keep one of them");
    }
    Optional<JsonFields> rope = older.or(() -> newer);
    rope.ifPresent(RopeFields::requireKnown);
    return new RopeFields(
        theta(config, rope),
        rope.map(fields -> scaling(fields, positions)).orElseGet(RopeScaling.None::new));
  }

  private static void requireKnown(JsonFields rope) {
    for (String name : rope.names()) {
      if (!KNOWN.contains(name)) {
        throw rope.unsupported(name, "known here: " + KNOWN.stream().sorted().toList());
      }
    }
    if (rope.hasValue("partial_rotary_factor") && rope.number("partial_rotary_factor") != 1) {
      throw rope.unsupported("partial_rotary_factor", "a Llama rotates whole heads: 1");
    }
  }

  private static double theta(JsonFields config, Optional<JsonFields> rope) {
    List<JsonFields> places =
        rope.stream().filter(fields -> fields.hasValue("rope_theta")).toList();
    if (places.isEmpty()) {
      return config.has("rope_theta") ? positive(config) : DEFAULT_THETA;
    }
    double theta = positive(places.getFirst());
    if (config.has("rope_theta") && positive(config) != theta) {
      throw config.fault("rope_theta", "rope_parameters says " + theta + ": which is it?");
    }
    return theta;
  }

  private static double positive(JsonFields fields) {
    double theta = fields.number("rope_theta");
    if (theta <= 0) {
      throw fields.fault("rope_theta", "more than 0");
    }
    return theta;
  }

  private static RopeScaling scaling(JsonFields rope, int positions) {
    String type = type(rope);
    return switch (type) {
      case "default" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(factor(rope));
      case "dynamic" -> {
        // Transformers reads max_position_embeddings and lets this field lie; two readings of one
        // file are one too many.
        if (rope.hasValue("original_max_position_embeddings")
            && rope.integer("original_max_position_embeddings", 1) != positions) {
          throw rope.unsupported(
              "original_max_position_embeddings",
              "with dynamic it must equal max_position_embeddings " + positions);
        }
        yield new RopeScaling.Dynamic(factor(rope), positions);
      }
      default ->
          throw rope.unsupported(
              rope.has("rope_type") ? "rope_type" : "type", "supported: default, linear, dynamic");
    };
  }

  private static String type(JsonFields rope) {
    Optional<String> older = rope.string("type");
    Optional<String> newer = rope.string("rope_type");
    if (older.isPresent() && newer.isPresent() && !older.equals(newer)) {
      throw rope.fault("type", "rope_type says '" + newer.get() + "': which is it?");
    }
    return newer.or(() -> older).orElseGet(() -> withoutType(rope));
  }

  /** Transformers 5 takes a missing type for the default; with a factor that would be a guess. */
  private static String withoutType(JsonFields rope) {
    if (rope.hasValue("factor")) {
      throw rope.fault("rope_type", "a factor needs it: linear or dynamic");
    }
    return "default";
  }

  private static double factor(JsonFields rope) {
    double factor = rope.number("factor");
    if (factor < 1) {
      throw rope.fault("factor", "at least 1");
    }
    return factor;
  }
}
