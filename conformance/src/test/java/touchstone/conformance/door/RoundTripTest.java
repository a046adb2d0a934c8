package touchstone.conformance.door;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.TensorFiles;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.ValueJson;
import touchstone.golden.GoldenData;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/** Values go through two processes and come back with every bit. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RoundTripTest {
  @TempDir Path folder;

  private ProcessRuntime runtime;

  @BeforeAll
  void start() {
    String classes =
        String.join(
            File.pathSeparator,
            System.getProperty("jdk.module.path"),
            Path.of(System.getProperty("touchstone.root"), "conformance/target/test-classes")
                .toString());
    runtime =
        ProcessRuntime.start(
            new ProcessRuntime.Settings(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    classes,
                    EchoRuntime.class.getName()),
                GoldenData.root(),
                "1.0.0",
                Duration.ofSeconds(60)));
  }

  @AfterAll
  void stop() {
    runtime.close();
  }

  private Reply echo(ObjectNode arguments) {
    return runtime.run(
        new Request(
            "test/echo/one",
            "op.softmax",
            new Arguments(arguments, new ValueJson(new TensorFiles()))));
  }

  private static Tensor random(DType type, List<Long> shape, Random bits) {
    long elements = shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    byte[] bytes = new byte[Math.toIntExact(elements * type.bytes())];
    bits.nextBytes(bytes);
    return new Tensor("x", type, shape, MemorySegment.ofArray(bytes));
  }

  @Test
  void everyKindOfValueComesBackBitByBit() {
    Random bits = new Random(1);
    ObjectNode arguments = JsonNodeFactory.instance.objectNode();
    arguments.put("text", "Grüße, \u0000 \ud83d\ude00 </s>").put("whole", 7).put("truth", true);
    arguments.putArray("ids").add(1).add(31999);
    arguments.putArray("chunks").add("").add(" a");
    arguments.putNull("nothing");
    for (DType type : List.of(DType.F16, DType.BF16, DType.F32, DType.F64, DType.I32)) {
      for (List<Long> shape :
          List.of(
              List.<Long>of(), List.of(0L), List.of(64L), List.of(5L, 13L), List.of(3L, 1L, 2L))) {
        String name =
            type.name().toLowerCase(Locale.ROOT) + shape.toString().replaceAll("\\W", "-");
        arguments.set(
            name,
            ValueJson.write(
                new Value.Numbers(random(type, shape, bits)),
                folder.resolve(name + ".safetensors")));
      }
    }
    arguments.set(
        "sparse",
        ValueJson.write(
            new Value.Sparse(new int[] {3, 0, 639}, random(DType.F32, List.of(3L), bits)),
            folder.resolve("sparse")));
    Reply.Result result = (Reply.Result) echo(arguments);
    assertThat(result.outputs().keySet()).hasSize(arguments.size());
    try (TensorFiles files = new TensorFiles()) {
      arguments
          .properties()
          .forEach(
              sent ->
                  assertSame(
                      sent.getKey(),
                      new ValueJson(files).read(sent.getValue()),
                      result.outputs().get(sent.getKey())));
    }
  }

  private static void assertSame(String name, Value sent, Value received) {
    switch (sent) {
      case Value.Data(JsonNode json) ->
          assertThat(received).as(name).isEqualTo(new Value.Data(json));
      case Value.Numbers(Tensor tensor) ->
          assertSame(name, tensor, ((Value.Numbers) received).tensor());
      case Value.Sparse(int[] ids, Tensor values) -> {
        assertThat(((Value.Sparse) received).ids()).as(name).isEqualTo(ids);
        assertSame(name, values, ((Value.Sparse) received).values());
      }
    }
  }

  private static void assertSame(String name, Tensor sent, Tensor received) {
    assertThat(received.dtype()).as(name).isEqualTo(sent.dtype());
    assertThat(received.shape()).as(name).isEqualTo(sent.shape());
    assertThat(received.data().toArray(ValueLayout.JAVA_BYTE))
        .as(name)
        .isEqualTo(sent.data().toArray(ValueLayout.JAVA_BYTE));
  }

  @Test
  void whatTheRuntimeSaysOfItselfComesThrough() {
    assertThat(runtime.description()).isEqualTo(EchoRuntime.DESCRIPTION);
  }

  @Test
  void everyReplyComesThroughAndABrokenOneEndsTheProcess() {
    ObjectNode arguments = JsonNodeFactory.instance.objectNode();
    assertThat(echo(arguments.put("reply", "skipped"))).isEqualTo(new Reply.Skipped("not today"));
    assertThat(echo(arguments.put("reply", "refused")))
        .isEqualTo(new Reply.Refused("shape", "too wide"));
    assertThat(echo(arguments.put("reply", "broken")))
        .isInstanceOfSatisfying(
            Reply.Broken.class, broken -> assertThat(broken.what()).contains("ended with code 1"));
    assertThat(echo(arguments.put("reply", "skipped"))).isEqualTo(new Reply.Skipped("not today"));
  }

  @Test
  void modelReachesTheRuntimeAsAnAbsoluteFolder() {
    ObjectNode arguments = JsonNodeFactory.instance.objectNode().put("model", "models/pebble");
    Reply.Result result = (Reply.Result) echo(arguments);
    assertThat(((Value.Data) result.outputs().get("model")).json().asText())
        .isEqualTo(GoldenData.path("models/pebble").toAbsolutePath().toString());
  }
}
