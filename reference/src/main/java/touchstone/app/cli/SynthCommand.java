package touchstone.app.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqStorage;
import touchstone.synthetic.ModelShape;
import touchstone.synthetic.SyntheticCheckpoint;
import touchstone.synthetic.SyntheticDirectory;
import touchstone.synthetic.SyntheticModel;

/** A model directory of any size, made of nothing but a seed. */
@Command(
    name = "synth",
    customSynopsis = "touchstone synth --shape NAME --out DIR [OPTIONS]",
    description = "Write a synthetic GPTQ checkpoint: real shapes, drawn weights.")
final class SynthCommand implements Runnable {
  private static final double GIGA = 1e9;

  /** Updates of the progress bar from start to end. */
  private static final int UPDATES = 1000;

  @Mixin SyntheticOptions synthetic;

  @Mixin OutOption target;

  @Option(
      names = "--tokenizer",
      paramLabel = "PATH",
      description = "tokenizer.model, tokenizer.json or a directory with them, to be copied.")
  Path tokenizer;

  @Mixin ThreadOptions threads;

  private final Terminal terminal;

  SynthCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    SyntheticModel model = model();
    Path out = target.required();
    int team = threads.team();
    Map<String, byte[]> further =
        tokenizer == null ? Map.of() : TokenizerFiles.read(tokenizer, model.shape());
    long total = GptqStorage.totalBytes(model.config(), model.quantisation());
    long start = System.nanoTime();
    try (SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(model, team)) {
      LongConsumer progress = progress(total, start);
      terminal.whole(() -> SyntheticDirectory.write(out, checkpoint, further, progress));
    }
    double seconds = seconds(start);
    terminal.note(
        "wrote %s: %s, %d of its layers, %s; %d bytes of tensors in %.1f s (%.2f GB/s)"
            .formatted(
                out,
                model.shape().name(),
                model.shape().layers(),
                LoadedModel.describe(Optional.of(model.quantisation())),
                total,
                seconds,
                total / GIGA / seconds));
  }

  private SyntheticModel model() {
    if (!synthetic.asked()) {
      throw TouchstoneException.of(
          Fault.USAGE, "--shape", "not given", "one of " + ModelShape.names());
    }
    return synthetic.model();
  }

  private LongConsumer progress(long total, long start) {
    long[] shown = {-1};
    return done -> {
      long step = done * UPDATES / total;
      if (step != shown[0]) {
        shown[0] = step;
        double left = seconds(start) * (total - done) / done;
        terminal.progress(
            "writing",
            done,
            total,
            "%.1f/%.1f GB, %.0f s left".formatted(done / GIGA, total / GIGA, left));
      }
    };
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / GIGA;
  }
}
