package touchstone.app.cli;

import java.nio.file.Path;
import java.util.Optional;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.gptq.GptqConfig;
import touchstone.kernels.Kernels;
import touchstone.llama.Llama;
import touchstone.tokenizer.Tokenizer;

/**
 * A model directory taken into use: its files, kernels, model and tokenizer.
 *
 * @param checkpoint its files
 * @param kernels what computes
 * @param llama the model
 * @param tokenizer its tokenizer
 */
record LoadedModel(
    CheckpointDirectory checkpoint, Kernels kernels, Llama llama, Tokenizer tokenizer)
    implements AutoCloseable {

  /** Opens a model and says in a note what it is. */
  static LoadedModel open(ModelOptions model, KernelOptions options, Terminal terminal) {
    Path directory = model.directory();
    CheckpointDirectory checkpoint = CheckpointDirectory.open(directory, model.strict);
    checkpoint.warnings().forEach(warning -> terminal.note("warning: " + warning));
    Kernels kernels = options.open();
    terminal.note(
        "%s: %s, kernels %s %s, %d threads"
            .formatted(
                directory.getFileName(),
                describe(checkpoint.quantisation()),
                kernels.name(),
                kernels.numerics(),
                kernels.threads()));
    return new LoadedModel(
        checkpoint, kernels, Llama.load(checkpoint, kernels), Tokenizer.load(directory));
  }

  /** The quantisation in a few words. */
  static String describe(Optional<GptqConfig> quantisation) {
    return quantisation
        .map(
            gptq ->
                "GPTQ %d-bit, %s%s"
                    .formatted(
                        gptq.bits(),
                        gptq.groupSize() == GptqConfig.NO_GROUPS
                            ? "no groups"
                            : "groups of " + gptq.groupSize(),
                        gptq.actOrder() ? ", act-order" : ""))
        .orElse("not quantised");
  }

  @Override
  public void close() {
    kernels.close();
    checkpoint.close();
  }
}
