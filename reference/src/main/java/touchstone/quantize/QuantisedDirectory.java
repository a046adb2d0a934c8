package touchstone.quantize;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import touchstone.checkpoint.AtomicFile;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.checkpoint.GptqDocuments;
import touchstone.checkpoint.Safetensors;
import touchstone.checkpoint.SafetensorsWriter;
import touchstone.json.StrictJson;
import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;
import touchstone.tensor.TensorSpec;

/**
 * Puts finished layers together as AutoGPTQ would save the model: every module of the layers with
 * qweight, qzeros, scales, g_idx and a bias; embedding, head and norms in F16.
 *
 * @source AutoGPTQ v0.4.2 modeling/_base.py, save_quantized; modeling/_utils.py, make_quant
 * @deviation of tied embeddings only one copy is stored
 * @rules CALIB-4
 */
final class QuantisedDirectory {
  /** What became of the modules, a line each. */
  static final String LOG = "quantize_log.csv";

  private final CheckpointDirectory source;
  private final QuantisationPlan plan;
  private final WorkFolder work;

  QuantisedDirectory(CheckpointDirectory source, QuantisationPlan plan, WorkFolder work) {
    this.source = source;
    this.plan = plan;
    this.work = work;
  }

  /**
   * Writes the model.
   *
   * @param folder an empty one
   * @param seqLen tokens of a calibration sample
   * @return what became of each module
   */
  List<ModuleReport> write(
      Path folder,
      QuantisationRecord record,
      Map<String, byte[]> further,
      Optional<Integer> seqLen) {
    List<Safetensors> layers = new ArrayList<>();
    try {
      for (int layer = 0; layer < source.config().layers(); layer++) {
        layers.add(work.open(layer));
      }
      List<ModuleReport> reports =
          layers.stream().flatMap(layer -> WorkFolder.reports(layer).stream()).toList();
      documents(further, seqLen, reports)
          .forEach((name, bytes) -> AtomicFile.write(folder.resolve(name), bytes));
      record.write(folder);
      weights(layers, folder.resolve(GptqDocuments.WEIGHTS + ".safetensors"));
      source.verifyUnchanged();
      return reports;
    } finally {
      layers.forEach(Safetensors::close);
    }
  }

  private Map<String, byte[]> documents(
      Map<String, byte[]> further, Optional<Integer> seqLen, List<ModuleReport> reports) {
    Map<String, byte[]> documents = new LinkedHashMap<>(further);
    Path config = source.directory().resolve("config.json");
    ObjectNode before = (ObjectNode) StrictJson.read(config, StrictJson.CONFIG_BYTES);
    OptionalInt tokens = seqLen.map(OptionalInt::of).orElse(OptionalInt.empty());
    documents.put("config.json", GptqDocuments.config(before, plan.config(), tokens));
    documents.put("quantize_config.json", GptqDocuments.quantizeConfig(plan.config()));
    String log =
        Stream.concat(Stream.of(ModuleReport.HEADER), reports.stream().map(ModuleReport::line))
            .collect(Collectors.joining("\n", "", "\n"));
    documents.put(LOG, log.getBytes(StandardCharsets.UTF_8));
    return documents;
  }

  private void weights(List<Safetensors> layers, Path file) {
    Map<String, Tensor> others = others();
    Map<String, Tensor> quantised = new HashMap<>();
    layers.forEach(layer -> quantised.putAll(layer.tensors()));
    List<TensorSpec> specs =
        Stream.concat(
                quantised.values().stream().map(TensorSpec::of),
                others.values().stream()
                    .map(tensor -> new TensorSpec(tensor.name(), DType.F16, tensor.shape())))
            .toList();
    SafetensorsWriter.write(
        file,
        GptqDocuments.metadata(plan.config()),
        specs,
        spec ->
            others.containsKey(spec.name())
                ? HalfPrecision.of(others.get(spec.name()))
                : quantised.get(spec.name()),
        _ -> {});
  }

  /** What is not quantised, as the source has it. */
  private Map<String, Tensor> others() {
    LlamaConfig config = source.config();
    Map<String, Tensor> others = new HashMap<>();
    put(others, LinearModule.EMBEDDING, source.embedding().tensor());
    if (!config.tiedEmbeddings()) {
      put(others, LinearModule.HEAD, ((DenseMatrix) source.matrix(LinearModule.HEAD)).tensor());
    }
    LinearModule.norms(config)
        .forEach(norm -> put(others, norm, HalfPrecision.tensor(norm, source.gain(norm))));
    return others;
  }

  private static void put(Map<String, Tensor> tensors, String module, Tensor tensor) {
    String name = module + ".weight";
    tensors.put(name, new Tensor(name, tensor.dtype(), tensor.shape(), tensor.data()));
  }
}
