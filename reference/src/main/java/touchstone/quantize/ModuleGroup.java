package touchstone.quantize;

import java.util.List;
import java.util.Optional;
import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;
import touchstone.llama.ProbePoint;

/**
 * The linear modules of a layer that see the same input and so share a Hessian, in the order in which
 * they are quantised.
 *
 * @source AutoGPTQ v0.4.2 modeling/llama.py, inside_layer_modules
 * @deviation AutoGPTQ computes one Hessian for each module, with the same values
 */
enum ModuleGroup {
  KEY_VALUE_QUERY(ProbePoint.ATTN_NORM, "k_proj", "v_proj", "q_proj"),
  OUTPUT(ProbePoint.ATTN, "o_proj"),
  UP_GATE(ProbePoint.FFN_NORM, "up_proj", "gate_proj"),
  DOWN(ProbePoint.ACT, "down_proj");

  private final ProbePoint input;
  private final List<String> suffixes;

  ModuleGroup(ProbePoint input, String... suffixes) {
    this.input = input;
    this.suffixes = List.of(suffixes);
  }

  /** What the modules see. */
  ProbePoint input() {
    return input;
  }

  /** Its modules in a few words. */
  String label() {
    return String.join(", ", suffixes);
  }

  /** The modules of one layer. */
  List<LinearModule> modules(LlamaConfig config, int layer) {
    List<LinearModule> all = LinearModule.ofLayer(config, layer);
    return suffixes.stream()
        .map(suffix -> all.stream().filter(m -> m.name().endsWith(suffix)).findFirst())
        .map(Optional::orElseThrow)
        .toList();
  }
}
