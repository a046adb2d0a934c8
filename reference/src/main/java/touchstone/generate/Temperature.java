package touchstone.generate;

import java.util.BitSet;

/**
 * Sharpens the distribution (temperature below 1) or flattens it (above 1).
 *
 * <pre>
 * s[i] = s[i] / t
 * </pre>
 *
 * @param temperature t; 1 changes nothing
 * @source transformers 4.33 and 5.18 logits_process.py, TemperatureLogitsWarper
 * @shapes scores [vocab]
 * @numerics t is rounded to a float; one division per score, never a product with 1 / t
 * @rules SAMPLE-3
 */
public record Temperature(double temperature) implements ScoreProcessor {
  public Temperature {
    OptionRange.requirePositive(
        "temperature", temperature, "; for greedy decoding switch sampling off instead");
  }

  @Override
  public void process(float[] scores, BitSet seen) {
    float t = (float) temperature;
    for (int id = 0; id < scores.length; id++) {
      scores[id] /= t;
    }
  }
}
