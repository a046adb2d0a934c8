package touchstone.kernels.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import touchstone.kernels.Kernels;

/** The vectors of this machine: as wide as it prefers, at most as wide as the stripes of a sum. */
final class Lanes {
  static final VectorSpecies<Float> FLOATS =
      FloatVector.SPECIES_PREFERRED.length() > Kernels.STRIPES
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  /** As many integers as {@link #FLOATS} has floats. */
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

  /** Twice as many 16-bit integers. */
  static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, FLOATS.vectorShape());

  /** As many 16-bit integers as {@link #FLOATS} has floats. */
  static final VectorSpecies<Short> HALF_SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));

  /** Lanes of a vector: a power of two, 4 to 16 on today's machines. */
  static final int COUNT = FLOATS.length();

  private Lanes() {}
}
