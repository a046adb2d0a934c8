package touchstone.app.cli;

import touchstone.evaluate.Evaluation;
import touchstone.evaluate.Perplexity;

/** Shows how far an evaluation is, its estimate so far, and how long the rest will take. */
final class EvaluationProgress implements Evaluation.Listener {
  private static final double NANOS = 1e9;

  private final Terminal terminal;
  private final long start = System.nanoTime();

  EvaluationProgress(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void onTokens(long done, long total, Perplexity soFar) {
    if (done == 0) {
      terminal.progress("evaluating", done, total);
      return;
    }
    double left = seconds() * (total - done) / done;
    terminal.progress(
        "evaluating",
        done,
        total,
        "%d/%d, perplexity %.4f ± %.4f, %.0f s left"
            .formatted(done, total, soFar.perToken(), soFar.standardError(), left));
  }

  /** Seconds since it began. */
  double seconds() {
    return (System.nanoTime() - start) / NANOS;
  }
}
