package touchstone.kernels.simd;

import static touchstone.kernels.ExpPolynomial.C2;
import static touchstone.kernels.ExpPolynomial.C3;
import static touchstone.kernels.ExpPolynomial.C4;
import static touchstone.kernels.ExpPolynomial.C5;
import static touchstone.kernels.ExpPolynomial.C6;
import static touchstone.kernels.ExpPolynomial.C7;
import static touchstone.kernels.ExpPolynomial.EXPONENT_BIAS;
import static touchstone.kernels.ExpPolynomial.FRACTION_BITS;
import static touchstone.kernels.ExpPolynomial.HIGHEST;
import static touchstone.kernels.ExpPolynomial.LN2_HIGH;
import static touchstone.kernels.ExpPolynomial.LN2_LOW;
import static touchstone.kernels.ExpPolynomial.LOG2_E;
import static touchstone.kernels.ExpPolynomial.LOWEST;
import static touchstone.kernels.ExpPolynomial.ROUND;
import static touchstone.kernels.simd.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import touchstone.kernels.ExpPolynomial;

/** The exponential function of an array, in the steps of {@link ExpPolynomial}. */
final class Exp {
  /** Size of the arrays that callers work through: a multiple of every vector, small in L1. */
  static final int CHUNK = 512;

  private Exp() {}

  /**
   * Replaces elements by their exponentials.
   *
   * @param values [{@value #CHUNK}]; elements past {@code count} may change too, to fill a vector
   */
  static void inPlace(float[] values, int count) {
    FloatVector one = FloatVector.broadcast(FLOATS, 1);
    for (int i = 0; i < count; i += Lanes.COUNT) {
      FloatVector x = FloatVector.fromArray(FLOATS, values, i).max(LOWEST).min(HIGHEST);
      FloatVector round = FloatVector.broadcast(FLOATS, ROUND);
      FloatVector n = x.fma(FloatVector.broadcast(FLOATS, LOG2_E), round).sub(round);
      FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), x);
      r = n.fma(FloatVector.broadcast(FLOATS, -LN2_LOW), r);
      FloatVector p = FloatVector.broadcast(FLOATS, C7);
      p = p.fma(r, FloatVector.broadcast(FLOATS, C6));
      p = p.fma(r, FloatVector.broadcast(FLOATS, C5));
      p = p.fma(r, FloatVector.broadcast(FLOATS, C4));
      p = p.fma(r, FloatVector.broadcast(FLOATS, C3));
      p = p.fma(r, FloatVector.broadcast(FLOATS, C2));
      p = p.fma(r, one);
      p = p.fma(r, one);
      IntVector exponent = (IntVector) n.convert(VectorOperators.F2I, 0);
      IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
      IntVector rest = exponent.sub(half);
      FloatVector first =
          half.add(EXPONENT_BIAS)
              .lanewise(VectorOperators.LSHL, FRACTION_BITS)
              .reinterpretAsFloats();
      FloatVector second =
          rest.add(EXPONENT_BIAS)
              .lanewise(VectorOperators.LSHL, FRACTION_BITS)
              .reinterpretAsFloats();
      p.mul(first).mul(second).intoArray(values, i);
    }
  }
}
