package touchstone.checkpoint;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqConfig;
import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;
import touchstone.tensor.WeightMatrix;

/**
 * Binds the tensors of a checkpoint to the modules that the configuration asks for, and checks name,
 * type and shape of each. Afterwards nothing is missing, and what is left over is known.
 *
 * @rules CKPT-11 GPTQ-7
 */
final class ModuleReader {
  /** Most names of tensors in one message. */
  private static final int NAMED = 5;

  private final LlamaConfig config;
  private final WeightFiles weights;
  private final Findings findings;
  private final Optional<QuantisedModules> quantised;
  private final Map<String, WeightMatrix> matrices = new HashMap<>();
  private final Map<String, Tensor> biases = new HashMap<>();
  private final Map<String, Tensor> gains = new HashMap<>();
  private final Set<String> used = new HashSet<>();
  private final DenseMatrix embedding;

  /** Reads all modules. */
  ModuleReader(
      LlamaConfig config,
      Optional<GptqConfig> quantisation,
      WeightFiles weights,
      Findings findings) {
    this.config = config;
    this.weights = weights;
    this.findings = findings;
    this.quantised = quantisation.map(gptq -> new QuantisedModules(gptq, this::tensor, findings));
    this.embedding = readEmbedding();
    LinearModule.ofAllLayers(config).forEach(this::readLinear);
    LinearModule.norms(config).forEach(this::readNorm);
    quantised.ifPresent(QuantisedModules::report);
    reportUnused();
  }

  Map<String, WeightMatrix> matrices() {
    return matrices;
  }

  Map<String, Tensor> biases() {
    return biases;
  }

  Map<String, Tensor> gains() {
    return gains;
  }

  DenseMatrix embedding() {
    return embedding;
  }

  /** A tensor that may be absent; it counts as used from now on. */
  private Optional<Tensor> tensor(String name) {
    Optional<Tensor> tensor = weights.tensor(name);
    tensor.ifPresent(_ -> used.add(name));
    return tensor;
  }

  private Tensor require(String name, List<Long> shape) {
    Tensor tensor =
        tensor(name)
            .orElseThrow(
                () ->
                    TouchstoneException.of(
                        Fault.FORMAT,
                        "tensor '" + name + "'",
                        "missing",
                        "config.json asks for it; are all files of the model here?"));
    return requireWeights(tensor, shape);
  }

  private static Tensor requireWeights(Tensor tensor, List<Long> shape) {
    String where = "tensor '" + tensor.name() + "'";
    if (!tensor.dtype().isWeight()) {
      throw TouchstoneException.of(
          Fault.FORMAT, where, "dtype " + tensor.dtype(), "weights are F32, F16 or BF16");
    }
    if (!tensor.shape().equals(shape)) {
      throw TouchstoneException.of(
          Fault.FORMAT, where, "shape " + tensor.shape(), "config.json asks for " + shape);
    }
    return tensor;
  }

  /**
   * The embedding matrix, and the output head. If they are tied, one of the two names is enough; if
   * both are stored the embedding counts, as in Transformers.
   */
  private DenseMatrix readEmbedding() {
    String embeddingName = LinearModule.EMBEDDING + ".weight";
    String headName = LinearModule.HEAD + ".weight";
    List<Long> shape = List.of((long) config.vocab(), (long) config.dim());
    if (!config.tiedEmbeddings()) {
      DenseMatrix own = new DenseMatrix(require(embeddingName, shape));
      readLinear(new LinearModule(LinearModule.HEAD, config.vocab(), config.dim(), false));
      return own;
    }
    boolean headOnly = tensor(headName).isPresent() && tensor(embeddingName).isEmpty();
    DenseMatrix tied = new DenseMatrix(require(headOnly ? headName : embeddingName, shape));
    tensor(headName)
        .filter(head -> !TensorBytes.equal(head, tied.tensor()))
        .ifPresent(
            _ ->
                findings.add(
                    "tensor '" + headName + "'",
                    "differs from " + embeddingName,
                    "not used, since tie_word_embeddings is true"));
    matrices.put(LinearModule.HEAD, tied);
    return tied;
  }

  private void readNorm(String name) {
    gains.put(name, require(name + ".weight", List.of((long) config.dim())));
  }

  private void readLinear(LinearModule module) {
    String dense = module.name() + ".weight";
    if (weights.tensor(module.name() + ".qweight").isPresent()) {
      matrices.put(module.name(), readQuantised(module, dense));
    } else {
      requireDenseAllowed(module);
      List<Long> shape = List.of((long) module.outputs(), (long) module.inputs());
      matrices.put(module.name(), new DenseMatrix(require(dense, shape)));
    }
    readBias(module);
  }

  private WeightMatrix readQuantised(LinearModule module, String dense) {
    if (weights.tensor(dense).isPresent()) {
      throw TouchstoneException.of(
          Fault.FORMAT,
          "module '" + module.name() + "'",
          "has both .weight and .qweight",
          "a module is quantised or it is not");
    }
    return quantised
        .orElseThrow(
            () ->
                TouchstoneException.of(
                    Fault.MISSING,
                    "module '" + module.name() + "'",
                    "quantised, but nothing says how",
                    "add quantize_config.json, for example {\"bits\": 4, \"group_size\": 128,"
                        + " \"desc_act\": false}"))
        .read(module);
  }

  /** The head stays in full precision in nearly all quantised models; a layer's module never does. */
  private void requireDenseAllowed(LinearModule module) {
    if (quantised.isPresent() && !module.name().equals(LinearModule.HEAD)) {
      throw TouchstoneException.of(
          Fault.FORMAT,
          "module '" + module.name() + "'",
          weights.tensor(module.name() + ".weight").isPresent()
              ? "not quantised"
              : "tensor '" + module.name() + ".qweight' is missing",
          "the configuration says that all modules of the layers are quantised with GPTQ");
    }
  }

  /** A stored bias is added whatever the flag says: AutoGPTQ gives one to every quantised module. */
  private void readBias(LinearModule module) {
    String name = module.name() + ".bias";
    if (module.hasBias() || weights.tensor(name).isPresent()) {
      biases.put(module.name(), require(name, List.of((long) module.outputs())));
    }
  }

  private void reportUnused() {
    // Frequencies that older versions of Transformers stored; they are computed.
    List<String> unused =
        weights.tensors().keySet().stream()
            .filter(name -> !used.contains(name) && !name.endsWith("rotary_emb.inv_freq"))
            .toList();
    if (!unused.isEmpty()) {
      findings.add(
          weights.tensors().get(unused.getFirst()).file(),
          unused.size() + " tensors that a Llama of this configuration does not have",
          "not used: "
              + String.join(", ", unused.subList(0, Math.min(NAMED, unused.size())))
              + (unused.size() > NAMED ? ", ..." : ""));
    }
  }
}
