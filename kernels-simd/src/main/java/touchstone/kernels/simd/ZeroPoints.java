package touchstone.kernels.simd;

import java.util.Arrays;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.PackedCodes;

/** Whether the zero points of a matrix have to be computed with. */
final class ZeroPoints {
  private ZeroPoints() {}

  /** Whether every zero point is {@code 2^(bits-1)}, as in every symmetric quantisation. */
  static boolean areCentres(GptqMatrix weight) {
    int bits = weight.bits();
    int[] codes = new int[Integer.SIZE];
    Arrays.fill(codes, (1 << (bits - 1)) - weight.zeroPoints().offset());
    int[] pattern = PackedCodes.pack(codes, bits);
    long words = weight.qzeros().elements();
    for (long word = 0; word < words; word++) {
      if (weight.qzeros().intAt(word) != pattern[(int) (word % bits)]) {
        return false;
      }
    }
    return true;
  }
}
