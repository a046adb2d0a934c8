package touchstone.conformance.contract;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.PackedCodes;
import touchstone.gptq.ZeroPointFormat;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/**
 * A quantised matrix to build, and the numbers it is built from.
 *
 * @param groupSize as in the configuration; -1 for one group
 */
public record GptqCase(
    int bits,
    int groupSize,
    Groups layout,
    ZeroPointFormat zeroPoints,
    DType scaleType,
    Codes fill,
    int outputs,
    int inputs) {

  /** Where the groups of inputs lie. */
  public enum Groups {
    /** No g_idx. */
    ABSENT,
    /** g_idx present: input k in group k / groupSize. */
    SEQUENTIAL,
    /** A permutation of the sequential one, as act-order leaves it. */
    ACT_ORDER,
    /** Anything that is in range; some groups empty, others larger than a block. */
    ARBITRARY
  }

  /** How codes and zero points are chosen. */
  public enum Codes {
    /** All random. */
    RANDOM,
    /** All codes 0, all stored zero points all-ones: v1 then means 2^bits. */
    LOWEST,
    /** All codes all-ones, all stored zero points 0. */
    HIGHEST,
    /** Random codes, every zero point 2^(bits-1), as symmetric quantisation has them. */
    CENTRED,
    /** Centred but for the zero point of the last output in the last group. */
    NEARLY_CENTRED
  }

  /** A plain matrix: random codes, one group after another, F16 scales, format v1. */
  public static GptqCase plain(int bits, int groupSize, int outputs, int inputs) {
    return new GptqCase(
        bits,
        groupSize,
        Groups.ABSENT,
        ZeroPointFormat.V1,
        DType.F16,
        Codes.RANDOM,
        outputs,
        inputs);
  }

  /** With codes and zero points chosen otherwise. */
  public GptqCase filled(Codes other) {
    return new GptqCase(bits, groupSize, layout, zeroPoints, scaleType, other, outputs, inputs);
  }

  /** With groups that lie otherwise. */
  public GptqCase grouped(Groups other) {
    return new GptqCase(bits, groupSize, other, zeroPoints, scaleType, fill, outputs, inputs);
  }

  /** With zero points stored otherwise. */
  public GptqCase read(ZeroPointFormat other) {
    return new GptqCase(bits, groupSize, layout, other, scaleType, fill, outputs, inputs);
  }

  /** With scales of another type. */
  public GptqCase scaled(DType other) {
    return new GptqCase(bits, groupSize, layout, zeroPoints, other, fill, outputs, inputs);
  }

  /** Number of groups. */
  public int groups() {
    return groupSize == GptqConfig.NO_GROUPS ? 1 : Math.ceilDiv(inputs, groupSize);
  }

  /** Builds the matrix. */
  public GptqMatrix build(Numbers numbers) {
    int skew = numbers.below(8);
    return GptqMatrix.of(
        "m",
        new GptqConfig(
            bits,
            groupSize,
            layout == Groups.ACT_ORDER,
            false,
            zeroPoints,
            OptionalDouble.empty(),
            false,
            true,
            Optional.empty()),
        outputs,
        inputs,
        Stored.ints("qweight", skew, codes(numbers), (long) inputs / 32 * bits, outputs),
        Stored.ints("qzeros", skew, zeros(numbers), groups(), (long) outputs / 32 * bits),
        Stored.weights("scales", scaleType, skew, scales(numbers), groups(), outputs),
        groupIndex(numbers));
  }

  private int[] codes(Numbers numbers) {
    int[] words = new int[inputs / 32 * bits * outputs];
    for (int n = 0; n < outputs; n++) {
      int[] column = PackedCodes.pack(draw(numbers, inputs, Codes.HIGHEST), bits);
      for (int row = 0; row < column.length; row++) {
        words[row * outputs + n] = column[row];
      }
    }
    return words;
  }

  private int[] zeros(Numbers numbers) {
    int[] words = new int[groups() * (outputs / 32 * bits)];
    for (int group = 0; group < groups(); group++) {
      int[] row = PackedCodes.pack(drawZeros(numbers, group == groups() - 1), bits);
      System.arraycopy(row, 0, words, group * row.length, row.length);
    }
    return words;
  }

  private int[] drawZeros(Numbers numbers, boolean last) {
    if (fill != Codes.CENTRED && fill != Codes.NEARLY_CENTRED) {
      return draw(numbers, outputs, Codes.LOWEST);
    }
    int[] zeros = new int[outputs];
    Arrays.fill(zeros, (1 << (bits - 1)) - zeroPoints.offset());
    if (last && fill == Codes.NEARLY_CENTRED) {
      zeros[outputs - 1]++;
    }
    return zeros;
  }

  /** Random codes, or with an extreme fill all of them all-ones if it is {@code highest}, else 0. */
  private int[] draw(Numbers numbers, int count, Codes highest) {
    int most = (1 << bits) - 1;
    int[] codes = new int[count];
    for (int i = 0; i < count; i++) {
      codes[i] =
          switch (fill) {
            case RANDOM, CENTRED, NEARLY_CENTRED -> numbers.below(most + 1);
            case LOWEST, HIGHEST -> fill == highest ? most : 0;
          };
    }
    return codes;
  }

  /** Positive, negative, zero and subnormal scales, and where the type has them a few huge ones. */
  private float[] scales(Numbers numbers) {
    float[] scales = numbers.draw(Numbers.Kind.USUAL, groups() * outputs);
    for (int i = 0; i < scales.length; i++) {
      scales[i] *=
          switch (numbers.below(60)) {
            case 0, 1, 2, 3 -> 0;
            case 4, 5, 6, 7 -> 0x1p-20f; // subnormal in F16
            case 8, 9, 10, 11 -> 0x1p-130f; // subnormal in F32 and BF16
            case 12 -> scaleType == DType.F16 ? 0x1p12f : 0x1p120f; // times a step: infinite
            default -> 0.01f;
          };
    }
    return scales;
  }

  private Optional<Tensor> groupIndex(Numbers numbers) {
    int[] groupOf = new int[inputs];
    for (int input = 0; input < inputs; input++) {
      groupOf[input] = groupSize == GptqConfig.NO_GROUPS ? 0 : input / groupSize;
    }
    switch (layout) {
      case ABSENT -> {
        return Optional.empty();
      }
      case SEQUENTIAL -> {}
      case ACT_ORDER -> shuffle(groupOf, numbers);
      case ARBITRARY -> {
        int used = 1 + numbers.below(groups());
        Arrays.setAll(groupOf, _ -> groups() - used + numbers.below(used));
      }
    }
    return Optional.of(Stored.ints("g_idx", 1, groupOf, inputs));
  }

  private static void shuffle(int[] values, Numbers numbers) {
    for (int i = values.length - 1; i > 0; i--) {
      int other = numbers.below(i + 1);
      int kept = values[i];
      values[i] = values[other];
      values[other] = kept;
    }
  }
}
