package touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

class TensorBytesTest {
  private static Tensor tensor(DType dtype, byte[] bytes) {
    List<Long> shape = List.of((long) bytes.length / dtype.bytes());
    return new Tensor("t", dtype, shape, MemorySegment.ofArray(bytes));
  }

  @Test
  void everyByteIsCompared() {
    byte[] bytes = new byte[200_002];
    new Random(1).nextBytes(bytes);
    byte[] other = bytes.clone();
    assertThat(TensorBytes.equal(tensor(DType.I8, bytes), tensor(DType.I8, other))).isTrue();
    for (int at : new int[] {0, 65_535, 65_536, 131_071, 131_072, 196_608, 200_001}) {
      other[at] ^= 1;
      assertThat(TensorBytes.equal(tensor(DType.I8, bytes), tensor(DType.I8, other))).isFalse();
      other[at] ^= 1;
    }
  }

  @Test
  void equalBytesOfAnotherTypeOrShapeAreNotEqual() {
    byte[] bytes = new byte[8];
    assertThat(TensorBytes.equal(tensor(DType.F16, bytes), tensor(DType.BF16, bytes))).isFalse();
    assertThat(TensorBytes.equal(tensor(DType.I8, bytes), tensor(DType.I8, new byte[4]))).isFalse();
  }
}
