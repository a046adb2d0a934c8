package touchstone.conformance.profile;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import touchstone.conformance.oracle.Bounded;
import touchstone.conformance.oracle.ElementOracle;
import touchstone.conformance.oracle.LinearOracle;
import touchstone.conformance.oracle.NormOracle;
import touchstone.conformance.oracle.Rounding;
import touchstone.llama.Checkpoint;
import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;
import touchstone.llama.ProbePoint;
import touchstone.tensor.Tensor;
import touchstone.tensor.WeightMatrix;

/**
 * What every recorded value of a pass may be, given the recorded values that it is computed from: the
 * exact result give or take what binary32 may do to it in any order, rounded. Most intervals hold one
 * number. Shares no code with {@link RoundingKernels}.
 */
final class HalfOracle {
  private static final float[] ONE = {1};

  private final Checkpoint checkpoint;
  private final LlamaConfig config;
  private final HalfType type;
  private final int[] tokens;
  private final Map<String, Tensor> recorded;
  private final Map<String, Interval[]> possible = new LinkedHashMap<>();

  private HalfOracle(
      Checkpoint checkpoint, HalfType type, int[] tokens, Map<String, Tensor> recorded) {
    this.checkpoint = checkpoint;
    this.config = checkpoint.config();
    this.type = type;
    this.tokens = tokens;
    this.recorded = recorded;
  }

  /** By the names of the recorded values. */
  static Map<String, Interval[]> of(
      Checkpoint checkpoint, HalfType type, int[] tokens, Map<String, Tensor> recorded) {
    HalfOracle oracle = new HalfOracle(checkpoint, type, tokens, recorded);
    oracle.model();
    return oracle.possible;
  }

  private void model() {
    float[] stream = embedded();
    for (int layer = 0; layer < config.layers(); layer++) {
      String prefix = layer + ".";
      String module = LinearModule.layer(layer);
      norm(prefix + "attnNorm", module + "input_layernorm", stream);
      attention(prefix, module + "self_attn.");
      stream = sum(stream, floats(prefix + "attnOut"));
      norm(prefix + "ffnNorm", module + "post_attention_layernorm", stream);
      feedForward(prefix, module + "mlp.");
      stream = sum(stream, floats(prefix + "ffnOut"));
    }
    norm("finalNorm", LinearModule.FINAL_NORM, stream);
    linear("logits", LinearModule.HEAD, "finalNorm");
  }

  private float[] floats(String name) {
    return recorded.get(name).toFloats();
  }

  private float[] row(String name, int token) {
    float[] values = floats(name);
    int columns = values.length / tokens.length;
    return Arrays.copyOfRange(values, token * columns, (token + 1) * columns);
  }

  private float[] embedded() {
    float[] stream = new float[tokens.length * config.dim()];
    Interval[] values = new Interval[stream.length];
    for (int i = 0; i < stream.length; i++) {
      float weight = checkpoint.embedding().dequantise(tokens[i / config.dim()], i % config.dim());
      stream[i] = (float) Grid.round(type, weight);
      values[i] = Interval.around(stream[i], 0);
    }
    possible.put("embed", values);
    return stream;
  }

  private float[] sum(float[] stream, float[] delta) {
    float[] sums = new float[stream.length];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = (float) Grid.round(type, (double) stream[i] + delta[i]);
    }
    return sums;
  }

  private void norm(String name, String module, float[] stream) {
    float[] gain = Grid.round(type, checkpoint.gain(module));
    float[] ones = new float[gain.length];
    Arrays.fill(ones, 1);
    Interval[] values = new Interval[stream.length];
    for (int token = 0; token < tokens.length; token++) {
      int start = token * gain.length;
      float[] x = Arrays.copyOfRange(stream, start, start + gain.length);
      Bounded normed = NormOracle.rmsNorm(x, ones, config.epsilon());
      for (int i = 0; i < gain.length; i++) {
        values[start + i] = Interval.of(normed, i).round(type).times(gain[i]).round(type);
      }
    }
    possible.put(name, values);
  }

  /** A bias is one more term. */
  private void linear(String name, String module, String input) {
    WeightMatrix weight = checkpoint.matrix(module);
    float[] bias = checkpoint.bias(module).orElse(new float[weight.rows()]);
    int columns = weight.columns() + 1;
    float[] w = new float[weight.rows() * columns];
    for (int n = 0; n < weight.rows(); n++) {
      for (int k = 0; k < weight.columns(); k++) {
        w[n * columns + k] = (float) Grid.round(type, weight.dequantise(n, k));
      }
      w[n * columns + weight.columns()] = (float) Grid.round(type, bias[n]);
    }
    Interval[] values = new Interval[tokens.length * weight.rows()];
    for (int token = 0; token < tokens.length; token++) {
      float[] x = concat(row(input, token), ONE);
      put(values, token, LinearOracle.dense(w, weight.rows(), columns, x));
    }
    possible.put(name, values);
  }

  private static float[] concat(float[] a, float[] b) {
    float[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /** Rounds the results of a token to their places. */
  private void put(Interval[] values, int token, Bounded results) {
    int count = results.values().length;
    for (int i = 0; i < count; i++) {
      values[token * count + i] = Interval.of(results, i).round(type);
    }
  }

  private void attention(String prefix, String module) {
    linear(prefix + "q", module + "q_proj", prefix + "attnNorm");
    linear(prefix + "k", module + "k_proj", prefix + "attnNorm");
    linear(prefix + "v", module + "v_proj", prefix + "attnNorm");
    rotate(prefix + "qRope", prefix + "q");
    rotate(prefix + "kRope", prefix + "k");
    HalfAttention heads = new HalfAttention(type, config.heads(), config.kvHeads());
    possible.put(
        prefix + "scores",
        heads.scores(tokens.length, floats(prefix + "qRope"), floats(prefix + "kRope")));
    possible.put(
        prefix + "attn", heads.mix(tokens.length, floats(prefix + "scores"), floats(prefix + "v")));
    linear(prefix + "attnOut", module + "o_proj", prefix + "attn");
  }

  private void rotate(String name, String input) {
    float[] x = floats(input);
    int half = config.headDim() / 2;
    int columns = x.length / tokens.length;
    Interval[] values = new Interval[x.length];
    for (int i = 0; i < x.length; i++) {
      int j = i % config.headDim() % half;
      boolean upper = i % config.headDim() >= half;
      double pair = upper ? x[i - half] : -x[i + half];
      double angle = angle(i / columns, j);
      Interval cos = Interval.around(Math.cos(angle), inTable(angle, j)).round(type);
      Interval sin = Interval.around(Math.sin(angle), inTable(angle, j)).round(type);
      values[i] = cos.times(x[i]).round(type).plus(sin.times(pair).round(type)).round(type);
    }
    possible.put(name, values);
  }

  private double angle(int position, int j) {
    return position * Math.pow(config.ropeTheta(), -2.0 * j / config.headDim());
  }

  /**
   * How far a binary32 table may be off: the exponent is rounded, which the logarithm of the base
   * enlarges; the power is good to an ulp; reciprocal and product are rounded; the cosine is good to an
   * ulp.
   */
  private double inTable(double angle, int j) {
    double exponent = 2.0 * j / config.headDim() * Math.log(config.ropeTheta());
    return Rounding.UNIT * ((exponent + 4) * angle + 2);
  }

  private void feedForward(String prefix, String module) {
    linear(prefix + "gate", module + "gate_proj", prefix + "ffnNorm");
    linear(prefix + "up", module + "up_proj", prefix + "ffnNorm");
    float[] gate = floats(prefix + "gate");
    float[] up = floats(prefix + "up");
    float[] ones = new float[gate.length];
    Arrays.fill(ones, 1);
    Interval[] silu = Interval.of(ElementOracle.swiGlu(gate, ones));
    Interval[] values = new Interval[gate.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = silu[i].round(type).times(up[i]).round(type);
    }
    possible.put(prefix + ProbePoint.ACT.label(), values);
    linear(prefix + "ffnOut", module + "down_proj", prefix + "act");
  }
}
