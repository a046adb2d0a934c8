package touchstone.quantize;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.PackedCodes;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/**
 * The four tensors of a quantised layer, as AutoGPTQ stores them.
 *
 * @param qweight I32 [inputs / 32 * bits, outputs]
 * @param qzeros I32 [groups, outputs / 32 * bits]
 * @param scales F16 [groups, outputs]
 * @param gIdx I32 [inputs]
 * @source AutoGPTQ v0.4.2 qlinear_cuda_old.py, method pack
 * @rules QUANT-10
 */
public record PackedLayer(Tensor qweight, Tensor qzeros, Tensor scales, Tensor gIdx) {
  /** Packs a layer; names begin with the module's. */
  static PackedLayer of(String module, QuantisedLayer layer) {
    int groups = layer.groups();
    int outputs = layer.outputs();
    int bits = layer.settings().bits();
    int[] groupOf = new int[layer.inputs()];
    Arrays.setAll(groupOf, layer::groupOf);
    return new PackedLayer(
        ints(module + ".qweight", codes(layer), layer.inputs() / 32 * bits, outputs),
        ints(module + ".qzeros", zeros(layer), groups, outputs / 32 * bits),
        halves(module + ".scales", scales(layer), groups, outputs),
        ints(module + ".g_idx", groupOf, groupOf.length));
  }

  private static int[] codes(QuantisedLayer layer) {
    int outputs = layer.outputs();
    int[] words = new int[PackedCodes.words(layer.inputs(), layer.settings().bits()) * outputs];
    int[] codes = new int[layer.inputs()];
    for (int output = 0; output < outputs; output++) {
      int n = output;
      Arrays.setAll(codes, input -> layer.code(n, input));
      int[] column = PackedCodes.pack(codes, layer.settings().bits());
      for (int word = 0; word < column.length; word++) {
        words[word * outputs + output] = column[word];
      }
    }
    return words;
  }

  private static int[] zeros(QuantisedLayer layer) {
    int rowWords = PackedCodes.words(layer.outputs(), layer.settings().bits());
    int[] words = new int[layer.groups() * rowWords];
    int[] stored = new int[layer.outputs()];
    int offset = layer.settings().zeroPoints().offset();
    for (int group = 0; group < layer.groups(); group++) {
      int g = group;
      Arrays.setAll(stored, output -> layer.zero(g, output) - offset);
      int[] row = PackedCodes.pack(stored, layer.settings().bits());
      System.arraycopy(row, 0, words, group * rowWords, rowWords);
    }
    return words;
  }

  private static short[] scales(QuantisedLayer layer) {
    short[] halves = new short[layer.groups() * layer.outputs()];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = Float.floatToFloat16(layer.scale(i / layer.outputs(), i % layer.outputs()));
    }
    return halves;
  }

  private static Tensor ints(String name, int[] values, long... shape) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, Integer.BYTES)];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(values);
    return tensor(name, DType.I32, bytes, shape);
  }

  static Tensor halves(String name, short[] values, long... shape) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, Short.BYTES)];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().put(values);
    return tensor(name, DType.F16, bytes, shape);
  }

  private static Tensor tensor(String name, DType dtype, byte[] bytes, long... shape) {
    List<Long> extents = Arrays.stream(shape).boxed().toList();
    return new Tensor(name, dtype, extents, MemorySegment.ofArray(bytes));
  }

  /** All of them. */
  public List<Tensor> tensors() {
    return List.of(qweight, qzeros, scales, gIdx);
  }

  /** The matrix that a reader makes of them. */
  public GptqMatrix matrix(String module, GptqConfig config) {
    int outputs = Math.toIntExact(scales.shape().get(1));
    int inputs = Math.toIntExact(gIdx.shape().get(0));
    return GptqMatrix.of(
        module, config, outputs, inputs, qweight, qzeros, scales, Optional.of(gIdx));
  }
}
