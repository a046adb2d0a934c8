package touchstone.conformance.profile;

import java.util.Arrays;
import java.util.Optional;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.kernels.Numerics;
import touchstone.kernels.Shapes;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;
import touchstone.tensor.RopeTable;
import touchstone.tensor.WeightMatrix;

/**
 * The operations of another kernel set, rounded where Transformers rounds. What stands between two
 * roundings there is one operation of the base, with gains and factors of one where the base goes on.
 *
 * @source transformers 5.18 models/llama/modeling_llama.py, eager attention; see {@link RoundingPoint}
 * @numerics binary32 as the base defines it, then one rounding to the type
 * @deviation angles come from the exact frequencies, Transformers computes them in binary32; the mask
 *     is not added, for it changes no score that is seen and leaves no weight to one that is not
 * @rules PROFILE-4 PROFILE-5 PROFILE-6 PROFILE-7 PROFILE-8 PROFILE-9 PROFILE-10
 */
final class RoundingKernels implements Kernels {
  private final RoundingProfile profile;
  private final Kernels base;
  private final Rounder rounder;

  RoundingKernels(RoundingProfile profile, Kernels base, Rounder rounder) {
    if (base.numerics() != Numerics.F32) {
      throw new IllegalArgumentException(
          "%s rounds what mode f32 computes, got %s".formatted(profile.label(), base.numerics()));
    }
    this.profile = profile;
    this.base = base;
    this.rounder = rounder;
  }

  @Override
  public String name() {
    return profile.label();
  }

  @Override
  public Numerics numerics() {
    return base.numerics();
  }

  @Override
  public int threads() {
    return base.threads();
  }

  /** {@code y = round(x W^T + b)}: sum and bias in binary32, one rounding. */
  @Override
  public Linear linear(WeightMatrix weight, Optional<float[]> bias) {
    Linear product = base.linear(weight, bias);
    return (x, y) -> {
      product.apply(x, y);
      rounder.round(RoundingPoint.LINEAR, y);
    };
  }

  /** {@code y = round(gain * round(x / rms(x)))}. */
  @Override
  public void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {
    Shapes.rmsNorm(x, gain, y);
    base.rmsNorm(x, ones(gain.length), epsilon, y);
    rounder.round(RoundingPoint.NORM, y);
    for (int row = 0; row < y.rows(); row++) {
      for (int i = 0; i < gain.length; i++) {
        int at = y.start(row) + i;
        y.values()[at] = rounder.round(RoundingPoint.GAIN, gain[i] * y.values()[at]);
      }
    }
  }

  /**
   * {@code a' = round(round(a cos) + round(-b sin))}, {@code b' = round(round(b cos) + round(a sin))}.
   */
  @Override
  public void rope(Activations x, RopeTable table) {
    Shapes.rope(x, table);
    int halfDim = table.halfDim();
    for (int row = 0; row < x.rows(); row++) {
      for (int head = 0; head < x.columns(); head += 2 * halfDim) {
        rotate(x.values(), x.start(row) + head, table, row * halfDim);
      }
    }
  }

  private void rotate(float[] values, int head, RopeTable table, int angles) {
    int halfDim = table.halfDim();
    for (int j = 0; j < halfDim; j++) {
      float cos = rounder.round(RoundingPoint.ANGLE, table.cos()[angles + j]);
      float sin = rounder.round(RoundingPoint.ANGLE, table.sin()[angles + j]);
      float a = values[head + j];
      float b = values[head + halfDim + j];
      values[head + j] = sumOfProducts(a, cos, -b, sin);
      values[head + halfDim + j] = sumOfProducts(b, cos, a, sin);
    }
  }

  private float sumOfProducts(float a, float cos, float b, float sin) {
    float first = rounder.round(RoundingPoint.ROTATED_PART, a * cos);
    float second = rounder.round(RoundingPoint.ROTATED_PART, b * sin);
    return rounder.round(RoundingPoint.ROTATED, first + second);
  }

  /** {@code scores[p] = round(round(q . k[p]) / sqrt(headDim))}. */
  @Override
  public void attentionScores(
      Activations q, int row, int head, KeyValues cache, int count, float[] scores) {
    Shapes.attentionScores(q, row, head, cache, count, scores);
    int headDim = cache.headDim();
    int query = q.start(row) + head * headDim;
    int kvHead = head / (q.columns() / headDim / cache.kvHeads());
    float factor = (float) (1 / Math.sqrt(headDim));
    for (int p = 0; p < count; p++) {
      float dot = dot(q.values(), query, cache.keys(), cache.start(kvHead, p), headDim);
      float rounded = rounder.round(RoundingPoint.DOT, dot);
      scores[p] = rounder.round(RoundingPoint.SCORE, rounded * factor);
    }
  }

  /** The base has no dot product without the factor. */
  private static float dot(float[] a, int aStart, float[] b, int bStart, int count) {
    float sum = 0;
    for (int i = 0; i < count; i++) {
      sum = Math.fma(a[aStart + i], b[bStart + i], sum);
    }
    return sum;
  }

  /** {@code p = round(softmax(s))}. */
  @Override
  public void softmax(float[] scores, int count) {
    base.softmax(scores, count);
    rounder.round(RoundingPoint.PROBABILITY, scores, 0, count);
  }

  /** {@code y = round(sum over p of probabilities[p] * v[p])}. */
  @Override
  public void attentionMix(
      float[] probabilities, int count, KeyValues cache, Activations y, int row, int head) {
    base.attentionMix(probabilities, count, cache, y, row, head);
    int start = y.start(row) + head * cache.headDim();
    rounder.round(RoundingPoint.MIX, y.values(), start, cache.headDim());
  }

  /** {@code y = round(round(silu(gate)) * up)}. */
  @Override
  public void swiGlu(Activations gate, Activations up, Activations y) {
    Shapes.swiGlu(gate, up, y);
    int count = gate.rows() * gate.columns();
    Activations silu = Activations.zeros(gate.rows(), gate.columns());
    base.swiGlu(gate, new Activations(ones(count), 0, gate.rows(), gate.columns()), silu);
    rounder.round(RoundingPoint.SILU, silu);
    for (int i = 0; i < count; i++) {
      float product = silu.values()[i] * up.values()[up.offset() + i];
      y.values()[y.offset() + i] = rounder.round(RoundingPoint.GATED, product);
    }
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** {@code x = round(x + delta)}. */
  @Override
  public void add(Activations x, Activations delta) {
    base.add(x, delta);
    rounder.round(RoundingPoint.RESIDUAL, x);
  }

  @Override
  public void close() {
    base.close();
  }
}
