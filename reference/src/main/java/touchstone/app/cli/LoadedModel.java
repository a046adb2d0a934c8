package touchstone.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
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
 * @param vocabulary its tokenizer, if it has one
 */
record LoadedModel(
    CheckpointDirectory checkpoint, Kernels kernels, Llama llama, Optional<Tokenizer> vocabulary)
    implements AutoCloseable {

  /** Opens a model and says in a note what it is. */
  static LoadedModel open(CheckpointOptions model, KernelOptions options, Terminal terminal) {
    Path directory = model.directory();
    Kernels kernels = options.open();
    try (WarmUp _ = options.warmUp()) {
      return open(directory, model.strict, kernels, terminal);
    }
  }

  private static LoadedModel open(
      Path directory, boolean strict, Kernels kernels, Terminal terminal) {
    CheckpointDirectory checkpoint = CheckpointDirectory.open(directory, strict);
    Optional<Tokenizer> tokenizer = tokenizer(directory);
    checkpoint.warnings().forEach(warning -> terminal.note("warning: " + warning));
    terminal.note(
        "%s: %s; %s"
            .formatted(
                directory.toAbsolutePath().normalize().getFileName(),
                describe(checkpoint.quantisation()),
                describe(kernels)));
    return new LoadedModel(checkpoint, kernels, Llama.load(checkpoint, kernels), tokenizer);
  }

  private static Optional<Tokenizer> tokenizer(Path directory) {
    boolean present =
        Files.exists(directory.resolve("tokenizer.model"))
            || Files.exists(directory.resolve("tokenizer.json"));
    return present ? Optional.of(Tokenizer.load(directory)) : Optional.empty();
  }

  /** The tokenizer, which must be there. */
  Tokenizer tokenizer() {
    return vocabulary.orElseGet(() -> Tokenizer.load(checkpoint.directory()));
  }

  /** What is computed from weights that nobody wrote to meanwhile. */
  <T> T computeUnchanged(Supplier<T> computation) {
    checkpoint.verifyUnchanged();
    T result = computation.get();
    checkpoint.verifyUnchanged();
    return result;
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

  /** The kernel set in a few words. */
  static String describe(Kernels kernels) {
    return "%s %s, %d %s"
        .formatted(
            kernels.name(),
            kernels.numerics(),
            kernels.threads(),
            kernels.threads() == 1 ? "thread" : "threads");
  }

  @Override
  public void close() {
    kernels.close();
    checkpoint.close();
  }
}
