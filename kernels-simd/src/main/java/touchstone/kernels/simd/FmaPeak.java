package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * Fused multiply-adds in registers: twelve independent chains, enough for two units with a latency
 * of four to six cycles, few enough for sixteen registers. Each adds a product to its own sum, which
 * is what the instruction and every kernel does; other forms cost C2 a move.
 */
final class FmaPeak {
  private static final int CHAINS = 12;
  private static final int STEPS = 2_000;
  private static final float LEFT = 0.25f;
  private static final float RIGHT = 0.5f;

  /** Floating-point operations of one run. */
  static final long OPERATIONS = 2L * CHAINS * STEPS * Lanes.COUNT;

  private FmaPeak() {}

  /** Runs the chains so many times, and fails if they did not end where they must. */
  static void run(int times) {
    float[] sums = new float[Lanes.COUNT];
    for (int i = 0; i < times; i++) {
      int start = i % 2;
      chains(start, sums);
      for (float sum : sums) {
        if (sum != CHAINS * (start + STEPS * LEFT * RIGHT)) {
          throw new AssertionError("chains of fused multiply-adds ended at " + sum);
        }
      }
    }
  }

  /** The sums of all chains, lane by lane. */
  private static void chains(float start, float[] sums) {
    FloatVector left = FloatVector.broadcast(FLOATS, LEFT);
    FloatVector right = FloatVector.broadcast(FLOATS, RIGHT);
    FloatVector c0 = FloatVector.broadcast(FLOATS, start);
    FloatVector c1 = c0;
    FloatVector c2 = c0;
    FloatVector c3 = c0;
    FloatVector c4 = c0;
    FloatVector c5 = c0;
    FloatVector c6 = c0;
    FloatVector c7 = c0;
    FloatVector c8 = c0;
    FloatVector c9 = c0;
    FloatVector c10 = c0;
    FloatVector c11 = c0;
    for (int step = 0; step < STEPS; step++) {
      c0 = left.fma(right, c0);
      c1 = left.fma(right, c1);
      c2 = left.fma(right, c2);
      c3 = left.fma(right, c3);
      c4 = left.fma(right, c4);
      c5 = left.fma(right, c5);
      c6 = left.fma(right, c6);
      c7 = left.fma(right, c7);
      c8 = left.fma(right, c8);
      c9 = left.fma(right, c9);
      c10 = left.fma(right, c10);
      c11 = left.fma(right, c11);
    }
    c0 = c0.add(c1).add(c2).add(c3).add(c4).add(c5);
    c6.add(c7).add(c8).add(c9).add(c10).add(c11).add(c0).intoArray(sums, 0);
  }
}
