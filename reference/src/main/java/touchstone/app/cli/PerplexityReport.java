package touchstone.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import touchstone.evaluate.Comparison;
import touchstone.evaluate.Convention;
import touchstone.evaluate.Perplexity;
import touchstone.evaluate.Samples;
import touchstone.evaluate.TextSize;
import touchstone.evaluate.TokenisedText;
import touchstone.evaluate.Window;

/**
 * A perplexity with everything that decides it.
 *
 * @param convention what counts
 * @param text its tokens
 * @param windows those that were read
 * @param size of the text in words and bytes
 * @param measured what came out
 */
record PerplexityReport(
    Convention convention,
    TokenisedText text,
    List<Window> windows,
    TextSize size,
    Measured measured) {

  /** The result, and the comparison it is part of. */
  record Measured(Perplexity perplexity, Optional<Comparison> comparison) {}

  private static final double PERCENT = 100;

  /** Shares of the tokens, and what to call them. */
  private static final double[] SHARES = {0.999, 0.99, 0.95, 0.5};

  private static final String[] SHARE_FIELDS = {"p99_9", "p99", "p95", "median"};
  private static final String[] SHARE_NAMES = {"99.9 %", "99 %", "95 %", "median"};

  /** For people. */
  List<String> lines() {
    Perplexity result = measured.perplexity();
    Table table = new Table(false, false);
    table.row("convention", describe());
    table.row(
        "text",
        "%d tokens, %d words, %d bytes"
            .formatted(text.marked().length, size.words(), size.bytes()));
    table.row("scored", "%d tokens in %d windows".formatted(result.nll().count(), windows.size()));
    table.row("mean NLL", estimate(result.nll()));
    table.row("perplexity", "%.6f ± %.6f".formatted(result.perToken(), result.standardError()));
    if (convention instanceof Convention.LmEval) {
      table.row("per word", "%.6f".formatted(result.perWord(size)));
      table.row("per byte", "%.6f".formatted(result.perByte(size)));
      table.row("bits per byte", "%.6f".formatted(result.bitsPerByte(size)));
    }
    measured.comparison().ifPresent(comparison -> rows(table, comparison));
    return table.lines();
  }

  private static void rows(Table table, Comparison comparison) {
    Perplexity base = comparison.base();
    table.row("", "");
    table.row("base perplexity", "%.6f ± %.6f".formatted(base.perToken(), base.standardError()));
    table.row("ln(ratio)", estimate(comparison.logRatio()));
    table.row("mean KLD", estimate(comparison.divergence()));
    table.row("maximum KLD", "%.6f".formatted(comparison.divergence().quantile(1)));
    double[] quantiles = comparison.divergence().quantiles(SHARES);
    for (int i = 0; i < quantiles.length; i++) {
      table.row(SHARE_NAMES[i] + " KLD", "%.6f".formatted(quantiles[i]));
    }
    table.row("mean Δp", percent(comparison.probabilityChange()));
    table.row(
        "RMS Δp",
        "%.3f ± %.3f %%"
            .formatted(PERCENT * comparison.rmsChange(), PERCENT * comparison.rmsChangeError()));
    table.row("same top", percent(comparison.sameTop()));
  }

  private String describe() {
    return switch (convention) {
      case Convention.Gptq(int block) ->
          "gptq: blocks of %d, all but the first token of each".formatted(block);
      case Convention.LlamaCpp(int block) ->
          "llama.cpp: blocks of %d, the second half of each".formatted(block);
      case Convention.Transformers(int block, int stride) ->
          "transformers: windows of %d every %d, each token once".formatted(block, stride);
      case Convention.LmEval(int block) ->
          "lm-eval: %d at a time, every token once".formatted(block);
    };
  }

  private static String estimate(Samples samples) {
    return "%.6f ± %.6f".formatted(samples.mean(), samples.standardError());
  }

  private static String percent(Samples samples) {
    return "%.3f ± %.3f %%".formatted(PERCENT * samples.mean(), PERCENT * samples.standardError());
  }

  /** For programs. */
  ObjectNode json() {
    Perplexity result = measured.perplexity();
    ObjectNode root =
        JsonOutput.object().put("convention", convention.label()).put("block", convention.block());
    if (convention instanceof Convention.Transformers(int _, int stride)) {
      root.put("stride", stride);
    }
    root.put("windows", windows.size())
        .put("text_tokens", text.marked().length)
        .put("text_words", size.words())
        .put("text_bytes", size.bytes())
        .put("scored_tokens", result.nll().count());
    put(root, "nll_sum", result.nll().sum());
    put(root, "nll_mean", result.nll().mean());
    put(root, "nll_stderr", result.nll().standardError());
    put(root, "perplexity", result.perToken());
    put(root, "perplexity_stderr", result.standardError());
    if (convention instanceof Convention.LmEval) {
      put(root, "word_perplexity", result.perWord(size));
      put(root, "byte_perplexity", result.perByte(size));
      put(root, "bits_per_byte", result.bitsPerByte(size));
    }
    measured.comparison().ifPresent(comparison -> put(root.putObject("against"), comparison));
    return root;
  }

  private static void put(ObjectNode node, Comparison comparison) {
    Samples divergence = comparison.divergence();
    put(node, "perplexity", comparison.base().perToken());
    put(node, "perplexity_stderr", comparison.base().standardError());
    put(node, "ln_perplexity_ratio", comparison.logRatio().mean());
    put(node, "ln_perplexity_ratio_stderr", comparison.logRatio().standardError());
    put(node, "perplexity_ratio", comparison.perplexityRatio());
    put(node, "kld_mean", divergence.mean());
    put(node, "kld_stderr", divergence.standardError());
    put(node, "kld_max", divergence.quantile(1));
    double[] quantiles = divergence.quantiles(SHARES);
    for (int i = 0; i < quantiles.length; i++) {
      put(node, "kld_" + SHARE_FIELDS[i], quantiles[i]);
    }
    put(node, "delta_p_mean", comparison.probabilityChange().mean());
    put(node, "delta_p_stderr", comparison.probabilityChange().standardError());
    put(node, "delta_p_rms", comparison.rmsChange());
    put(node, "delta_p_rms_stderr", comparison.rmsChangeError());
    put(node, "same_top", comparison.sameTop().mean());
    put(node, "same_top_stderr", comparison.sameTop().standardError());
  }

  private static void put(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    } else {
      node.put(name, String.valueOf(value)); // JSON has no number for it
    }
  }
}
