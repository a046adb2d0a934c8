package touchstone.conformance.own;

import java.util.List;
import touchstone.quantize.QuantiserSettings;
import touchstone.tensor.Activations;
import touchstone.tensor.DenseMatrix;

/** From a layer and what it sees to the codes that stand for its weights. */
@FunctionalInterface
public interface Quantiser {
  /**
   * Quantises a layer.
   *
   * @param weight [outputs, inputs]
   * @param sequences what the layer sees, each [tokens, inputs]
   */
  Quantised quantise(DenseMatrix weight, List<Activations> sequences, QuantiserSettings settings);

  /**
   * What a layer becomes.
   *
   * @param codes [inputs, outputs], inputs in natural order
   * @param zeros zero points as meant, [groups, outputs]
   * @param scales as stored: values that an F16 holds, [groups, outputs]
   * @param groupOf the group of each input
   * @param order the inputs in the order in which they were quantised
   */
  record Quantised(int[] codes, int[] zeros, float[] scales, int[] groupOf, int[] order) {
    /** Outputs of the layer. */
    public int outputs() {
      return codes.length / groupOf.length;
    }

    /** Groups of inputs. */
    public int groups() {
      return scales.length / outputs();
    }
  }
}
