package touchstone.conformance.diagnosis;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.suite.Accept;
import touchstone.conformance.suite.Expectation;
import touchstone.conformance.suite.ExpectedOutput;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.Elements;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/**
 * Answers as they come through a door, from a runtime that rounds in its own way: every number is
 * moved by up to the largest error that honest runs of its profile showed.
 *
 * @param calls that the door has; all if empty
 * @param profile whose rounding is put on top
 * @param decimals that numbers are printed with; 0 for all
 * @param noise what numbers are moved by besides
 */
record Served(Set<String> calls, NumericProfile profile, int decimals, double noise) {
  static final Served FILES = new Served(Set.of(), NumericProfile.F32, 0, 0);
  static final Served LOGPROBS =
      new Served(Set.of("logprobs", "next", "generate", "tokenize"), NumericProfile.F32, 4, 0);

  Served rounding(NumericProfile other) {
    return new Served(calls, other, decimals, noise);
  }

  /** Wrong in a way that nobody knows: every number is moved by up to so much. */
  static Served noise(double most) {
    return new Served(Set.of(), NumericProfile.F32, 0, most);
  }

  /** As it is called in tables. */
  String name() {
    return (calls.isEmpty() ? "files " : "logprobs ") + profile.label();
  }

  boolean asks(Vector vector) {
    return calls.isEmpty() || calls.contains(vector.request().call());
  }

  List<Answered> answers(List<Vector> vectors, List<Reply> replies, long seed) {
    Random random = new Random(seed);
    return IntStream.range(0, vectors.size())
        .mapToObj(i -> new Answered(vectors.get(i), reply(vectors.get(i), replies.get(i), random)))
        .toList();
  }

  private Reply reply(Vector vector, Reply reply, Random random) {
    if (!(vector.expectation() instanceof Expectation.Valid(var expected))
        || !(reply instanceof Reply.Result(Map<String, Value> outputs))) {
      return reply;
    }
    Map<String, Value> moved = new LinkedHashMap<>();
    outputs.forEach((name, value) -> moved.put(name, moved(expected.get(name), value, random)));
    return new Reply.Result(moved);
  }

  private Value moved(ExpectedOutput expected, Value value, Random random) {
    if (expected == null || !(expected.accept() instanceof Accept.Spread(int f, var spread))) {
      return value;
    }
    double most = spread.getOrDefault(profile.label(), 0.0) + noise;
    return switch (value) {
      case Value.Numbers(Tensor numbers) -> new Value.Numbers(moved(numbers, most, random));
      case Value.Sparse(int[] ids, Tensor values) ->
          new Value.Sparse(ids, moved(values, most, random));
      case Value.Data data -> data;
    };
  }

  private Tensor moved(Tensor numbers, double most, Random random) {
    double scale = Math.pow(10, decimals);
    double[] values = new double[Math.toIntExact(numbers.elements())];
    for (int i = 0; i < values.length; i++) {
      double value = Elements.value(numbers, i) + most * (2 * random.nextDouble() - 1);
      values[i] = decimals == 0 ? value : Math.rint(value * scale) / scale;
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asDoubleBuffer().put(values);
    return new Tensor("moved", DType.F64, numbers.shape(), MemorySegment.ofArray(bytes.array()));
  }
}
