package touchstone.kernels.simd;

/** Which key and value head a query head shares. */
final class Heads {
  private Heads() {}

  static int shared(int head, int heads, int kvHeads) {
    return head / (heads / kvHeads);
  }
}
