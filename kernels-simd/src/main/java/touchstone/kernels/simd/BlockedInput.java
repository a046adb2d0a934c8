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
 */
final class BlockedInput {
  /** A block whose largest magnitude is below counts as zero. */
  private static final float SMALLEST = 0x1p-100f;

  /** Adding and subtracting it rounds a small float to the nearest integer, ties to even. */
  private static final float ROUND = ExpPolynomial.ROUND;

  /** Fewer values than this are not worth handing to other threads. */
  private static final int WORTH_SHARING = 1 << 14;

  private TileLayout layout;
  private SummationOrder order;
  private Numerics numerics;
  private float[] values = {}; // [rows, places]
  private int[] factors = {}; // [rows, words, fields of a half]
  private int[] starts = {}; // [rows, chunks]
  private float[] steps = {}; // [rows, blocks]
  private float[] sums = {}; // [rows, blocks]

  /** Takes over the rows of x. */
  void fill(
      Activations x, TileLayout layout, SummationOrder order, Numerics numerics, ThreadTeam team) {
    this.layout = layout;
    this.order = order;
    this.numerics = numerics;
    int rows = x.rows();
    values = atLeast(values, Math.multiplyExact(rows, layout.places()));
    sums = atLeast(sums, rows * layout.blocks());
    steps = atLeast(steps, rows * layout.blocks());
    if (layout.halved()) {
      factors = atLeast(factors, Math.multiplyExact(rows, factorStart(1)));
      starts = atLeast(starts, rows * chunkStart(1));
    }
    if (rows * x.columns() < WORTH_SHARING) {
      fill(x, 0, rows * layout.blocks());
    } else {
      team.split(rows * layout.blocks(), (from, to) -> fill(x, from, to));
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
      switch (numerics) {
        case F32 -> {
          steps[i] = 1;
          sums[i] = plainSum(start(row) + place(block), count(block));
        }
        case INT8 -> round(row, block);
      }
    }
  }

  private int place(int block) {
    return layout.firstRow(block) * layout.fields();
  }

  private int count(int block) {
    return order.start(block + 1) - order.start(block);
  }

  private void gather(Activations x, int row, int block) {
    float[] from = x.values();
    int start = x.start(row);
    int first = order.start(block);
    int count = count(block);
    int to = start(row) + place(block);
    for (int i = 0; i < count; i++) {
      values[to + i] = from[start + order.input(first + i)];
    }
    Arrays.fill(values, to + count, start(row) + place(block + 1), 0);
  }

  private float plainSum(int from, int count) {
    float sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[from + i];
    }
    return sum;
  }

  /** Rounds a block to integers, which stay floats, and makes factors of them where words have halves. */
  private void round(int row, int block) {
    int from = start(row) + place(block);
    int size = layout.rows()[block] * layout.fields();
    int at = row * layout.blocks() + block;
    float max = max(from, size);
    steps[at] = max >= SMALLEST || Float.isNaN(max) ? max / 127 : 0;
    // A block with NaN or infinity becomes zeros: its step alone makes the result show it.
    if (max >= SMALLEST && max <= Float.MAX_VALUE) {
      sums[at] = round(from, size, 127 / max);
    } else {
      Arrays.fill(values, from, from + size, 0);
      sums[at] = 0;
    }
    if (layout.halved()) {
      combine(row, block, from);
    }
  }

  /** The largest magnitude; magnitudes of floats are ordered as their bits, NaN above infinity. */
  private float max(int from, int count) {
    int magnitude = 0x7fffffff;
    int max = 0;
    int i = 0;
    for (; i < FLOATS.loopBound(count); i += Lanes.COUNT) {
      int largest =
          FloatVector.fromArray(FLOATS, values, from + i)
              .reinterpretAsInts()
              .and(magnitude)
              .reduceLanes(VectorOperators.MAX);
      max = Math.max(max, largest);
    }
    for (; i < count; i++) {
      max = Math.max(max, Float.floatToRawIntBits(values[from + i]) & magnitude);
    }
    return Float.intBitsToFloat(max);
  }

  /** Rounds in place and returns the sum, which is exact. */
  private float round(int from, int count, float inverse) {
    int sum = 0;
    for (int i = from; i < from + count; i++) {
      float rounded = (values[i] * inverse + ROUND) - ROUND;
      values[i] = rounded;
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
    int to = factorStart(row) + layout.firstRow(block) * fields;
    int chunk = chunkStart(row) + layout.firstChunk(block);
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
          int nextLow = (int) values[place + field];
          int nextHigh = (int) values[place + fields + field];
          factors[to++] = pair(nextLow - (low << bits), nextHigh - (high << bits));
          lowSum += nextLow;
          highSum += nextHigh;
          low = nextLow;
          high = nextHigh;
        }
        place += 2 * fields;
      }
      starts[chunk++] = pair(-(lowSum << (bits - 1)), -(highSum << (bits - 1)));
    }
  }

  private static int pair(int low, int high) {
    return low & 0xffff | high << Short.SIZE;
  }

  /** The activations, or in mode int8 their integers. */
  float[] values() {
    return values;
  }

  /** Where a row of values starts. */
  int start(int row) {
    return row * layout.places();
  }

  /** What words are multiplied with where they have halves. */
  int[] factors() {
    return factors;
  }

  /** Where the factors of a row start. */
  int factorStart(int row) {
    return row * layout.firstRow(layout.blocks()) * layout.halfFields();
  }

  /** What the sums of a chunk start at, in both halves. */
  int start16(int chunk) {
    return starts[chunk];
  }

  /** Where the chunks of a row start. */
  int chunkStart(int row) {
    return row * layout.firstChunk(layout.blocks());
  }

  /** The sum of the values of a row over a block. */
  float sum(int row, int block) {
    return sums[row * layout.blocks() + block];
  }

  /** What a value of a row counts in a block. */
  float step(int row, int block) {
    return steps[row * layout.blocks() + block];
  }
}
