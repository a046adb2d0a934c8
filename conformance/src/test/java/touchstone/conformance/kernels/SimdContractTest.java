package touchstone.conformance.kernels;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import touchstone.conformance.contract.KernelsContract;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;

/**
 * Kernel set {@code simd} in both modes, on 1, 2, 3 and 7 threads, with weights prepared and as they
 * are stored; and the definition itself on 3.
 */
@Tag("TOL-1")
@Tag("SUM-1")
@Tag("SUM-2")
@Tag("LINEAR-1")
@Tag("LINEAR-2")
@Tag("GPTQ-6")
@Tag("INT8-1")
@Tag("INT8-2")
@Tag("RMS-1")
@Tag("RMS-2")
@Tag("ROPE-2")
@Tag("ATTN-1")
@Tag("ATTN-2")
@Tag("ATTN-3")
@Tag("ATTN-4")
@Tag("ATTN-5")
@Tag("SOFTMAX-1")
@Tag("EXP-1")
@Tag("FFN-2")
@Tag("MODEL-1")
@Tag("LAYER-1")
final class SimdContractTest extends KernelsContract {
  @Override
  protected Kernels open() {
    return KernelSets.open("simd", Numerics.F32, 1);
  }

  @Override
  protected Map<String, Kernels> openAll() {
    Map<String, Kernels> all = new LinkedHashMap<>();
    for (Numerics mode : Numerics.values()) {
      SimdSets.openWithWeights(mode).forEach((name, set) -> all.put(name + ", " + mode, set));
    }
    return all;
  }
}
