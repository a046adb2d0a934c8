package touchstone.conformance.mutant;

import touchstone.conformance.own.QuantisedModule;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.PackedCodes;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.WeightMatrix;

/**
 * How a runtime takes a quantised matrix apart. A deviation overrides what it gets wrong; the rest
 * is right:
 *
 * <pre>
 * W[n, k] = scale[g, n] * (code[k, n] - zero[g, n])        g = group(k)
 * </pre>
 */
interface Reading {
  /** Whether this reading departs for a matrix at all; if not, it is used as it is. */
  default boolean concerns(QuantisedModule module) {
    return true;
  }

  /** The group of an input. */
  default int group(QuantisedModule module, int input) {
    return module.matrix().groupOf(input);
  }

  /** The code of a weight. */
  default int code(QuantisedModule module, int input, int output) {
    return module.matrix().code(input, output);
  }

  /** The zero point of a group and output. */
  default int zero(QuantisedModule module, int group, int output) {
    return module.matrix().zero(group, output);
  }

  /** The scale of a group and output. */
  default float scale(QuantisedModule module, int group, int output) {
    return module.matrix().scale(group, output);
  }

  /** The weight that these make. */
  default float weight(float scale, int code, int zero) {
    return scale * (code - zero);
  }

  /** The words that hold the codes of one output. */
  static PackedCodes.Words codeWords(GptqMatrix matrix, int output) {
    return word -> matrix.qweight().intAt((long) word * matrix.rows() + output);
  }

  /** The words that hold the zero points of one group. */
  static PackedCodes.Words zeroWords(GptqMatrix matrix, int group) {
    long row = (long) group * PackedCodes.words(matrix.rows(), matrix.bits());
    return word -> matrix.qzeros().intAt(row + word);
  }

  /** The matrix so read. */
  default WeightMatrix read(QuantisedModule module) {
    return concerns(module) ? dense(module) : module.matrix();
  }

  private DenseMatrix dense(QuantisedModule module) {
    int outputs = module.matrix().rows();
    int inputs = module.matrix().columns();
    return Dense.of(
        outputs,
        inputs,
        (output, input) -> {
          int group = group(module, input);
          return weight(
              scale(module, group, output),
              code(module, input, output),
              zero(module, group, output));
        });
  }
}
