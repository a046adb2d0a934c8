package touchstone.kernels.scalar;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.PackedCodes;
import touchstone.gptq.ZeroPointFormat;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.tensor.Activations;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;

final class LinearTest {
  private static final int SIZE = 32;

  /** A 4-bit matrix of 32 outputs, scale 1/2, whose codes are the same for every output. */
  private static GptqMatrix matrix(int storedZero, int groupSize, int[] groupOf, int... codes) {
    int inputs = codes.length;
    int groups = Math.ceilDiv(inputs, groupSize);
    int[] column = PackedCodes.pack(codes, 4);
    int[] qweight = new int[column.length * SIZE];
    for (int row = 0; row < column.length; row++) {
      Arrays.fill(qweight, row * SIZE, (row + 1) * SIZE, column[row]);
    }
    int[] zeros = new int[SIZE];
    Arrays.fill(zeros, storedZero);
    int[] qzeros = new int[groups * SIZE / 8];
    Arrays.fill(qzeros, PackedCodes.pack(zeros, 4)[0]);
    float[] scales = new float[groups * SIZE];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = 0.5f / (1 + i / SIZE); // 1/2 in group 0, 1/4 in group 1
    }
    return GptqMatrix.of(
        "m",
        new GptqConfig(
            4,
            groupSize,
            false,
            false,
            ZeroPointFormat.V1,
            OptionalDouble.empty(),
            false,
            true,
            Optional.empty()),
        SIZE,
        inputs,
        ints("qweight", qweight, column.length, SIZE),
        ints("qzeros", qzeros, groups, SIZE / 8),
        new Tensor(
            "scales",
            DType.F32,
            List.of((long) groups, (long) SIZE),
            MemorySegment.ofArray(scales)),
        Optional.of(ints("g_idx", groupOf, inputs)));
  }

  private static Tensor ints(String name, int[] values, long... shape) {
    return new Tensor(
        name, DType.I32, Arrays.stream(shape).boxed().toList(), MemorySegment.ofArray(values));
  }

  private static int[] codes(int code, int count) {
    int[] codes = new int[count];
    Arrays.fill(codes, code);
    return codes;
  }

  private static float[] product(Numerics mode, GptqMatrix matrix, float... x) {
    Activations y = Activations.zeros(1, SIZE);
    try (Kernels kernels = new ScalarKernels(mode, 1)) {
      kernels.linear(matrix, Optional.empty()).apply(Activations.row(x), y);
    }
    for (float value : y.values()) {
      assertThat(Float.floatToIntBits(value)).isEqualTo(Float.floatToIntBits(y.values()[0]));
    }
    return y.toArray();
  }

  private static float[] input(int inputs, int place, float value) {
    float[] x = new float[inputs];
    x[place] = value;
    return x;
  }

  @Test
  @Tag("LINEAR-1")
  void aDenseProductIsTheDotProductWithEachRow() {
    MemorySegment data = MemorySegment.ofArray(new float[] {1, 2, 3, 4, 5, 6});
    DenseMatrix matrix = new DenseMatrix(new Tensor("w", DType.F32, List.of(2L, 3L), data));
    Activations y = Activations.zeros(1, 2);
    try (Kernels kernels = new ScalarKernels(Numerics.F32, 1)) {
      kernels.linear(matrix, Optional.of(new float[] {1, 1})).apply(Activations.row(1, 10, 100), y);
    }
    assertThat(y.toArray()).containsExactly(322, 655);
  }

  @Test
  @Tag("GPTQ-6")
  void theWeightIsTheScaleTimesCodeMinusZeroPoint() {
    // Stored 6 in v1 is zero point 7; (10 - 7) / 2 = 1.5
    GptqMatrix matrix = matrix(6, SIZE, new int[SIZE], codes(10, SIZE));
    assertThat(product(Numerics.F32, matrix, input(SIZE, 3, 4))[0]).isEqualTo(6);
    assertThat(product(Numerics.INT8, matrix, input(SIZE, 3, 4))[0]).isEqualTo(6);
  }

  @Test
  @Tag("GPTQ-6")
  void theStoredZeroPointDoesNotWrap() {
    // Stored 15 in v1 is zero point 16, not 0: (10 - 16) / 2 = -3
    GptqMatrix matrix = matrix(15, SIZE, new int[SIZE], codes(10, SIZE));
    assertThat(product(Numerics.F32, matrix, input(SIZE, 3, 1))[0]).isEqualTo(-3);
    assertThat(product(Numerics.INT8, matrix, input(SIZE, 3, 1))[0]).isEqualTo(-3);
  }

  @Test
  @Tag("GPTQ-6")
  void theGroupIndexChoosesTheScale() {
    int[] groupOf = new int[2 * SIZE];
    Arrays.fill(groupOf, 0, SIZE, 1);
    // Input 5 is in group 1, scale 1/4: (10 - 8) / 4; input 40 in group 0, scale 1/2.
    GptqMatrix matrix = matrix(7, SIZE, groupOf, codes(10, 2 * SIZE));
    assertThat(product(Numerics.F32, matrix, input(2 * SIZE, 5, 1))[0]).isEqualTo(0.5f);
    assertThat(product(Numerics.F32, matrix, input(2 * SIZE, 40, 1))[0]).isEqualTo(1);
  }

  @Test
  @Tag("SUM-1")
  void inputsAreAddedInAscendingOrder() {
    GptqMatrix matrix = matrix(7, SIZE, new int[SIZE], codes(9, SIZE)); // weight 1/2
    // 1 + 2^-24 + 2^-24 is 1 in this order and 1 + 2^-23 with the large one last.
    float[] first = new float[SIZE];
    first[0] = 1;
    first[1] = 0x1p-24f;
    first[2] = 0x1p-24f;
    float[] last = new float[SIZE];
    last[0] = 0x1p-24f;
    last[1] = 0x1p-24f;
    last[2] = 1;
    assertThat(product(Numerics.F32, matrix, first)[0]).isEqualTo(0.5f);
    assertThat(product(Numerics.F32, matrix, last)[0]).isEqualTo(0.5f + 0x1p-24f);
  }

  @Test
  @Tag("SUM-1")
  void aBlockEndsAfter128Inputs() {
    int inputs = 160;
    GptqMatrix matrix = matrix(7, inputs, new int[inputs], codes(9, inputs)); // weight 1/2
    float[] x = new float[inputs];
    x[0] = 1;
    x[127] = 0x1p-24f;
    x[128] = 0x1p-24f;
    x[129] = 0x1p-24f;
    // Input 127 is lost to its block; 128 and 129 add up in theirs before they meet the 1.
    assertThat(product(Numerics.F32, matrix, x)[0]).isEqualTo(0.5f + 0x1p-24f);
    x[129] = 0;
    assertThat(product(Numerics.F32, matrix, x)[0]).isEqualTo(0.5f);
  }

  @Test
  @Tag("INT8-1")
  void activationsAreRoundedToTheNearestOf255Steps() {
    GptqMatrix matrix = matrix(7, SIZE, new int[SIZE], codes(10, SIZE)); // weight 1
    // The largest is 127, so a step is 1: 2.5 goes to the even 2, 3.5 to 4.
    float[] x = input(SIZE, 0, 127);
    x[1] = 2.5f;
    assertThat(product(Numerics.INT8, matrix, x)[0]).isEqualTo(129);
    x[1] = 3.5f;
    assertThat(product(Numerics.INT8, matrix, x)[0]).isEqualTo(131);
    x[1] = -2.5f;
    assertThat(product(Numerics.INT8, matrix, x)[0]).isEqualTo(125);
  }

  @Test
  @Tag("INT8-1")
  void aTinyBlockCountsAsZeroAndANonFiniteOneShows() {
    GptqMatrix matrix = matrix(7, SIZE, new int[SIZE], codes(10, SIZE));
    assertThat(product(Numerics.INT8, matrix, input(SIZE, 0, 0x1p-101f))[0]).isZero();
    assertThat(product(Numerics.INT8, matrix, input(SIZE, 0, 0x1p-100f))[0]).isNotZero();
    assertThat(product(Numerics.INT8, matrix, input(SIZE, 0, Float.NaN))[0]).isNaN();
    assertThat(product(Numerics.INT8, matrix, input(SIZE, 0, Float.NEGATIVE_INFINITY))[0]).isNaN();
  }
}
