package touchstone.kernels.simd;

import java.util.Optional;
import touchstone.gptq.GptqMatrix;
import touchstone.kernels.KernelSettings;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.kernels.Numerics;
import touchstone.kernels.Shapes;
import touchstone.kernels.ThreadTeam;
import touchstone.tensor.Activations;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.KeyValues;
import touchstone.tensor.RopeTable;
import touchstone.tensor.WeightMatrix;

/**
 * The SIMD kernel set: hands each operation to its kernel, and results to threads.
 *
 * @rules TOL-1
 */
final class SimdKernels implements Kernels {
  static final String NAME = "simd";

  private final Numerics numerics;
  private final ThreadTeam team;
  private final Budget budget;
  private final Scratch scratch;

  SimdKernels(KernelSettings settings) {
    this.numerics = settings.numerics();
    this.team = new ThreadTeam(NAME, settings.threads());
    this.budget = new Budget(settings.preparedBytes());
    this.scratch = new Scratch(settings.threads());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Numerics numerics() {
    return numerics;
  }

  @Override
  public int threads() {
    return team.threads();
  }

  @Override
  public Linear linear(WeightMatrix weight, Optional<float[]> bias) {
    Shapes.linear(weight, bias);
    Linear product =
        switch (weight) {
          case DenseMatrix dense -> new DenseLinear(dense, team);
          case GptqMatrix gptq -> GptqLinear.of(gptq, numerics, budget, scratch, team);
        };
    int outputs = weight.rows(); // the weight itself is not kept: it may have been prepared
    int inputs = weight.columns();
    return (x, y) -> {
      Shapes.product(outputs, inputs, x, y);
      product.apply(x, y);
      bias.ifPresent(b -> Sums.addToRows(y, b));
    };
  }

  @Override
  public void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {
    Shapes.rmsNorm(x, gain, y);
    team.split(
        x.rows(),
        (from, to) -> {
          Stripes stripes = new Stripes();
          for (int row = from; row < to; row++) {
            RmsNorm.row(x, row, gain, epsilon, y, stripes);
          }
        });
  }

  @Override
  public void rope(Activations x, RopeTable table) {
    Shapes.rope(x, table);
    team.split(
        x.rows(),
        (from, to) -> {
          for (int row = from; row < to; row++) {
            Rope.row(x, row, table);
          }
        });
  }

  @Override
  public void attentionScores(
      Activations q, int row, int head, KeyValues cache, int count, float[] scores) {
    Shapes.attentionScores(q, row, head, cache, count, scores);
    AttentionScores.head(q, row, head, cache, count, scores, new Stripes());
  }

  @Override
  public void softmax(float[] scores, int count) {
    Shapes.softmax(scores, count);
    Softmax.apply(scores, count, new Stripes());
  }

  @Override
  public void attentionMix(
      float[] probabilities, int count, KeyValues cache, Activations y, int row, int head) {
    Shapes.attentionMix(probabilities, count, cache, y, row, head);
    AttentionMix.head(probabilities, count, cache, y, row, head);
  }

  @Override
  public void attend(Activations q, int position, KeyValues cache, Activations y) {
    Shapes.attend(q, position, cache, y);
    int heads = q.columns() / cache.headDim();
    team.split(
        q.rows() * heads,
        (from, to) -> {
          float[] scores = new float[position + q.rows()]; // [positions]
          Stripes stripes = new Stripes();
          for (int i = from; i < to; i++) {
            int head = i / q.rows(); // the keys of a head stay in the cache from row to row
            int row = i % q.rows();
            int count = position + row + 1;
            AttentionScores.head(q, row, head, cache, count, scores, stripes);
            Softmax.apply(scores, count, stripes);
            AttentionMix.head(scores, count, cache, y, row, head);
          }
        });
  }

  @Override
  public void swiGlu(Activations gate, Activations up, Activations y) {
    Shapes.swiGlu(gate, up, y);
    team.split(gate.rows() * gate.columns(), (from, to) -> SwiGlu.apply(gate, up, y, from, to));
  }

  @Override
  public void add(Activations x, Activations delta) {
    Shapes.add(x, delta);
    int count = x.rows() * x.columns();
    Sums.add(x.values(), x.offset(), delta.values(), delta.offset(), count);
  }

  @Override
  public void close() {
    team.close();
  }
}
