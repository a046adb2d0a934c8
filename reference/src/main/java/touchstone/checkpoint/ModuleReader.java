package touchstone.checkpoint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final TensorSource tensors;
  private final Findings findings;
  private final Optional<QuantisedModules> quantised;
  private final Map<String, WeightMatrix> matrices = new HashMap<>();
  private final Map<String, Tensor> biases = new HashMap<>();
  private final Map<String, Tensor> gains = new HashMap<>();
  private final DenseMatrix embedding;

  /** Reads all modules. */
  ModuleReader(
      LlamaConfig config,
      Optional<GptqConfig> quantisation,
      WeightFiles weights,
      Findings findings) {
    this.config = config;
    this.tensors = new TensorSource(weights);
    this.findings = findings;
    this.quantised = quantisation.map(gptq -> new QuantisedModules(gptq, tensors, findings));
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

  /**
   * The embedding matrix, and the output head. If they are tied, one of the two names is enough; if
   * both are stored the embedding counts, as in Transformers.
   */
  private DenseMatrix readEmbedding() {
    String embeddingName = LinearModule.EMBEDDING + ".weight";
    String headName = LinearModule.HEAD + ".weight";
    List<Long> shape = List.of((long) config.vocab(), (long) config.dim());
    if (!config.tiedEmbeddings()) {
      DenseMatrix own = new DenseMatrix(tensors.requireWeights(embeddingName, shape));
      readLinear(new LinearModule(LinearModule.HEAD, config.vocab(), config.dim(), false));
      return own;
    }
    boolean headOnly = tensors.has(headName) && !tensors.has(embeddingName);
    String name = headOnly ? headName : embeddingName;
    DenseMatrix tied = new DenseMatrix(tensors.requireWeights(name, shape));
    tensors
        .take(headName)
        .filter(head -> !TensorBytes.equal(head, tied.tensor()))
        .ifPresent(
            _ ->
                findings.add(
                    tensors.place(headName),
                    "differs from " + embeddingName,
                    "not used, since tie_word_embeddings is true"));
    matrices.put(LinearModule.HEAD, tied);
    return tied;
  }

  private void readNorm(String name) {
    gains.put(name, tensors.requireWeights(name + ".weight", List.of((long) config.dim())));
  }

  private void readLinear(LinearModule module) {
    String dense = module.name() + ".weight";
    if (tensors.has(module.name() + ".qweight")) {
      matrices.put(module.name(), readQuantised(module, dense));
    } else {
      requireDenseAllowed(module);
      List<Long> shape = List.of((long) module.outputs(), (long) module.inputs());
      matrices.put(module.name(), new DenseMatrix(tensors.requireWeights(dense, shape)));
    }
    readBias(module);
  }

  private WeightMatrix readQuantised(LinearModule module, String dense) {
    if (tensors.has(dense)) {
      throw TouchstoneException.of(
          Fault.FORMAT,
          tensors.place(dense),
          "stands beside .qweight",
          "a module is quantised or it is not");
    }
    return quantised
        .orElseThrow(
            () ->
                TouchstoneException.of(
                    Fault.MISSING,
                    tensors.place(module.name() + ".qweight"),
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
          tensors.place(module.name() + ".qweight"),
          tensors.has(module.name() + ".weight") ? "missing, there is .weight instead" : "missing",
          "the configuration says that all modules of the layers are quantised with GPTQ");
    }
  }

  /** A stored bias is added whatever the flag says: AutoGPTQ gives one to every quantised module. */
  private void readBias(LinearModule module) {
    String name = module.name() + ".bias";
    if (module.hasBias() || tensors.has(name)) {
      biases.put(module.name(), tensors.requireWeights(name, List.of((long) module.outputs())));
    }
  }

  private void reportUnused() {
    // Frequencies that older versions of Transformers stored; they are computed.
    List<String> unused =
        tensors.untaken().stream().filter(name -> !name.endsWith("rotary_emb.inv_freq")).toList();
    if (!unused.isEmpty()) {
      findings.add(
          tensors.place(unused.getFirst()),
          "one of %d tensors that a Llama of this configuration does not have"
              .formatted(unused.size()),
          "not used: "
              + String.join(", ", unused.subList(0, Math.min(NAMED, unused.size())))
              + (unused.size() > NAMED ? ", ..." : ""));
    }
  }
}
