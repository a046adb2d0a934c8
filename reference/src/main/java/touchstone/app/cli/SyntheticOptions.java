package touchstone.app.cli;

import java.util.Arrays;
import java.util.Objects;
import picocli.CommandLine.Option;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.synthetic.ModelShape;
import touchstone.synthetic.SyntheticModel;

/** Which synthetic model. */
final class SyntheticOptions {
  /** Stands above the options in the help text of a command that also takes a directory. */
  static final String HEADING = "%nInstead of a directory, drawn weights:%n";

  private static final int BITS = 4;
  private static final int GROUP_SIZE = 128;

  @Option(
      names = "--shape",
      paramLabel = "NAME",
      description = "tinyllama-1.1b, llama2-7b, llama2-13b or llama2-70b.")
  String shape;

  @Option(
      names = "--layers",
      paramLabel = "N",
      description = "Only the first N layers. Default: all.")
  Integer layers;

  @Option(names = "--bits", paramLabel = "N", description = "2, 3, 4 or 8. Default: 4.")
  Integer bits;

  @Option(
      names = "--group-size",
      paramLabel = "N",
      description = "Inputs that share a scale; -1 for all of them. Default: 128.")
  Integer groupSize;

  @Option(
      names = "--act-order",
      description = "Groups whose inputs lie anywhere, as after desc_act.")
  boolean actOrder;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same seed gives the same bytes everywhere. Default: 0.")
  Long seed;

  /** Whether a synthetic model is asked for; what only describes one is refused where none is. */
  boolean asked() {
    if (shape != null) {
      return true;
    }
    if (actOrder
        || Arrays.asList(layers, bits, groupSize, seed).stream().anyMatch(Objects::nonNull)) {
      throw TouchstoneException.of(
          Fault.USAGE, "--shape", "not given", "the other options of drawn weights need it");
    }
    return false;
  }

  /** The model asked for. */
  SyntheticModel model() {
    ModelShape whole = ModelShape.named(shape);
    return new SyntheticModel(
        layers == null ? whole : whole.withLayers(layers),
        Objects.requireNonNullElse(bits, BITS),
        Objects.requireNonNullElse(groupSize, GROUP_SIZE),
        actOrder,
        Objects.requireNonNullElse(seed, 0L));
  }
}
