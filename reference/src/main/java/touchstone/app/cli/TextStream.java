package touchstone.app.cli;

import touchstone.generate.GenerationListener;
import touchstone.generate.GenerationResult;
import touchstone.generate.GenerationStatistics;
import touchstone.generate.SamplingParameters;

/** Prints text as it is generated, and shows how far a long prompt is. */
final class TextStream implements GenerationListener {
  private final Terminal terminal;
  private final boolean streaming;

  TextStream(Terminal terminal, boolean streaming) {
    this.terminal = terminal;
    this.streaming = streaming;
  }

  @Override
  public boolean onPrompt(int taken, int total) {
    if (taken < total) {
      terminal.progress("reading the prompt", taken, total);
    }
    return true;
  }

  @Override
  public boolean onText(String chunk) {
    if (streaming) {
      terminal.print(chunk);
      terminal.flush();
    }
    return true;
  }

  /** Says how long it took, why it ended, and how to repeat it. */
  static String summary(GenerationResult result, SamplingParameters parameters) {
    GenerationStatistics statistics = result.statistics();
    StringBuilder summary = new StringBuilder();
    summary.append(statistics.promptTokens()).append(" prompt tokens");
    if (statistics.reusedTokens() > 0) {
      summary.append(" (").append(statistics.reusedTokens()).append(" kept)");
    }
    statistics
        .promptTokensPerSecond()
        .ifPresent(rate -> summary.append(", %.1f/s".formatted(rate)));
    summary.append("; ").append(statistics.generatedTokens()).append(" generated");
    statistics
        .generatedTokensPerSecond()
        .ifPresent(rate -> summary.append(", %.1f tokens/s".formatted(rate)));
    summary.append("; ended by ").append(reason(result));
    if (parameters.doSample()) {
      summary.append("; seed ").append(parameters.seed());
    }
    return summary.toString();
  }

  private static String reason(GenerationResult result) {
    return switch (result.reason()) {
      case CANCELLED -> "the user";
      case EOS -> "the model";
      case STOP_STRING -> "a stop string";
      case LENGTH -> "--max-new-tokens";
      case CONTEXT -> "the end of the context";
    };
  }
}
