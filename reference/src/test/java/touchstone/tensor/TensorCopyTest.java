package touchstone.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("CKPT-3")
class TensorCopyTest {
  /** All 65536 bit patterns of the halves, NaN payloads among them, from an odd address. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void copyingGivesTheBitsOfEveryElement(DType dtype) {
    int count = 65_536;
    byte[] bytes = new byte[count * dtype.bytes() + 1];
    new Random(7).nextBytes(bytes);
    if (dtype != DType.F32) {
      for (int i = 0; i < count; i++) {
        bytes[1 + 2 * i] = (byte) i;
        bytes[2 + 2 * i] = (byte) (i >>> 8);
      }
    }
    MemorySegment data = MemorySegment.ofArray(bytes).asSlice(1);
    Tensor tensor = new Tensor("t", dtype, List.of((long) count), data);
    float[] copied = new float[count + 4];
    tensor.copyFloats(3, copied, 5, count - 3);
    for (int i = 3; i < count; i++) {
      assertThat(Float.floatToRawIntBits(copied[i + 2]))
          .isEqualTo(Float.floatToRawIntBits(tensor.floatAt(i)));
    }
    assertThat(copied).startsWith(0, 0, 0, 0, 0);
  }

  @ParameterizedTest
  @EnumSource(names = {"I32", "U32"})
  void copyingGivesEveryInteger(DType dtype) {
    byte[] bytes = new byte[4 * 9 + 1];
    new Random(8).nextBytes(bytes);
    MemorySegment data = MemorySegment.ofArray(bytes).asSlice(1);
    Tensor tensor = new Tensor("t", dtype, List.of(9L), data);
    int[] copied = new int[8];
    tensor.copyInts(3, copied, 2, 5);
    assertThat(copied)
        .containsExactly(
            0,
            0,
            tensor.intAt(3),
            tensor.intAt(4),
            tensor.intAt(5),
            tensor.intAt(6),
            tensor.intAt(7),
            0);
  }
}
