package touchstone.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.ZeroPointFormat;

/**
 * Reads how a checkpoint was quantised. Two places may say so: {@code quantize_config.json}, which
 * AutoGPTQ writes, and {@code quantization_config} in {@code config.json}, which Transformers reads
 * and which was often added by hand.
 *
 * <ul>
 *   <li>A field that stands in one of them counts.
 *   <li>Where both say something about bits, group size, desc_act, sym or the format and differ, the
 *       checkpoint is refused: one of them was copied from another model, and a wrong guess reads
 *       without an error and answers rubbish.
 *   <li>For the rest (damping, static groups, file name) {@code quantize_config.json} wins: the
 *       program that made the file wrote it.
 *   <li>A field that stands in neither takes the default of the program whose file there is, of
 *       AutoGPTQ if there are both. The defaults differ: AutoGPTQ has no groups, Transformers has
 *       groups of 128.
 *   <li>A desc_act that stands in neither is false. AutoGPTQ's default is true, but AutoGPTQ always
 *       writes the field: a file without it was made by hand, mostly for GPTQ-for-LLaMa, whose early
 *       checkpoints have no g_idx. Where there is a g_idx it decides in any case.
 * </ul>
 *
 * {@code quant_config.json}, the third name that AutoGPTQ looks for, is read where the first is
 * absent.
 *
 * @rules CKPT-10
 */
final class GptqConfigReader {
  private static final List<String> FILES = List.of("quantize_config.json", "quant_config.json");

  /** Most that a damping share can be; AutoGPTQ asks for less than 1. */
  private static final double MOST_DAMPING = 1;

  private final Optional<GptqFields> own;
  private final Optional<GptqFields> embedded;

  private GptqConfigReader(Optional<GptqFields> own, Optional<GptqFields> embedded) {
    this.own = own;
    this.embedded = embedded;
  }

  /**
   * Reads the quantisation of a model directory.
   *
   * @param config the content of its {@code config.json}
   * @return empty if nothing says that it is quantised
   * @throws TouchstoneException that names file and field
   */
  static Optional<GptqConfig> read(Path directory, JsonNode config) {
    Optional<GptqFields> own =
        FILES.stream()
            .map(directory::resolve)
            .filter(Files::exists)
            .findFirst()
            .map(file -> GptqFields.of(JsonFields.of(file, ConfigReader.document(file))));
    Optional<GptqFields> embedded =
        JsonFields.of(directory.resolve("config.json"), config)
            .fields("quantization_config")
            .map(GptqFields::of);
    return own.isEmpty() && embedded.isEmpty()
        ? Optional.empty()
        : Optional.of(new GptqConfigReader(own, embedded).merge());
  }

  private GptqConfig merge() {
    boolean autoGptq = own.isPresent();
    OptionalInt bits = agreedInt("bits", GptqFields::bits);
    if (bits.isEmpty() && !autoGptq) {
      throw embedded.orElseThrow().fields().fault("bits", "2, 3, 4 or 8");
    }
    return new GptqConfig(
        bits.orElse(4),
        agreedInt("group_size", GptqFields::groupSize)
            .orElse(autoGptq ? GptqConfig.NO_GROUPS : 128),
        agreed("desc_act", GptqFields::actOrder).orElse(false),
        agreed("sym", GptqFields::symmetric).orElse(true),
        agreed("checkpoint_format", GptqFields::zeroPoints).orElse(ZeroPointFormat.V1),
        dampPercent(),
        first(GptqFields::staticGroups).orElse(false),
        first(GptqFields::trueSequential).orElse(true),
        first(GptqFields::modelFileBaseName));
  }

  private OptionalDouble dampPercent() {
    return Stream.concat(own.stream(), embedded.stream())
        .map(file -> file.fields().optionalNumber("damp_percent", 0, MOST_DAMPING))
        .filter(OptionalDouble::isPresent)
        .findFirst()
        .orElse(OptionalDouble.empty());
  }

  private OptionalInt agreedInt(String name, Function<GptqFields, OptionalInt> field) {
    return agreed(name, field.andThen(GptqConfigReader::boxed))
        .map(OptionalInt::of)
        .orElse(OptionalInt.empty());
  }

  private static Optional<Integer> boxed(OptionalInt value) {
    return value.isPresent() ? Optional.of(value.getAsInt()) : Optional.empty();
  }

  /** What either file says; a fault if they contradict each other. */
  private <T> Optional<T> agreed(String name, Function<GptqFields, Optional<T>> field) {
    Optional<T> mine = own.flatMap(field);
    Optional<T> other = embedded.flatMap(field);
    if (mine.isPresent() && other.isPresent() && !mine.equals(other)) {
      throw TouchstoneException.of(
          Fault.CONFIG,
          own.orElseThrow().fields().where() + ": " + name,
          mine.get() + ", but " + embedded.orElseThrow().fields().where() + " says " + other.get(),
          "make both say what the weights were quantised with");
    }
    return mine.or(() -> other);
  }

  private <T> Optional<T> first(Function<GptqFields, Optional<T>> field) {
    return own.flatMap(field).or(() -> embedded.flatMap(field));
  }
}
