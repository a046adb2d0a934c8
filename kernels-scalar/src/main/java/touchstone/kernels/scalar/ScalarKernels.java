package touchstone.kernels.scalar;

import java.util.Optional;
import touchstone.gptq.GptqMatrix;
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

/** The scalar kernel set: hands each operation to its definition, and results to threads. */
final class ScalarKernels implements Kernels {
  static final String NAME = "scalar";

  private final Numerics numerics;
  private final ThreadTeam team;

  ScalarKernels(Numerics numerics, int threads) {
    this.numerics = numerics;
    this.team = new ThreadTeam("scalar", threads);
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
          case GptqMatrix gptq ->
              switch (numerics) {
                case F32 -> new GptqLinear(gptq, team);
                case INT8 -> new GptqInt8Linear(gptq, team);
              };
        };
    int outputs = weight.rows(); // the weight itself is not kept: it may have been prepared
    int inputs = weight.columns();
    return (x, y) -> {
      Shapes.product(outputs, inputs, x, y);
      product.apply(x, y);
      bias.ifPresent(b -> Bias.add(y, b));
    };
  }

  @Override
  public void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {
    Shapes.rmsNorm(x, gain, y);
    team.split(
        x.rows(),
        (from, to) -> {
          for (int row = from; row < to; row++) {
            RmsNorm.row(x, row, gain, epsilon, y);
          }
        });
  }

  @Override
  public void rope(Activations x, RopeTable table) {
    Shapes.rope(x, table);
    for (int row = 0; row < x.rows(); row++) {
      Rope.row(x, row, table);
    }
  }

  @Override
  public void attentionScores(
      Activations q, int row, int head, KeyValues cache, int count, float[] scores) {
    Shapes.attentionScores(q, row, head, cache, count, scores);
    AttentionScores.head(q, row, head, cache, count, scores);
  }

  @Override
  public void softmax(float[] scores, int count) {
    Shapes.softmax(scores, count);
    Softmax.apply(scores, count);
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
          for (int i = from; i < to; i++) {
            attendHead(q, i / heads, i % heads, position, cache, y);
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
    for (int i = 0; i < x.rows() * x.columns(); i++) {
      x.values()[x.offset() + i] += delta.values()[delta.offset() + i];
    }
  }

  @Override
  public void close() {
    team.close();
  }
}
