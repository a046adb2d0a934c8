package touchstone.synthetic;

import java.nio.charset.StandardCharsets;

/**
 * The random numbers of one tensor, each a function of its index alone.
 *
 * <pre>
 * draw(i) = mix(key + (i + 1) * G)        key = mix(seed ^ fnv(name))
 * </pre>
 *
 * The draws of a tensor are all different: mix is a bijection and G is odd.
 *
 * @source SplitMix64: Steele, Lea and Flood 2014, Fast splittable pseudorandom number generators;
 *     FNV-1a: draft-eastlake-fnv, 64 bits
 * @param key where the tensor's sequence starts
 * @rules SYNTH-1
 */
record Draws(long key) {
  /** The odd integer nearest to 2^64 divided by the golden ratio. */
  private static final long G = 0x9e3779b97f4a7c15L;

  /** The draws of the tensor {@code name} of the checkpoint with {@code seed}. */
  static Draws of(long seed, String name) {
    return new Draws(mix(seed ^ fnv(name)));
  }

  /** Draw {@code index}. */
  long at(long index) {
    return mix(key + (index + 1) * G);
  }

  /**
   * Draws {@code first, first + stride, ...} where {@code steps} come from {@link #steps}: as many as
   * there are steps, or as {@code into} holds.
   */
  void fill(long first, long[] steps, long[] into) {
    long start = key + (first + 1) * G;
    int count = Math.min(steps.length, into.length);
    for (int i = 0; i < count; i++) {
      into[i] = mix(start + steps[i]);
    }
  }

  /**
   * The multiples of {@code stride * G}. They stand in an array since C2 of JDK 25 makes vector code
   * of a loop that loads them, and not of one that multiplies or counts them up; it is twice as fast.
   */
  static long[] steps(int stride, int count) {
    long[] steps = new long[count];
    for (int i = 0; i < count; i++) {
      steps[i] = (long) i * stride * G;
    }
    return steps;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  private static long fnv(String name) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }
}
