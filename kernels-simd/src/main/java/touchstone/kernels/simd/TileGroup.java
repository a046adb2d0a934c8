package touchstone.kernels.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.PackedCodes;

/** The scales and zero points of one group for a tile of outputs. One instance serves one thread. */
final class TileGroup {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final GptqMatrix weight;
  private final WidenedRows stored;
  private final float[] scales; // [outputs of the tile]
  private final float[] negatedZeros; // [outputs of the tile]
  private final int[] words;

  TileGroup(GptqMatrix weight, int width) {
    this.weight = weight;
    this.stored = new WidenedRows(weight.scales());
    this.scales = new float[width];
    this.negatedZeros = new float[width];
    this.words = new int[PackedCodes.words(width, weight.bits())];
  }

  /** Decodes a group for outputs {@code n} to {@code n + width - 1}, both multiples of 32. */
  void decode(int group, int n, int width) {
    stored.copy((long) group * weight.rows() + n, scales, width);
    int bits = weight.bits();
    long row = (long) group * PackedCodes.words(weight.rows(), bits);
    long from = (row + PackedCodes.words(n, bits)) * Integer.BYTES;
    int count = PackedCodes.words(width, bits);
    MemorySegment.copy(weight.qzeros().data(), INT, from, words, 0, count);
    int centre = (1 << (bits - 1)) - weight.zeroPoints().offset();
    if (Integer.SIZE % bits == 0) {
      for (int j = 0; j < width; j++) {
        int bit = j * bits;
        int zero = words[bit / Integer.SIZE] >>> (bit % Integer.SIZE) & ((1 << bits) - 1);
        negatedZeros[j] = -(float) (zero - centre);
      }
    } else {
      for (int j = 0; j < width; j++) {
        int zero = PackedCodes.code(index -> words[index], bits, j);
        negatedZeros[j] = -(float) (zero - centre);
      }
    }
  }

  /** The scales, from the first output of the tile on. */
  float[] scales() {
    return scales;
  }

  /** The centred zero points with their signs turned, from the first output of the tile on. */
  float[] negatedZeros() {
    return negatedZeros;
  }
}
