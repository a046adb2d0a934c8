package touchstone.gptq;

/**
 * The order in which a product with a {@link GptqMatrix} adds up its terms. It is part of the
 * definition, so that every kernel set returns the same bits: inputs go group by group, ascending
 * inside a group, in blocks of at most {@value #BLOCK} that never cross a group. A sequential
 * matrix is thus read from top to bottom; one with act-order is read as if its rows were sorted by
 * group.
 *
 * @deviation none of the runtimes fixes an order; ours is the one that streams
 * @rules SUM-1
 */
public final class SummationOrder {
  /** Most inputs in a block. */
  public static final int BLOCK = 128;

  private final int[] inputs; // [inputs], sorted by group, stable
  private final int[] blockStart; // [blocks + 1], indices into inputs
  private final int[] blockGroup; // [blocks]

  private SummationOrder(int[] inputs, int[] blockStart, int[] blockGroup) {
    this.inputs = inputs;
    this.blockStart = blockStart;
    this.blockGroup = blockGroup;
  }

  /** The order for inputs whose groups are given; every group is in 0 to groups - 1. */
  static SummationOrder of(int[] groupOf, int groups) {
    int[] groupStart = new int[groups + 1];
    for (int group : groupOf) {
      groupStart[group + 1]++;
    }
    int blocks = 0;
    for (int group = 0; group < groups; group++) {
      blocks += Math.ceilDiv(groupStart[group + 1], BLOCK);
      groupStart[group + 1] += groupStart[group];
    }
    int[] blockStart = new int[blocks + 1];
    int[] blockGroup = new int[blocks];
    int block = 0;
    for (int group = 0; group < groups; group++) {
      for (int at = groupStart[group]; at < groupStart[group + 1]; at += BLOCK) {
        blockStart[block] = at;
        blockGroup[block++] = group;
      }
    }
    blockStart[blocks] = groupOf.length;
    return new SummationOrder(sortByGroup(groupOf, groupStart.clone()), blockStart, blockGroup);
  }

  /** A counting sort, which keeps the inputs of a group in ascending order. */
  private static int[] sortByGroup(int[] groupOf, int[] next) {
    int[] inputs = new int[groupOf.length];
    for (int input = 0; input < groupOf.length; input++) {
      inputs[next[groupOf[input]]++] = input;
    }
    return inputs;
  }

  /** Number of blocks. */
  public int blocks() {
    return blockGroup.length;
  }

  /** Place in the order at which a block starts; {@code start(blocks())} is the number of inputs. */
  public int start(int block) {
    return blockStart[block];
  }

  /** The group of a block. */
  public int group(int block) {
    return blockGroup[block];
  }

  /** The input at a place in the order. */
  public int input(int place) {
    return inputs[place];
  }

  /** Whether the order is that of the inputs themselves. */
  public boolean isSequential() {
    for (int place = 0; place < inputs.length; place++) {
      if (inputs[place] != place) {
        return false;
      }
    }
    return true;
  }
}
