package touchstone.generate;

/**
 * The random numbers of sampling: Philox4x32-10, a function from a counter and a key to 128 bits. It
 * has no state, so the number for one step of one sequence does not depend on what else is drawn, in
 * which order, or by how many threads.
 *
 * <pre>
 * ten times:  (c0, c1, c2, c3) = (hi(M1 * c2) ^ c1 ^ k0,  lo(M1 * c2),  hi(M0 * c0) ^ c3 ^ k1,  lo(M0 * c0))
 *             then  (k0, k1) = (k0 + W0, k1 + W1)
 * M0 = d2511f53   M1 = cd9e8d57   W0 = 9e3779b9   W1 = bb67ae85      all words of 32 bits
 *
 * counter = (step low, step high, sequence low, sequence high)    key = (seed low, seed high)
 * uniform = floor((c0 + 2^32 * c1) / 2^11) / 2^53                 in [0, 1)
 * </pre>
 *
 * @source Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"; tested with
 *     the known answers of the Random123 distribution, tests/kat_vectors
 * @numerics integers; the uniform number is a multiple of 2^-53, exact in a double
 * @rules SAMPLE-10
 */
public final class Philox {
  private static final int ROUNDS = 10;
  private static final long M0 = 0xD2511F53L;
  private static final long M1 = 0xCD9E8D57L;
  private static final int W0 = 0x9E3779B9;
  private static final int W1 = 0xBB67AE85;
  private static final long LOW = 0xFFFFFFFFL;

  private Philox() {}

  /** The number in [0, 1) that belongs to one step of one sequence under one seed. */
  public static double uniform(long seed, long sequence, long step) {
    int[] counter = {(int) step, (int) (step >>> 32), (int) sequence, (int) (sequence >>> 32)};
    int[] random = block(counter, (int) seed, (int) (seed >>> 32));
    long bits = (random[0] & LOW) | (random[1] & LOW) << 32;
    return (bits >>> 11) * 0x1p-53;
  }

  /** The four words for a counter of four words and a key of two. */
  static int[] block(int[] counter, int key0, int key1) {
    int[] c = counter.clone();
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = M0 * (c[0] & LOW);
      long product1 = M1 * (c[2] & LOW);
      c[0] = (int) (product1 >>> 32) ^ c[1] ^ (key0 + round * W0);
      c[1] = (int) product1;
      c[2] = (int) (product0 >>> 32) ^ c[3] ^ (key1 + round * W1);
      c[3] = (int) product0;
    }
    return c;
  }
}
