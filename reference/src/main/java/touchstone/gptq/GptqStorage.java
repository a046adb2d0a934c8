package touchstone.gptq;

import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;

/**
 * How many bytes a quantised Llama takes, from its shapes alone. The sum over a real file's tensors
 * must meet it to the byte, so it shows that a reader knows every tensor of the format.
 *
 * <pre>
 * module:   4 * (inputs / 32 * bits * outputs) + 4 * (groups * outputs / 32 * bits)
 *           + 2 * groups * outputs + 4 * inputs + 2 * outputs
 * the rest: 2 * (embedding + head + norms)
 * </pre>
 *
 * @source AutoGPTQ v0.4.2 qlinear_cuda_old.py: qweight, qzeros and g_idx are I32, scales and bias
 *     F16; every module has a bias, of zeros where the model has none; the rest stays in F16
 * @deviation none; act-order does not change sizes, since g_idx is always stored
 * @rules GPTQ-11
 */
public final class GptqStorage {
  private static final int HALF = Short.BYTES;

  private GptqStorage() {}

  /** Bytes of all tensors of a model, the head's included unless the embeddings are tied. */
  public static long totalBytes(LlamaConfig model, GptqConfig quantisation) {
    long modules =
        LinearModule.ofAllLayers(model).mapToLong(m -> moduleBytes(m, quantisation)).sum();
    long matrices = (model.tiedEmbeddings() ? 1L : 2L) * model.vocab() * model.dim();
    long gains = LinearModule.norms(model).count() * model.dim();
    return modules + HALF * (matrices + gains);
  }

  /** Bytes of one quantised module: its qweight, qzeros, scales, g_idx and bias. */
  public static long moduleBytes(LinearModule module, GptqConfig quantisation) {
    long inputs = module.inputs();
    long outputs = module.outputs();
    long groups = quantisation.groups(module.inputs());
    long codes = PackedCodes.words(module.inputs(), quantisation.bits()) * outputs;
    long zeros = groups * PackedCodes.words(module.outputs(), quantisation.bits());
    return Integer.BYTES * (codes + zeros + inputs) + HALF * (groups * outputs + outputs);
  }
}
