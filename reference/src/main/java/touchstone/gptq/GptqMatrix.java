package touchstone.gptq;

import java.util.List;
import java.util.Optional;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;
import touchstone.tensor.WeightMatrix;

/**
 * A quantised weight matrix as it lies on disk.
 *
 * <pre>
 * W[n, k] = scales[g, n] * (code[k, n] - zero[g, n])        g = groupOf(k)
 * </pre>
 *
 * The code of input k, output n is entry k of the stream that runs down column n of qweight; the
 * zero point of group g, output n is entry n of the stream that runs along row g of qzeros, plus
 * one in format v1, without wrapping.
 *
 * @source Frantar et al. 2022 (arXiv 2210.17323); layout of AutoGPTQ v0.4.2
 * @shapes qweight [inputs / 32 * bits, outputs], qzeros [groups, outputs / 32 * bits], scales
 *     [groups, outputs], g_idx [inputs]
 * @numerics scales are F16, F32 or BF16; with F16 or BF16 scales every weight is exactly a float
 * @deviation AutoGPTQ's kernels round the weight to F16; here it is not rounded
 * @rules GPTQ-1 GPTQ-2 GPTQ-3 GPTQ-4 GPTQ-5 GPTQ-10
 */
public final class GptqMatrix implements WeightMatrix {
  private final String name;
  private final int bits;
  private final int outputs;
  private final int inputs;
  private final int groups;
  private final ZeroPointFormat zeroPoints;
  private final Tensor qweight;
  private final Tensor qzeros;
  private final Tensor scales;
  private final int[] groupOf; // [inputs]
  private final SummationOrder order;

  private GptqMatrix(
      String name,
      GptqConfig config,
      int outputs,
      int inputs,
      Tensor qweight,
      Tensor qzeros,
      Tensor scales,
      int[] groupOf) {
    this.name = name;
    this.bits = config.bits();
    this.outputs = outputs;
    this.inputs = inputs;
    this.groups = config.groups(inputs);
    this.zeroPoints = config.zeroPoints();
    this.qweight = qweight;
    this.qzeros = qzeros;
    this.scales = scales;
    this.groupOf = groupOf;
    this.order = SummationOrder.of(groupOf, groups);
  }

  /**
   * Binds the tensors of one module after checking every shape, type and index against the
   * configuration.
   *
   * @param name of the module, for messages
   * @param outputs rows of the weight; a multiple of 32
   * @param inputs columns of the weight; a multiple of 32
   * @param gIdx absent in files before March 2023: then input k is in group k / groupSize
   * @throws TouchstoneException with the tensor's name if anything does not fit
   */
  public static GptqMatrix of(
      String name,
      GptqConfig config,
      int outputs,
      int inputs,
      Tensor qweight,
      Tensor qzeros,
      Tensor scales,
      Optional<Tensor> gIdx) {
    long groups = config.groups(inputs);
    if (outputs % 32 != 0 || inputs % 32 != 0) {
      throw TouchstoneException.of(
          Fault.FORMAT,
          name,
          "a quantised matrix of [%d outputs, %d inputs]".formatted(outputs, inputs),
          "both must be multiples of 32");
    }
    requireInts(qweight, List.of((long) PackedCodes.words(inputs, config.bits()), (long) outputs));
    requireInts(qzeros, List.of(groups, (long) PackedCodes.words(outputs, config.bits())));
    requireScales(scales, List.of(groups, (long) outputs));
    int[] groupOf =
        gIdx.map(tensor -> readGroups(tensor, inputs, groups))
            .orElseGet(() -> sequentialGroups(config, inputs));
    return new GptqMatrix(name, config, outputs, inputs, qweight, qzeros, scales, groupOf);
  }

  /** Groups of consecutive inputs. */
  static int[] sequentialGroups(GptqConfig config, int inputs) {
    int[] groupOf = new int[inputs];
    for (int input = 0; input < inputs; input++) {
      groupOf[input] = input / config.groupSize(inputs);
    }
    return groupOf;
  }

  private static void requireInts(Tensor tensor, List<Long> shape) {
    if (tensor.dtype() != DType.I32 && tensor.dtype() != DType.U32) {
      throw wrong(tensor, "dtype " + tensor.dtype(), "packed codes are I32");
    }
    requireShape(tensor, shape);
  }

  private static void requireScales(Tensor scales, List<Long> shape) {
    if (!scales.dtype().isWeight()) {
      throw wrong(scales, "dtype " + scales.dtype(), "scales are F16, F32 or BF16");
    }
    requireShape(scales, shape);
    float[] row = new float[Math.toIntExact(shape.get(1))]; // [outputs]
    for (long group = 0; group < shape.get(0); group++) {
      scales.copyFloats(group * row.length, row, 0, row.length);
      for (int output = 0; output < row.length; output++) {
        if (!Float.isFinite(row[output])) {
          throw wrong(
              scales,
              "scale %s at [%d, %d]".formatted(row[output], group, output),
              "scales must be finite; the file is damaged");
        }
      }
    }
  }

  private static void requireShape(Tensor tensor, List<Long> shape) {
    if (!tensor.shape().equals(shape)) {
      throw wrong(
          tensor,
          "shape " + tensor.shape(),
          "the configuration asks for " + shape + "; do bits and group_size fit this file?");
    }
  }

  private static int[] readGroups(Tensor gIdx, int inputs, long groups) {
    requireInts(gIdx, List.of((long) inputs));
    int[] groupOf = new int[inputs];
    for (int input = 0; input < inputs; input++) {
      groupOf[input] = gIdx.intAt(input);
      if (groupOf[input] < 0 || groupOf[input] >= groups) {
        throw wrong(
            gIdx,
            "group %d at input %d".formatted(groupOf[input], input),
            "groups run from 0 to " + (groups - 1));
      }
    }
    return groupOf;
  }

  private static TouchstoneException wrong(Tensor tensor, String found, String allowed) {
    return TouchstoneException.of(Fault.FORMAT, tensor.name(), found, allowed);
  }

  /** Number of outputs. */
  @Override
  public int rows() {
    return outputs;
  }

  /** Number of inputs. */
  @Override
  public int columns() {
    return inputs;
  }

  /** Bits per code. */
  public int bits() {
    return bits;
  }

  /** Number of groups. */
  public int groups() {
    return groups;
  }

  /** The module's name. */
  public String name() {
    return name;
  }

  /** The order in which a product visits the inputs. */
  public SummationOrder order() {
    return order;
  }

  /** The packed codes, [inputs / 32 * bits, outputs]. */
  public Tensor qweight() {
    return qweight;
  }

  /** The packed zero points, [groups, outputs / 32 * bits]. */
  public Tensor qzeros() {
    return qzeros;
  }

  /** The scales, [groups, outputs]. */
  public Tensor scales() {
    return scales;
  }

  /** How zero points are stored. */
  public ZeroPointFormat zeroPoints() {
    return zeroPoints;
  }

  /** The group that input {@code input} belongs to. */
  public int groupOf(int input) {
    return groupOf[input];
  }

  /** The code of one weight, 0 to 2^bits - 1. */
  public int code(int input, int output) {
    return PackedCodes.code(word -> qweight.intAt((long) word * outputs + output), bits, input);
  }

  /** The stored zero point of one group and output, as it stands on disk. */
  public int storedZero(int group, int output) {
    long row = (long) group * PackedCodes.words(outputs, bits);
    return PackedCodes.code(word -> qzeros.intAt(row + word), bits, output);
  }

  /** The zero point of one group and output: 1 to 2^bits in format v1, 0 to 2^bits - 1 in v2. */
  public int zero(int group, int output) {
    return storedZero(group, output) + zeroPoints.offset();
  }

  /** The scale of one group and output. */
  public float scale(int group, int output) {
    return scales.floatAt((long) group * outputs + output);
  }

  @Override
  public float dequantise(int output, int input) {
    int group = groupOf[input];
    return scale(group, output) * (code(input, output) - zero(group, output));
  }

  @Override
  public long storedBytes() {
    return qweight.data().byteSize()
        + qzeros.data().byteSize()
        + scales.data().byteSize()
        + (long) inputs * Integer.BYTES;
  }
}
