package touchstone.conformance.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.checkpoint.Safetensors;
import touchstone.checkpoint.Sha256;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqStorage;
import touchstone.gptq.ZeroPointFormat;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.LinearModule;
import touchstone.quantize.CalibrationSet;
import touchstone.quantize.ModelQuantiser;
import touchstone.quantize.ModuleReport;
import touchstone.quantize.QuantisationListener;
import touchstone.quantize.QuantisationPlan;
import touchstone.quantize.QuantisationPlan.Method;
import touchstone.quantize.QuantiserSettings;
import touchstone.tokenizer.Tokenizer;

class ModelQuantiserTest {
  private static final String TEXT =
      "Gold is rubbed on a dark stone, and the streak that it leaves tells what it is worth. ";
  private static final QuantisationPlan PLAN = plan(Method.GPTQ, 4, 32, true, true);
  private static final long IN_MEMORY = Long.MAX_VALUE;

  @TempDir static Path shared;
  @TempDir Path folder;
  private static Path model;
  private static CalibrationSet set;
  private static Path finished;

  @BeforeAll
  static void quantiseOnce() {
    model = Dense.model(shared.resolve("dense"));
    int[] text = Tokenizer.load(model).encode(TEXT.repeat(12));
    set = CalibrationSet.draw(text, 4, 48, 7, "text");
    finished = shared.resolve("finished");
    assertThat(quantise(model, PLAN, finished, "simd", 2, IN_MEMORY, new Silent()))
        .hasSize(7 * Dense.LAYERS);
  }

  private static QuantisationPlan plan(
      Method method, int bits, int groupSize, boolean actOrder, boolean trueSequential) {
    return new QuantisationPlan(
        method,
        new QuantiserSettings(
            bits, groupSize, actOrder, false, true, false, 0.1, ZeroPointFormat.V1),
        trueSequential);
  }

  private static List<ModuleReport> quantise(
      Path source,
      QuantisationPlan plan,
      Path out,
      String kernelSet,
      int threads,
      long limit,
      QuantisationListener listener) {
    return new Quantising(kernelSet, threads, limit).run(source, plan, set, out, listener);
  }

  private static String sha256(Path directory) {
    return Sha256.of(directory.resolve("model.safetensors"));
  }

  private static List<String> logWithoutTimes(Path directory) throws IOException {
    return Files.readAllLines(directory.resolve("quantize_log.csv")).stream()
        .map(line -> line.substring(0, line.lastIndexOf(',')))
        .toList();
  }

  /** Watches without a word, and may throw after a number of steps: the process was killed there. */
  private static class Silent implements QuantisationListener {
    static final class Killed extends RuntimeException {
      private static final long serialVersionUID = 1L;
    }

    private int stepsLeft = Integer.MAX_VALUE;
    private double share;
    private int found;

    static Silent dyingAfter(int steps) {
      Silent silent = new Silent();
      silent.stepsLeft = steps;
      return silent;
    }

    @Override
    public void progress(int layer, String what, double now) {
      assertThat(now).isGreaterThanOrEqualTo(share);
      share = now;
      if (--stepsLeft < 0) {
        throw new Killed();
      }
    }

    @Override
    public void quantised(ModuleReport report) {}

    @Override
    public void resumed(int layers) {
      found = layers;
    }
  }

  @ParameterizedTest
  @CsvSource({"scalar, 1", "scalar, 3", "simd, 1", "simd, 3"})
  @Tag("CALIB-2")
  void noKernelSetNoThreadsAndNoFileChangeAByte(String kernelSet, int threads) throws IOException {
    Path out = folder.resolve("out");
    Silent listener = new Silent();
    quantise(model, PLAN, out, kernelSet, threads, threads == 1 ? 0 : IN_MEMORY, listener);
    assertThat(sha256(out)).isEqualTo(sha256(finished));
    assertThat(logWithoutTimes(out)).isEqualTo(logWithoutTimes(finished));
    assertThat(listener.share).isCloseTo(1, within(1e-9));
    assertThat(folder.resolve("out.unfinished")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 20, 45, 70})
  @Tag("CALIB-5")
  void whereverItIsKilledTheSameCallEndsWithTheSameBytes(int steps) throws IOException {
    Path out = folder.resolve("out");
    int deaths = 0;
    int found = 0;
    while (!Files.exists(out)) {
      Silent listener = deaths < 3 ? Silent.dyingAfter(steps + 25 * deaths) : new Silent();
      try {
        quantise(model, PLAN, out, "simd", 2, IN_MEMORY, listener);
      } catch (Silent.Killed _) {
        deaths++;
        assertThat(out).doesNotExist();
      }
      assertThat(listener.found).isGreaterThanOrEqualTo(found);
      found = listener.found;
    }
    assertThat(deaths).isPositive();
    assertThat(found).as("layers taken over").isPositive();
    assertThat(sha256(out)).isEqualTo(sha256(finished));
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(out);
    }
    assertThat(out.resolve("quantize_log.csv")).content().hasLineCount(1 + 7 * Dense.LAYERS);
  }

  @Test
  @Tag("CALIB-2")
  void everyModuleWasCalibratedOnWhatItSeesInTheFinishedModel() {
    Recalibration.requireModules(model, finished, PLAN, set.windows());
  }

  @Test
  @Tag("CALIB-2")
  void withoutTrueSequentialOnlyLayersFollowOneAnother() {
    Path out = folder.resolve("out");
    QuantisationPlan together = plan(Method.GPTQ, 4, 32, true, false);
    quantise(model, together, out, "simd", 2, IN_MEMORY, new Silent());
    Recalibration.requireModules(model, out, together, set.windows());
  }

  @ParameterizedTest
  @CsvSource({"GPTQ, 4, -1, true", "GPTQ, 3, 32, true", "GPTQ, 2, 64, false", "RTN, 8, 128, false"})
  @Tag("CALIB-4")
  void everyReaderUnderstandsWhatIsWritten(
      Method method, int bits, int groupSize, boolean actOrder) {
    Path out = folder.resolve("out");
    QuantisationPlan plan = plan(method, bits, groupSize, actOrder, true);
    quantise(model, plan, out, "simd", 2, IN_MEMORY, new Silent());
    try (CheckpointDirectory read = CheckpointDirectory.open(out, true)) {
      assertThat(read.quantisation()).contains(plan.config());
      assertThat(read.totalBytes()).isEqualTo(GptqStorage.totalBytes(read.config(), plan.config()));
      assertThat(read.bias(LinearModule.ofLayer(read.config(), 1).get(2).name()))
          .hasValueSatisfying(bias -> assertThat(bias).containsOnly(0));
    }
    Recalibration.requireSameLogits(out, set.windows().getFirst());
  }

  @Test
  @Tag("CALIB-4")
  void metadataIsAutoGptqs() {
    try (Safetensors weights = Safetensors.open(finished.resolve("model.safetensors"))) {
      assertThat(weights.metadata())
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "format", "pt",
                  "auto_gptq_version", "0.4.2",
                  "gptq_bits", "4",
                  "gptq_group_size", "32",
                  "gptq_desc_act", "True",
                  "gptq_damp_percent", "0.1"));
    }
  }

  @Test
  void gptqErrsLessThanRoundingToNearest() {
    List<ModuleReport> reports = new ArrayList<>();
    Path out = folder.resolve("out");
    reports.addAll(
        quantise(
            model, plan(Method.GPTQ, 3, 128, true, true), out, "simd", 2, IN_MEMORY, new Silent()));
    double error = reports.stream().mapToDouble(r -> r.error().orElseThrow()).sum();
    double nearest = reports.stream().mapToDouble(r -> r.nearestError().orElseThrow()).sum();
    assertThat(error).isPositive().isLessThan(nearest);
  }

  @Test
  void severalQuantisationsShareAQuantiserAndGetTheBytesThatEachGetsAlone() {
    Path out = folder.resolve("out");
    QuantisationPlan other = plan(Method.GPTQ, 3, 32, true, true);
    try (CheckpointDirectory source = CheckpointDirectory.open(model, true);
        Kernels kernels = KernelSets.open("simd", Numerics.F32, 2)) {
      ModelQuantiser quantiser = new ModelQuantiser(source, Optional.of(set), kernels, IN_MEMORY);
      quantiser.run(other, folder.resolve("other"), Map.of(), new Silent());
      assertThat(quantiser.isDone(PLAN, out)).isFalse();
      quantiser.run(PLAN, out, Map.of(), new Silent());
      assertThat(quantiser.isDone(PLAN, out)).isTrue();
      assertThat(quantiser.isDone(other, out)).isFalse();
    }
    assertThat(sha256(out)).isEqualTo(sha256(finished));
  }

  @Test
  @Tag("CALIB-5")
  void unfinishedWorkOfAnotherPlanIsLeftAlone() {
    Path out = folder.resolve("out");
    assertThatThrownBy(
            () -> quantise(model, PLAN, out, "simd", 2, IN_MEMORY, Silent.dyingAfter(40)))
        .isInstanceOf(Silent.Killed.class);
    assertThatThrownBy(
            () ->
                quantise(
                    model,
                    plan(Method.GPTQ, 4, 64, true, true),
                    out,
                    "simd",
                    2,
                    IN_MEMORY,
                    new Silent()))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.OUTPUT))
        .hasMessageContaining("out.unfinished: unfinished work, begun with group_size 32, not 64");
    quantise(model, PLAN, out, "simd", 2, IN_MEMORY, new Silent());
    assertThat(sha256(out)).isEqualTo(sha256(finished));
  }

  @Test
  void aFaultInTheFirstLayerLeavesNothing() throws IOException {
    String name = "model.layers.0.self_attn.o_proj.weight";
    Path bad = Dense.model(folder.resolve("bad"), Dense.with(name, 5, Float.NaN));
    requireFault(bad, PLAN, Fault.FORMAT, "tensor '" + name + "': NaN at index 5 (");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(bad);
    }
  }

  @Test
  void aFaultInALaterLayerKeepsTheLayersBefore() {
    String name = "model.layers.1.input_layernorm.weight";
    Path bad = Dense.model(folder.resolve("bad"), Dense.with(name, 5, Float.POSITIVE_INFINITY));
    requireFault(bad, PLAN, Fault.FORMAT, "tensor '" + name + "': Infinity at index 5 (");
    assertThat(folder.resolve("out.unfinished/layer-000.safetensors")).exists();
  }

  @Test
  void tooLittleDampingIsTheSolversFaultAndNamesTheModule() {
    QuantisationPlan plan =
        new QuantisationPlan(
            Method.GPTQ,
            new QuantiserSettings(4, 32, true, false, true, false, 1e-12, ZeroPointFormat.V1),
            true);
    requireFault(model, plan, Fault.CONFIG, "model.layers.0.self_attn.");
  }

  @Test
  void quantisedSourceIsRefused() {
    requireFault(
        finished, PLAN, Fault.UNSUPPORTED, finished + ": a model that is already quantised");
  }

  @Test
  void directoryThatIsNotEmptyIsLeftAlone() throws IOException {
    Path out = Files.createDirectory(folder.resolve("out"));
    Files.writeString(out.resolve("mine"), "x");
    requireFault(model, PLAN, Fault.OUTPUT, out + ": not empty");
    assertThat(out.resolve("mine")).hasContent("x");
    assertThat(folder.resolve("out.unfinished")).doesNotExist();
  }

  private void requireFault(Path source, QuantisationPlan plan, Fault fault, String message) {
    Path out = folder.resolve("out");
    assertThatThrownBy(() -> quantise(source, plan, out, "simd", 2, IN_MEMORY, new Silent()))
        .isInstanceOfSatisfying(
            TouchstoneException.class,
            e -> assertThat(e.fault()).as(e.getMessage()).isEqualTo(fault))
        .hasMessageStartingWith(message);
    assertThat(out.resolve("model.safetensors")).doesNotExist();
  }
}
