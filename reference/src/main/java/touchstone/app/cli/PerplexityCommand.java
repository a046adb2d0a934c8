package touchstone.app.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.evaluate.Comparison;
import touchstone.evaluate.Convention;
import touchstone.evaluate.Evaluation;
import touchstone.evaluate.Perplexity;
import touchstone.evaluate.TextSize;
import touchstone.evaluate.TokenisedText;
import touchstone.evaluate.Window;

/** How well a model predicts a text, and how far its predictions are from another model's. */
@Command(
    name = "perplexity",
    customSynopsis = "touchstone perplexity -f TEXT [OPTIONS]",
    description = "Measure how well a model predicts a text.")
final class PerplexityCommand implements Runnable {
  @Mixin CheckpointOptions model;

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "TEXT",
      description =
          "A UTF-8 file; - is standard input. It is taken as one text, line ends included.")
  String file;

  @Option(
      names = "--convention",
      paramLabel = "NAME",
      description = {
        "What is cut how, and what counts: gptq (blocks), lm-eval (per word), transformers (strides)",
        "or llama.cpp (second halves). Default: gptq, or transformers with --stride."
      })
  EvaluationConvention convention;

  @Option(
      names = "--block",
      paramLabel = "N",
      description = {
        "Tokens of a block or window. Default: 2048 for gptq, 512 for llama.cpp, else the context."
      })
  Integer block;

  @Option(
      names = "--stride",
      paramLabel = "N",
      description = "Tokens from one window to the next, with transformers. Default: 512.")
  Integer stride;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Cut the text after N tokens, BOS included.")
  Integer maxTokens;

  @Option(names = "--blocks", paramLabel = "N", description = "Only the first N blocks or windows.")
  Integer blocks;

  @Option(
      names = "--against",
      paramLabel = "DIR",
      description = "Also the Kullback-Leibler divergence of the predictions from DIR's.")
  Path against;

  @Option(names = "--json", description = "Print one JSON object.")
  boolean json;

  @ArgGroup(validate = false, heading = KernelOptions.HEADING)
  KernelOptions kernels = new KernelOptions();

  private final Terminal terminal;

  PerplexityCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    requireSense();
    if (against != null) {
      ModelOptions.require("--against", against);
    }
    String text = LineOptions.text(file, terminal);
    try (LoadedModel loaded = LoadedModel.open(model, kernels, terminal)) {
      TokenisedText tokens = tokens(text, loaded);
      Convention cut = convention().of(block, stride, loaded.llama().config().contextLength());
      List<Window> windows = cut.windows(tokens);
      List<Window> asked =
          blocks == null ? windows : windows.subList(0, Math.min(blocks, windows.size()));
      PerplexityReport report =
          new PerplexityReport(cut, tokens, asked, TextSize.of(text), measure(loaded, text, asked));
      if (json) {
        terminal.println(report.json().toString());
      } else {
        report.lines().forEach(terminal::println);
      }
    }
  }

  private EvaluationConvention convention() {
    if (convention != null) {
      return convention;
    }
    return stride == null ? EvaluationConvention.GPTQ : EvaluationConvention.TRANSFORMERS;
  }

  private TokenisedText tokens(String text, LoadedModel loaded) {
    TokenisedText whole = TokenisedText.of(LineOptions.name(file), text, loaded.tokenizer());
    return maxTokens == null ? whole : whole.first(maxTokens);
  }

  private PerplexityReport.Measured measure(LoadedModel loaded, String text, List<Window> windows) {
    EvaluationProgress progress = new EvaluationProgress(terminal);
    Evaluation evaluation = new Evaluation(windows, progress);
    if (against == null) {
      Perplexity alone = loaded.computeUnchanged(() -> evaluation.perplexity(loaded.llama()));
      note(evaluation, progress);
      return new PerplexityReport.Measured(alone, Optional.empty());
    }
    try (LoadedModel base = LoadedModel.open(other(), kernels, terminal)) {
      SameTokenizer.require(loaded, base, text);
      Comparison both =
          loaded.computeUnchanged(
              () -> base.computeUnchanged(() -> evaluation.compare(loaded.llama(), base.llama())));
      note(evaluation, progress);
      return new PerplexityReport.Measured(both.model(), Optional.of(both));
    }
  }

  private void note(Evaluation evaluation, EvaluationProgress progress) {
    double seconds = progress.seconds();
    terminal.note(
        "%d tokens scored in %.1f s (%.1f/s)"
            .formatted(evaluation.tokens(), seconds, evaluation.tokens() / seconds));
  }

  private CheckpointOptions other() {
    CheckpointOptions other = new CheckpointOptions();
    other.model = against;
    other.strict = model.strict;
    return other;
  }

  private void requireSense() {
    requireAtLeast("--max-tokens", maxTokens, 2);
    requireAtLeast("--blocks", blocks, 1);
    if (convention() == EvaluationConvention.LM_EVAL && (maxTokens != null || blocks != null)) {
      throw TouchstoneException.of(
          Fault.USAGE,
          maxTokens == null ? "--blocks" : "--max-tokens",
          "given with the convention lm-eval",
          "it counts the words of the whole text; cut the file instead");
    }
  }

  private static void requireAtLeast(String option, Integer value, int least) {
    if (value != null && value < least) {
      throw TouchstoneException.of(Fault.USAGE, option, String.valueOf(value), "at least " + least);
    }
  }
}
