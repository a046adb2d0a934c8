package touchstone.kernels.scalar;

/**
 * Which key and value head a query head shares.
 *
 * <pre>
 * kvHead = head / (heads / kvHeads)        consecutive query heads share one
 * </pre>
 *
 * @source Ainslie et al. 2023 (arXiv 2305.13245); transformers 4.33 repeat_kv
 * @rules ATTN-3
 */
final class Heads {
  private Heads() {}

  static int shared(int head, int heads, int kvHeads) {
    return head / (heads / kvHeads);
  }
}
