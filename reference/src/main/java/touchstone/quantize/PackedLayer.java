package touchstone.quantize;

import java.util.List;
import java.util.Optional;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.GptqMatrix;
import touchstone.tensor.Tensor;

/**
 * The four tensors of a quantised layer.
 *
 * @param qweight I32 [inputs / 32 * bits, outputs]
 * @param qzeros I32 [groups, outputs / 32 * bits]
 * @param scales F16 [groups, outputs]
 * @param gIdx I32 [inputs]
 */
public record PackedLayer(Tensor qweight, Tensor qzeros, Tensor scales, Tensor gIdx) {
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
