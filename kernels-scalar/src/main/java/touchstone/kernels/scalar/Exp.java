package touchstone.kernels.scalar;

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

import touchstone.kernels.ExpPolynomial;

/**
 * The exponential function, in the steps of {@link ExpPolynomial}.
 *
 * @shapes one number
 * @numerics fp32; within 1 ulp of the true value; NaN stays NaN
 * @rules EXP-1
 */
final class Exp {
  private Exp() {}

  static float exp(float argument) {
    float x = Math.min(Math.max(argument, LOWEST), HIGHEST);
    float n = Math.fma(x, LOG2_E, ROUND) - ROUND;
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
    float p = C7;
    p = Math.fma(p, r, C6);
    p = Math.fma(p, r, C5);
    p = Math.fma(p, r, C4);
    p = Math.fma(p, r, C3);
    p = Math.fma(p, r, C2);
    p = Math.fma(p, r, 1);
    p = Math.fma(p, r, 1);
    int exponent = (int) n;
    int half = exponent >> 1;
    return p * powerOfTwo(half) * powerOfTwo(exponent - half);
  }

  private static float powerOfTwo(int exponent) {
    return Float.intBitsToFloat((exponent + EXPONENT_BIAS) << FRACTION_BITS);
  }
}
