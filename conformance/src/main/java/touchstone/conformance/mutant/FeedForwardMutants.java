package touchstone.conformance.mutant;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.Seams;
import touchstone.conformance.profile.HalfType;
import touchstone.kernels.Kernels;
import touchstone.tensor.Activations;

/** Mistakes in the gated feed-forward network. */
final class FeedForwardMutants {
  private static final double QUICK = 1.702;

  private FeedForwardMutants() {}

  static List<Mutant> all() {
    return List.of(
        gateAndUpSwapped(),
        siluQuickGelu(),
        siluGelu(),
        siluHardSwish(),
        siluSigmoid(),
        siluRelu(),
        siluOfProduct(),
        gateUnused(),
        siluHalf());
  }

  private static Mutant gateAndUpSwapped() {
    return new Mutant(
        "gate-and-up-swapped",
        Group.ARITHMETIC,
        "silu of up instead of gate",
        "Wrong from the first layer on, of the right size.",
        "w1 and w3 exchanged by a converter.",
        List.of(),
        Deviations.kernels((right, _) -> swapped(right)));
  }

  private static Mutant siluQuickGelu() {
    return new Mutant(
        "silu-quick-gelu",
        Group.ARITHMETIC,
        "g sigmoid(1.702 g) for silu",
        "An error of a tenth from the first layer on.",
        "The activation of another model.",
        List.of(),
        activation(gate -> gate / (1 + StrictMath.exp(-QUICK * gate))));
  }

  private static Mutant siluGelu() {
    return new Mutant(
        "silu-gelu",
        Group.ARITHMETIC,
        "gelu for silu",
        "An error of a tenth from the first layer on.",
        "The activation of another model: hidden_act is not read.",
        List.of(),
        activation(
            gate ->
                gate
                    / 2
                    * (1
                        + StrictMath.tanh(
                            StrictMath.sqrt(2 / Math.PI)
                                * (gate + 0.044715 * gate * gate * gate)))));
  }

  private static Mutant siluHardSwish() {
    return new Mutant(
        "silu-hard-swish",
        Group.ARITHMETIC,
        "a piecewise parabola for silu",
        "An error of some hundredths from the first layer on.",
        "An approximation for small processors.",
        List.of(),
        activation(gate -> gate * Math.clamp(gate + 3, 0, 6) / 6));
  }

  private static Mutant siluSigmoid() {
    return new Mutant(
        "silu-sigmoid",
        Group.ARITHMETIC,
        "sigmoid for silu",
        "Wrong from the first layer on.",
        "The first gated network, GLU.",
        List.of(),
        activation(gate -> 1 / (1 + StrictMath.exp(-gate))));
  }

  private static Mutant siluRelu() {
    return new Mutant(
        "silu-relu",
        Group.ARITHMETIC,
        "relu for silu",
        "Wrong from the first layer on.",
        "The activation of another model: hidden_act is not read.",
        List.of(),
        activation(gate -> Math.max(gate, 0)));
  }

  private static Mutant siluOfProduct() {
    return new Mutant(
        "silu-of-product",
        Group.ARITHMETIC,
        "silu of the product of gate and up",
        "Wrong from the first layer on.",
        "Parentheses.",
        List.of(),
        gated((gate, up) -> silu(gate * up)));
  }

  private static Mutant gateUnused() {
    return new Mutant(
        "gate-unused",
        Group.ARITHMETIC,
        "silu of up, and no gate",
        "Wrong from the first layer on.",
        "The feed-forward network of two matrices.",
        List.of(),
        gated((gate, up) -> silu(up)));
  }

  private static Mutant siluHalf() {
    return new Mutant(
        "silu-half",
        Group.ARITHMETIC,
        "silu rounded to F16, before and after",
        "A relative error of some 1e-4 in every activation.",
        "An activation in the type of the weights, or a table of halves.",
        List.of(),
        activation(gate -> HalfType.F16.round((float) silu(HalfType.F16.round((float) gate)))));
  }

  private static Kernels swapped(Kernels right) {
    return new KernelsView(right) {
      @Override
      public void swiGlu(Activations gate, Activations up, Activations y) {
        right.swiGlu(up, gate, y);
      }
    };
  }

  private static double silu(double gate) {
    return gate / (1 + StrictMath.exp(-gate));
  }

  private static Seams activation(DoubleUnaryOperator activation) {
    return gated((gate, up) -> (float) activation.applyAsDouble(gate) * up);
  }

  private static Seams gated(DoubleBinaryOperator gated) {
    return Deviations.kernels(
        (right, _) ->
            new KernelsView(right) {
              @Override
              public void swiGlu(Activations gate, Activations up, Activations y) {
                for (int i = 0; i < gate.rows() * gate.columns(); i++) {
                  float g = gate.values()[gate.offset() + i];
                  float u = up.values()[up.offset() + i];
                  y.values()[y.offset() + i] = (float) gated.applyAsDouble(g, u);
                }
              }
            });
  }
}
