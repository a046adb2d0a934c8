package touchstone.app.cli;

import java.nio.file.Path;
import java.util.Optional;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.gptq.GptqConfig;
import touchstone.llama.Checkpoint;
import touchstone.synthetic.ModelShape;
import touchstone.synthetic.SyntheticCheckpoint;
import touchstone.synthetic.SyntheticModel;

/**
 * What a benchmark runs.
 *
 * @param type shape and quantisation: {@code llama2-70b/4 4-bit g128} are its first 4 layers
 * @param source directory, or seed
 * @param checkpoint its weights
 * @param release lets go of them
 */
record BenchModel(String type, String source, Checkpoint checkpoint, Runnable release)
    implements AutoCloseable {

  /** A model directory. */
  static BenchModel of(CheckpointOptions options, Terminal terminal) {
    Path directory = options.directory();
    CheckpointDirectory checkpoint = CheckpointDirectory.open(directory, options.strict);
    checkpoint.warnings().forEach(warning -> terminal.note("warning: " + warning));
    return new BenchModel(
        directory.toAbsolutePath().normalize().getFileName()
            + " "
            + describe(checkpoint.quantisation()),
        directory.toString(),
        checkpoint,
        checkpoint::close);
  }

  /** Drawn weights. */
  static BenchModel of(SyntheticModel model, int threads) {
    SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(model, threads);
    int layers = model.config().layers();
    String cut = layers == ModelShape.named(model.shape().name()).layers() ? "" : "/" + layers;
    return new BenchModel(
        model.shape().name() + cut + " " + describe(Optional.of(model.quantisation())),
        "synthetic with seed " + model.seed(),
        checkpoint,
        checkpoint::close);
  }

  /** The quantisation as a table has room for it. */
  private static String describe(Optional<GptqConfig> quantisation) {
    return quantisation
        .map(
            gptq ->
                "%d-bit%s%s"
                    .formatted(
                        gptq.bits(),
                        gptq.groupSize() == GptqConfig.NO_GROUPS ? "" : " g" + gptq.groupSize(),
                        gptq.actOrder() ? " act-order" : ""))
        .orElse("unquantised");
  }

  @Override
  public void close() {
    release.run();
  }
}
