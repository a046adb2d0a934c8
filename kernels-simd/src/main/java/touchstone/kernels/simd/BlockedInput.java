package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import touchstone.gptq.SummationOrder;
import touchstone.kernels.ExpPolynomial;
import touchstone.kernels.Numerics;
import touchstone.kernels.ThreadTeam;
import touchstone.tensor.Activations;

/**
 * Activations as a product with a quantised matrix takes them: in the order of summation, every block
 * filled up with zeros to whole words, and in mode int8 rounded. One instance serves one product after
 * another and keeps its arrays.
 *
 * <p>Several rows are laid out in bundles of {@link #BUNDLE}, the last one filled up with rows of zeros:
 * block after block, bundle after bundle, place after place, the rows of a bundle side by side. A kernel
 * so reads one stream, whatever the number of rows. A single row is laid out as it is.
 */
final class BlockedInput {
  /** Rows that are multiplied together where there are several. */
  static final int BUNDLE = 4;

  /** A block whose largest magnitude is below counts as zero. */
  private static final float SMALLEST = 0x1p-100f;

  /** Adding and subtracting it rounds a small float to the nearest integer, ties to even. */
  private static final float ROUND = ExpPolynomial.ROUND;

  /** Fewer values than this are not worth handing to other threads. */
  private static final int WORTH_SHARING = 1 << 14;

  private TileLayout layout;
  private SummationOrder order;
  private Numerics numerics;
  private int together; // rows in a bundle
  private int bundles;
  private float[] gathered = {}; // [rows, places]
  private float[] values = {}; // [blocks, bundles, places of the block, rows of a bundle]
  private int[] factors = {}; // [blocks, bundles, words of the block, fields of a half, rows]
  private int[] starts = {}; // [blocks, bundles, chunks of the block, rows of a bundle]
  private float[] steps = {}; // [blocks, rows of all bundles]
  private float[] sums = {}; // [blocks, rows of all bundles]

  /** Takes over the rows of x. */
  void fill(
      Activations x, TileLayout layout, SummationOrder order, Numerics numerics, ThreadTeam team) {
    this.layout = layout;
    this.order = order;
    this.numerics = numerics;
    this.together = x.rows() == 1 ? 1 : BUNDLE;
    this.bundles = Math.ceilDiv(x.rows(), together);
    int rows = rows();
    int blocks = layout.blocks();
    gathered = atLeast(gathered, Math.multiplyExact(rows, layout.places()));
    sums = atLeast(sums, rows * blocks);
    steps = atLeast(steps, rows * blocks);
    if (layout.halved()) {
      factors = atLeast(factors, Math.multiplyExact(rows, words(blocks) * layout.halfFields()));
      starts = atLeast(starts, rows * layout.firstChunk(blocks));
    } else if (together > 1) {
      values = atLeast(values, rows * layout.places());
    }
    if (rows * x.columns() < WORTH_SHARING) {
      fill(x, 0, rows * blocks);
    } else {
      team.split(rows * blocks, (from, to) -> fill(x, from, to));
    }
  }

  private static float[] atLeast(float[] array, int length) {
    return array.length < length ? new float[length] : array;
  }

  private static int[] atLeast(int[] array, int length) {
    return array.length < length ? new int[length] : array;
  }

  private void fill(Activations x, int from, int to) {
    for (int i = from; i < to; i++) {
      int row = i / layout.blocks();
      int block = i % layout.blocks();
      gather(x, row, block);
      int start = row * layout.places() + place(block);
      switch (numerics) {
        case F32 -> {
          int at = index(block, 0) + row;
          steps[at] = 1;
          sums[at] = plainSum(start, count(block));
        }
        case INT8 -> round(row, block, start);
      }
      if (layout.halved()) {
        combine(row, block, start);
      } else if (together > 1) {
        spread(row, block, start);
      }
    }
  }

  private int words(int block) {
    return layout.firstRow(block);
  }

  private int place(int block) {
    return words(block) * layout.fields();
  }

  private int places(int block) {
    return layout.rows()[block] * layout.fields();
  }

  private int count(int block) {
    return order.start(block + 1) - order.start(block);
  }

  /** The values of a block, and zeros up to a whole word; of a row that fills a bundle up, zeros. */
  private void gather(Activations x, int row, int block) {
    int to = row * layout.places() + place(block);
    int count = row < x.rows() ? count(block) : 0;
    if (count > 0) {
      float[] from = x.values();
      int start = x.start(row);
      int first = order.start(block);
      for (int i = 0; i < count; i++) {
        gathered[to + i] = from[start + order.input(first + i)];
      }
    }
    Arrays.fill(gathered, to + count, to + places(block), 0);
  }

  private float plainSum(int from, int count) {
    float sum = 0;
    for (int i = 0; i < count; i++) {
      sum += gathered[from + i];
    }
    return sum;
  }

  /** Puts a block beside those of the other rows of its bundle. */
  private void spread(int row, int block, int from) {
    int to = start(block, row / together) + row % together;
    int count = places(block);
    for (int i = 0; i < count; i++) {
      values[to + i * together] = gathered[from + i];
    }
  }

  /** Rounds a block to integers, which stay floats. */
  private void round(int row, int block, int from) {
    int size = places(block);
    int at = index(block, 0) + row;
    float max = max(from, size);
    steps[at] = max >= SMALLEST || Float.isNaN(max) ? max / 127 : 0;
    // A block with NaN or infinity becomes zeros: its step alone makes the result show it.
    if (max >= SMALLEST && max <= Float.MAX_VALUE) {
      sums[at] = round(from, size, 127 / max);
    } else {
      Arrays.fill(gathered, from, from + size, 0);
      sums[at] = 0;
    }
  }

  /** The largest magnitude; magnitudes of floats are ordered as their bits, NaN above infinity. */
  private float max(int from, int count) {
    int magnitude = 0x7fffffff;
    int max = 0;
    int i = 0;
    for (; i < FLOATS.loopBound(count); i += Lanes.COUNT) {
      int largest =
          FloatVector.fromArray(FLOATS, gathered, from + i)
              .reinterpretAsInts()
              .and(magnitude)
              .reduceLanes(VectorOperators.MAX);
      max = Math.max(max, largest);
    }
    for (; i < count; i++) {
      max = Math.max(max, Float.floatToRawIntBits(gathered[from + i]) & magnitude);
    }
    return Float.intBitsToFloat(max);
  }

  /** Rounds in place and returns the sum, which is exact. */
  private float round(int from, int count, float inverse) {
    int sum = 0;
    for (int i = from; i < from + count; i++) {
      float rounded = (gathered[i] * inverse + ROUND) - ROUND;
      gathered[i] = rounded;
      sum += (int) rounded;
    }
    return sum;
  }

  /**
   * Makes the factors of a block: for field i of a half {@code x_i - 2^bits x_(i-1)}, the low half's in
   * the low 16 bits and the high half's above; and the starts of its chunks, minus the centre of the
   * codes times the sum of x.
   */
  private void combine(int row, int block, int from) {
    int fields = layout.halfFields();
    int bits = layout.bits();
    int to = factorStart(block, row / together) + row % together;
    int chunk = chunkStart(block, row / together) + row % together;
    int place = from;
    int rows = layout.rows()[block];
    for (int first = 0; first < rows; first += TileLayout.chunkRows(bits)) {
      int end = Math.min(rows, first + TileLayout.chunkRows(bits));
      int lowSum = 0;
      int highSum = 0;
      for (int word = first; word < end; word++) {
        int low = 0;
        int high = 0;
        for (int field = 0; field < fields; field++) {
          int nextLow = (int) gathered[place + field];
          int nextHigh = (int) gathered[place + fields + field];
          factors[to] = pair(nextLow - (low << bits), nextHigh - (high << bits));
          to += together;
          lowSum += nextLow;
          highSum += nextHigh;
          low = nextLow;
          high = nextHigh;
        }
        place += 2 * fields;
      }
      starts[chunk] = pair(-(lowSum << (bits - 1)), -(highSum << (bits - 1)));
      chunk += together;
    }
  }

  private static int pair(int low, int high) {
    return low & 0xffff | high << Short.SIZE;
  }

  /** Number of rows, those that fill the last bundle up included. */
  int rows() {
    return bundles * together;
  }

  /** Number of bundles of rows. */
  int bundles() {
    return bundles;
  }

  /** The activations, or in mode int8 their integers. */
  float[] values() {
    return together == 1 ? gathered : values;
  }

  /** Where the values of a bundle start in a block. */
  int start(int block, int bundle) {
    return (place(block) * bundles + bundle * places(block)) * together;
  }

  /** What words are multiplied with where they have halves. */
  int[] factors() {
    return factors;
  }

  /** Where the factors of a bundle start in a block. */
  int factorStart(int block, int bundle) {
    return (words(block) * bundles + bundle * layout.rows()[block])
        * layout.halfFields()
        * together;
  }

  /** What the sums of the chunks start at, in both halves. */
  int[] starts() {
    return starts;
  }

  /** Where the chunks of a bundle start in a block. */
  int chunkStart(int block, int bundle) {
    int first = layout.firstChunk(block);
    return (first * bundles + bundle * (layout.firstChunk(block + 1) - first)) * together;
  }

  /** The sums of the values over blocks. */
  float[] sums() {
    return sums;
  }

  /** What a value counts, by blocks. */
  float[] steps() {
    return steps;
  }

  /** Where the sums and the steps of the rows of a bundle start in a block. */
  int index(int block, int bundle) {
    return block * rows() + bundle * together;
  }
}
