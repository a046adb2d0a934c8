package touchstone.app.cli;

import java.nio.file.Path;
import java.util.Objects;
import picocli.CommandLine.Option;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.llama.LlamaConfig;
import touchstone.quantize.CalibrationSet;
import touchstone.tokenizer.Tokenizer;

/** What a quantisation looks at. */
final class CalibrationOptions {
  /** Stands above the options in a help text. */
  static final String HEADING = "%nCalibration data:%n";

  private static final int SAMPLES = 128;
  private static final int SEQ_LEN = 4096;

  @Option(
      names = "--dataset",
      paramLabel = "FILE",
      description = "A UTF-8 text; - is standard input. Not needed for rtn.")
  String dataset;

  @Option(names = "--samples", paramLabel = "N", description = "How many samples. Default: 128.")
  int samples = SAMPLES;

  @Option(
      names = "--seq-len",
      paramLabel = "N",
      description = "Tokens of a sample. Default: 4096, or the model's context if that is less.")
  Integer seqLen;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Where samples begin; the same seed gives the same bytes. Default: 0.")
  long seed;

  /** The calibration data for a model. */
  CalibrationSet read(Path model, LlamaConfig config, Terminal terminal) {
    if (dataset == null) {
      throw TouchstoneException.of(
          Fault.USAGE, "--dataset", "not given", "give a text, or --method rtn");
    }
    if (samples < 1) {
      throw TouchstoneException.of(Fault.USAGE, "--samples", String.valueOf(samples), "at least 1");
    }
    int length = seqLen(config);
    int[] text = Tokenizer.load(model).encode(LineOptions.text(dataset, terminal));
    TokenIds.requireIn(text, config.vocab(), LineOptions.name(dataset), Fault.FORMAT);
    CalibrationSet set =
        CalibrationSet.draw(text, samples, length, seed, LineOptions.name(dataset));
    if (text.length < (long) samples * length) {
      terminal.note(
          "warning: %s: %d tokens, so that %d samples of %d overlap"
              .formatted(LineOptions.name(dataset), text.length, samples, length));
    }
    return set;
  }

  private int seqLen(LlamaConfig config) {
    int context = config.contextLength();
    int length = Objects.requireNonNullElse(seqLen, Math.min(SEQ_LEN, context));
    if (length < 1) {
      throw TouchstoneException.of(Fault.USAGE, "--seq-len", String.valueOf(length), "at least 1");
    }
    if (length > context) {
      throw TouchstoneException.of(
          Fault.LIMIT,
          "--seq-len",
          String.valueOf(length),
          "at most the %d of this model's context".formatted(context));
    }
    return length;
  }
}
