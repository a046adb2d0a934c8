package touchstone.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import touchstone.kernels.MachineLimits;

/**
 * A result for programs. Fields that llama-bench has too have its names, units and meanings; what
 * compares with the machine is null where its limits are not known.
 *
 * @source llama.cpp tools/llama-bench/llama-bench.cpp
 */
final class BenchFields {
  private static final double GIGA = 1e9;

  private BenchFields() {}

  static ObjectNode of(BenchResult result) {
    ObjectNode fields = JsonOutput.object();
    putSetup(fields, result);
    putSpeeds(fields, result);
    putLimits(fields, result);
    ArrayNode nanos = fields.putArray("samples_ns");
    for (long sample : result.nanos()) {
      nanos.add(sample);
    }
    ArrayNode speeds = fields.putArray("samples_ts");
    for (double sample : result.speeds()) {
      speeds.add(sample);
    }
    return fields;
  }

  private static void putSetup(ObjectNode fields, BenchResult result) {
    BenchTest test = result.test();
    boolean prompt = test instanceof BenchTest.Prompt;
    fields
        .put("build_version", TouchstoneCommand.Version.number())
        .put("java_version", BenchMachine.java())
        .put("cpu_info", BenchMachine.processor())
        .put("model_filename", result.model().source())
        .put("model_type", result.model().type())
        .put("model_size", result.weights().all().bytes())
        .put("model_n_params", result.weights().all().parameters())
        .put("bits_per_weight", result.weights().layers().bitsPerWeight())
        .put("kernels", result.kernels())
        .put("numerics", result.numerics().toString())
        .put("n_threads", result.threads())
        .put("n_batch", test.rows())
        .put("n_prompt", prompt ? test.positions() : 0)
        .put("n_gen", prompt ? 0 : test.positions())
        .put("n_sequences", test.sequences())
        .put("n_warmup", result.warmUps())
        .put("test_time", result.time().toString());
  }

  private static void putSpeeds(ObjectNode fields, BenchResult result) {
    fields
        .put("avg_ns", Math.round(result.meanNanos()))
        .put("stddev_ns", Math.round(result.deviationNanos()))
        .put("avg_ts", result.meanSpeed())
        .put("stddev_ts", result.deviationSpeed())
        .put("effective_gb_s", result.bytesPerSecond() / GIGA)
        .put("gflop_s", result.flopsPerSecond() / GIGA);
  }

  private static void putLimits(ObjectNode fields, BenchResult result) {
    Optional<MachineLimits> limits = result.limits();
    put(fields, "read_gb_s", of(limits, l -> l.readBytesPerSecond().median() / GIGA));
    put(fields, "fma_gflop_s", of(limits, l -> l.fmaFlopsPerSecond().median() / GIGA));
    put(fields, "hand_off_ns", of(limits, MachineLimits::handOffNanos));
    put(fields, "share_of_read", result.shareOfRead());
    put(fields, "share_of_fma", result.shareOfFma());
  }

  private static OptionalDouble of(
      Optional<MachineLimits> limits, ToDoubleFunction<MachineLimits> value) {
    return limits.stream().mapToDouble(value).findFirst();
  }

  private static void put(ObjectNode fields, String name, OptionalDouble value) {
    if (value.isPresent()) {
      fields.put(name, value.getAsDouble());
    } else {
      fields.putNull(name);
    }
  }
}
