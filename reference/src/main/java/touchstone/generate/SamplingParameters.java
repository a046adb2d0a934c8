package touchstone.generate;

import java.util.ArrayList;
import java.util.List;

/**
 * How the next token is chosen. Names, defaults and ranges are those of Hugging Face's
 * GenerationConfig; a value out of its range is refused even where it would not be used.
 *
 * <p>The processors run in this order, and each only where it changes something:
 *
 * <pre>
 * repetition penalty   -&gt;   temperature -&gt; top-k -&gt; top-p -&gt; min-p
 * always                    only when sampling
 * </pre>
 *
 * @param doSample whether tokens are drawn; otherwise the token with the highest score is taken
 * @param temperature above 0; 1 changes nothing
 * @param topK 0 for off, else at least 1
 * @param topP from 0 to 1; 1 is off
 * @param minP from 0 to 1; 0 is off
 * @param repetitionPenalty above 0; 1 is none
 * @param seed the key of {@link Philox}; any value
 * @source transformers 4.33 and 5.18 generation/utils.py, _get_logits_processor; min-p as in
 *     5.18
 * @rules SAMPLE-1
 */
public record SamplingParameters(
    boolean doSample,
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    long seed) {

  /** Hugging Face's default when a model says nothing: the 50 most probable tokens. */
  public static final int DEFAULT_TOP_K = 50;

  public SamplingParameters {
    new Temperature(temperature);
    OptionRange.requireAtLeast("top_k", topK, 0, "; 0 keeps every token");
    new TopP(topP);
    new MinP(minP);
    new RepetitionPenalty(repetitionPenalty);
  }

  /** The token with the highest score, without a penalty. */
  public static SamplingParameters greedy() {
    return new SamplingParameters(false, 1, DEFAULT_TOP_K, 1, 0, 1, 0);
  }

  /** Drawn with Hugging Face's defaults: temperature 1, {@value #DEFAULT_TOP_K} tokens. */
  public static SamplingParameters sampled(long seed) {
    return new SamplingParameters(true, 1, DEFAULT_TOP_K, 1, 0, 1, seed);
  }

  /** These, with another temperature. */
  public SamplingParameters withTemperature(double value) {
    return new SamplingParameters(doSample, value, topK, topP, minP, repetitionPenalty, seed);
  }

  /** These, with another number of tokens kept. */
  public SamplingParameters withTopK(int value) {
    return new SamplingParameters(
        doSample, temperature, value, topP, minP, repetitionPenalty, seed);
  }

  /** These, with another share of the probability kept. */
  public SamplingParameters withTopP(double value) {
    return new SamplingParameters(
        doSample, temperature, topK, value, minP, repetitionPenalty, seed);
  }

  /** These, with another least probability. */
  public SamplingParameters withMinP(double value) {
    return new SamplingParameters(
        doSample, temperature, topK, topP, value, repetitionPenalty, seed);
  }

  /** These, with another repetition penalty. */
  public SamplingParameters withRepetitionPenalty(double value) {
    return new SamplingParameters(doSample, temperature, topK, topP, minP, value, seed);
  }

  /** The processors that these parameters ask for, in the order in which they run. */
  public List<ScoreProcessor> processors() {
    List<ScoreProcessor> chain = new ArrayList<>();
    if (repetitionPenalty != 1) {
      chain.add(new RepetitionPenalty(repetitionPenalty));
    }
    if (doSample && temperature != 1) {
      chain.add(new Temperature(temperature));
    }
    if (doSample && topK > 0) {
      chain.add(new TopK(topK));
    }
    if (doSample && topP < 1) {
      chain.add(new TopP(topP));
    }
    if (doSample && minP > 0) {
      chain.add(new MinP(minP));
    }
    return List.copyOf(chain);
  }
}
