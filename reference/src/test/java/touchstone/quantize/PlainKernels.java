package touchstone.quantize;

import java.util.Optional;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.kernels.Numerics;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;
import touchstone.tensor.RopeTable;
import touchstone.tensor.WeightMatrix;

/** Products in the plainest order, and nothing else: a quantiser needs nothing else. */
record PlainKernels(int threads) implements Kernels {
  @Override
  public String name() {
    return "plain";
  }

  @Override
  public Numerics numerics() {
    return Numerics.F32;
  }

  @Override
  public Linear linear(WeightMatrix weight, Optional<float[]> bias) {
    return (x, y) -> {
      float[] w = new float[weight.columns()];
      for (int n = 0; n < weight.rows(); n++) {
        for (int k = 0; k < w.length; k++) {
          w[k] = weight.dequantise(n, k);
        }
        for (int row = 0; row < x.rows(); row++) {
          y.values()[y.start(row) + n] = dot(x, row, w);
        }
      }
    };
  }

  private static float dot(Activations x, int row, float[] w) {
    float sum = 0;
    for (int k = 0; k < w.length; k++) {
      sum = Math.fma(x.values()[x.start(row) + k], w[k], sum);
    }
    return sum;
  }

  @Override
  public void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void rope(Activations x, RopeTable table) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void attentionScores(
      Activations q, int row, int head, KeyValues cache, int count, float[] scores) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void softmax(float[] scores, int count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void attentionMix(
      float[] probabilities, int count, KeyValues cache, Activations y, int row, int head) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void swiGlu(Activations gate, Activations up, Activations y) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void add(Activations x, Activations delta) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
