package touchstone.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.PackedCodes;
import touchstone.gptq.ZeroPointFormat;
import touchstone.llama.LinearModule;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/**
 * Reads the GPTQ modules of a checkpoint. Files in circulation contradict their own labels in three
 * ways; where the bytes leave one reading only, it is taken and reported once for the whole
 * checkpoint, and a strict reader refuses it.
 *
 * <ul>
 *   <li><b>Zero points of the other format.</b> A symmetric quantisation has the zero point {@code
 *       2^(bits-1)} everywhere, stored as that (v2) or one less (v1). If all of a matrix hold the
 *       value of the other format, the label is wrong (vLLM issue 38966).
 *   <li><b>A g_idx of zeros</b> with more than one group and without act-order is a place-holder:
 *       input k is in group {@code k / groupSize} (exllama 3c86994). With act-order the order of the
 *       channels is lost, and the file is refused.
 *   <li><b>desc_act</b> that says otherwise than g_idx: g_idx counts, as in AutoGPTQ's kernels that
 *       read it.
 * </ul>
 *
 * Scales are finite and otherwise free: one that underflowed to zero in F16 belongs to a group of
 * weights near zero, and its weights are then zero; a negative one is unheard of, and defined.
 *
 * @rules GPTQ-8 GPTQ-9
 */
final class QuantisedModules {
  private final GptqConfig config;
  private final TensorSource tensors;
  private final Findings findings;
  private final List<String> otherFormat = new ArrayList<>();
  private final List<String> placeHolders = new ArrayList<>();
  private final List<String> unordered = new ArrayList<>();
  private int grouped;
  private int sequential;

  QuantisedModules(GptqConfig config, TensorSource tensors, Findings findings) {
    this.config = config;
    this.tensors = tensors;
    this.findings = findings;
  }

  /** Reads one module that has a qweight. */
  GptqMatrix read(LinearModule module) {
    Tensor qweight = require(module, ".qweight");
    requireNoPrescaledZeros(module);
    Tensor qzeros = require(module, ".qzeros");
    Tensor scales = require(module, ".scales");
    Optional<Tensor> gIdx = groupIndices(module);
    GptqMatrix asLabelled = bind(module, config, qweight, qzeros, scales, gIdx);
    noteOrder(module, asLabelled, gIdx.isPresent());
    if (!config.symmetric() || !allZerosAreOf(other(config.zeroPoints()), qzeros)) {
      return asLabelled;
    }
    otherFormat.add(module.name());
    return bind(module, withOtherFormat(), qweight, qzeros, scales, gIdx);
  }

  private static GptqMatrix bind(
      LinearModule module,
      GptqConfig config,
      Tensor qweight,
      Tensor qzeros,
      Tensor scales,
      Optional<Tensor> gIdx) {
    return GptqMatrix.of(
        module.name(), config, module.outputs(), module.inputs(), qweight, qzeros, scales, gIdx);
  }

  private Tensor require(LinearModule module, String suffix) {
    return tensors.require(
        module.name() + suffix, "a quantised module has qweight, qzeros and scales");
  }

  private void requireNoPrescaledZeros(LinearModule module) {
    String name = module.name() + ".zeros";
    if (tensors.has(name)) {
      throw TouchstoneException.of(
          Fault.UNSUPPORTED,
          tensors.place(name),
          "zero points multiplied by their scales, as GPTQ-for-LLaMa wrote until March 2023",
          "quantise the model again with AutoGPTQ or GPTQModel");
    }
  }

  /** The stored group indices; empty if they are absent or a place-holder. */
  private Optional<Tensor> groupIndices(LinearModule module) {
    Optional<Tensor> gIdx = tensors.take(module.name() + ".g_idx");
    boolean ordered = config.actOrder() && !config.staticGroups();
    if (config.groups(module.inputs()) == 1) {
      return gIdx;
    }
    boolean unusable = gIdx.isEmpty() || isAllZero(gIdx.get());
    if (ordered && unusable) {
      throw TouchstoneException.of(
          Fault.FORMAT,
          tensors.place(module.name() + ".g_idx"),
          gIdx.isEmpty() ? "missing" : "all zeros",
          "desc_act is true, and the order of the channels is lost; if the model was quantised"
              + " without act-order, say so: \"desc_act\": false");
    }
    if (gIdx.isPresent() && unusable) {
      placeHolders.add(module.name());
      return Optional.empty();
    }
    return gIdx;
  }

  private static boolean isAllZero(Tensor gIdx) {
    if (gIdx.dtype() != DType.I32 && gIdx.dtype() != DType.U32) {
      return false;
    }
    for (long i = 0; i < gIdx.elements(); i++) {
      if (gIdx.intAt(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private void noteOrder(LinearModule module, GptqMatrix matrix, boolean stored) {
    if (!stored || matrix.groups() == 1) {
      return;
    }
    grouped++;
    int groupSize = config.groupSize(module.inputs());
    for (int input = 0; input < module.inputs(); input++) {
      if (matrix.groupOf(input) != input / groupSize) {
        if (!config.actOrder() || config.staticGroups()) {
          unordered.add(module.name());
        }
        return;
      }
    }
    sequential++;
  }

  private static ZeroPointFormat other(ZeroPointFormat format) {
    return switch (format) {
      case V1 -> ZeroPointFormat.V2;
      case V2 -> ZeroPointFormat.V1;
    };
  }

  /** Whether all zero points are {@code 2^(bits-1)} as the given format stores it. */
  private boolean allZerosAreOf(ZeroPointFormat format, Tensor qzeros) {
    int[] codes = new int[Integer.SIZE];
    Arrays.fill(codes, (1 << (config.bits() - 1)) - format.offset());
    int[] words = PackedCodes.pack(codes, config.bits());
    for (long i = 0; i < qzeros.elements(); i++) {
      if (qzeros.intAt(i) != words[(int) (i % words.length)]) {
        return false;
      }
    }
    return true;
  }

  private GptqConfig withOtherFormat() {
    return new GptqConfig(
        config.bits(),
        config.groupSize(),
        config.actOrder(),
        config.symmetric(),
        other(config.zeroPoints()),
        config.dampPercent(),
        config.staticGroups(),
        config.trueSequential(),
        config.modelFileBaseName());
  }

  /** Reports what was odd, once for all modules. */
  void report() {
    report(
        otherFormat,
        "zero points of format " + other(config.zeroPoints()).label(),
        "read so, although the configuration says " + config.zeroPoints().label());
    report(
        placeHolders,
        "a g_idx of zeros for several groups",
        "read as consecutive groups of " + config.groupSize());
    report(
        unordered,
        "a g_idx that is not in order",
        "used as it is, although desc_act is %s and static_groups %s"
            .formatted(config.actOrder(), config.staticGroups()));
    if (config.actOrder() && !config.staticGroups() && grouped > 0 && sequential == grouped) {
      findings.add(
          "desc_act", "true, but every g_idx is in order", "used as it is: groups in sequence");
    }
  }

  private void report(List<String> modules, String found, String reading) {
    if (!modules.isEmpty()) {
      String where = "%d modules, first %s".formatted(modules.size(), modules.getFirst());
      findings.add(where, found, reading);
    }
  }
}
