package touchstone.app.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import touchstone.checkpoint.GenerationDefaults;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.generate.SamplingParameters;
import touchstone.generate.StopConditions;

/**
 * How to choose tokens and when to stop. What is not given comes from the model's {@code
 * generation_config.json}, then from Hugging Face's defaults.
 */
final class SamplingOptions {
  /** Stands above the options in a help text. */
  static final String HEADING =
      "%nChoosing tokens (without a flag: the model's generation_config.json, then Hugging Face's defaults):%n";

  private static final int MAX_NEW_TOKENS = 256;

  @Option(
      names = "--do-sample",
      negatable = true,
      description =
          "Draw tokens, or (--no-do-sample) take the best one. On if a sampling flag is given.")
  Boolean doSample;

  @Option(names = "--temperature", paramLabel = "T", description = "Divides the logits; > 0.")
  Double temperature;

  @Option(names = "--top-k", paramLabel = "K", description = "Keep the K best tokens; 0 is off.")
  Integer topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Keep the smallest set of best tokens with probability P.")
  Double topP;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description = "Keep tokens with at least P of the best one's probability.")
  Double minP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "R",
      description = "Make tokens that occurred less likely; 1 is off.")
  Double repetitionPenalty;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same seed gives the same text on any machine. Default: a fresh one.")
  Long seed;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "Most tokens to generate. Default: the model's, else " + MAX_NEW_TOKENS + ".")
  Integer maxNewTokens;

  @Option(
      names = "--stop-strings",
      paramLabel = "TEXT",
      description = "End the text before TEXT; may be given several times.")
  List<String> stopStrings = new ArrayList<>();

  /** The parameters for one generation. */
  SamplingParameters parameters(GenerationDefaults model) {
    boolean flagGiven = Stream.of(temperature, topK, topP, minP).anyMatch(option -> option != null);
    boolean sample = doSample != null ? doSample : flagGiven || model.doSample().orElse(false);
    return new SamplingParameters(
        sample,
        temperature != null ? temperature : used(sample, model.temperature()).orElse(1),
        topK != null ? topK : model.topK().orElse(SamplingParameters.DEFAULT_TOP_K),
        topP != null ? topP : model.topP().orElse(1),
        minP != null ? minP : model.minP().orElse(0),
        repetitionPenalty != null ? repetitionPenalty : model.repetitionPenalty().orElse(1),
        seed != null ? seed : freshSeed());
  }

  /** Authors write temperature 0 where nothing is drawn; then it means nothing. */
  private static OptionalDouble used(boolean sample, OptionalDouble temperature) {
    return sample ? temperature : OptionalDouble.empty();
  }

  private static long freshSeed() {
    return new SplittableRandom().nextLong(1L << 32);
  }

  /** What ends a generation. */
  StopConditions stops(GenerationDefaults model, Set<Integer> eosIds) {
    int most = maxNewTokens != null ? maxNewTokens : model.maxNewTokens().orElse(MAX_NEW_TOKENS);
    return new StopConditions(most, eosIds, stopStrings);
  }

  /** These options with one changed, by its Hugging Face name with underscores or dashes. */
  SamplingOptions with(String name, String value) {
    SamplingOptions changed = new SamplingOptions();
    changed.doSample = doSample;
    changed.temperature = temperature;
    changed.topK = topK;
    changed.topP = topP;
    changed.minP = minP;
    changed.repetitionPenalty = repetitionPenalty;
    changed.seed = seed;
    changed.maxNewTokens = maxNewTokens;
    changed.stopStrings = stopStrings;
    changed.set(name, value);
    return changed;
  }

  private void set(String name, String value) {
    try {
      switch (name.replace('-', '_')) {
        case "do_sample" -> doSample = truth(value);
        case "temperature" -> temperature = Double.valueOf(value);
        case "top_k" -> topK = Integer.valueOf(value);
        case "top_p" -> topP = Double.valueOf(value);
        case "min_p" -> minP = Double.valueOf(value);
        case "repetition_penalty" -> repetitionPenalty = Double.valueOf(value);
        case "seed" -> seed = Long.valueOf(value);
        case "max_new_tokens" -> maxNewTokens = Integer.valueOf(value);
        default ->
            throw TouchstoneException.of(
                Fault.USAGE, "/params", "no parameter '" + name + "'", "/params lists them");
      }
    } catch (NumberFormatException e) {
      throw TouchstoneException.because(
          Fault.USAGE, "/params " + name, "'" + value + "'", "it takes a number", e);
    }
  }

  private static boolean truth(String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw TouchstoneException.of(
              Fault.USAGE, "/params do_sample", "'" + value + "'", "true or false");
    };
  }
}
