package touchstone.conformance.own;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.runtime.RuntimeDescription;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.Value;
import touchstone.error.TouchstoneException;

/**
 * The reference on one kernel set as a runtime under test, with a deviation or without. Calls are
 * answered by topic: {@link ForwardCalls}, {@link LikelihoodCalls}, {@link OperationCalls}, {@link
 * GptqCalls}, {@link CheckpointCalls}, {@link TextCalls}, {@link SamplingCalls}, {@link
 * QuantiseCalls}. Models stay loaded until it is closed.
 */
public final class OwnRuntime implements RuntimeUnderTest {
  private static final String VERSION = "0.1.0";

  /** What answers the calls of a topic. */
  @FunctionalInterface
  private interface Topic {
    Map<String, Value> answer(String call, Arguments arguments);
  }

  private final Models models;
  private final Map<String, Topic> topics = new HashMap<>();
  private final RuntimeDescription description;
  private final Runnable closing;

  private OwnRuntime(
      Checkpoints checkpoints, Models models, Seams seams, String name, Runnable closing) {
    this.models = models;
    this.closing = closing;
    Passes passes = seams.passes(Passes.REFERENCE);
    OperationCalls operations = new OperationCalls(models);
    add(CheckpointCalls.CALLS, new CheckpointCalls(checkpoints.root())::answer);
    add(GptqCalls.CALLS, new GptqCalls(operations, seams)::answer);
    add(OperationCalls.CALLS, operations::answer);
    add(ForwardCalls.CALLS, new ForwardCalls(models, passes)::answer);
    add(
        LikelihoodCalls.CALLS,
        new LikelihoodCalls(models, passes, seams.continuation(Continuation.REFERENCE))::answer);
    add(TextCalls.CALLS, new TextCalls(checkpoints.root(), seams)::answer);
    add(SamplingCalls.CALLS, new SamplingCalls(seams)::answer);
    add(QuantiseCalls.CALLS, new QuantiseCalls(operations.kernels(), seams)::answer);
    this.description = describe(name, topics.keySet());
  }

  private void add(Set<String> calls, Topic topic) {
    calls.forEach(call -> topics.put(call, topic));
  }

  private static RuntimeDescription describe(String kernelSet, Set<String> calls) {
    return new RuntimeDescription(
        "touchstone, kernels " + kernelSet,
        VERSION,
        "Java",
        Optional.empty(),
        calls,
        NumericProfile.F32_GROUPED,
        OptionalInt.empty());
  }

  /**
   * The reference itself.
   *
   * @param root the folder golden-data, which the paths of models are below
   * @param kernelSet {@code scalar}, {@code simd} or {@code auto}
   * @param threads number of threads that compute
   * @throws TouchstoneException if there is no such kernel set
   */
  public static OwnRuntime open(Path root, String kernelSet, int threads) {
    return open(root, kernelSet, threads, Seams.NONE);
  }

  /** The reference with a deviation. */
  public static OwnRuntime open(Path root, String kernelSet, int threads, Seams seams) {
    Checkpoints checkpoints = new Checkpoints(root);
    Models models = new Models(checkpoints, kernelSet, threads, seams);
    return new OwnRuntime(checkpoints, models, seams, kernelSet, checkpoints::close);
  }

  /** The reference with a deviation, on checkpoints that stay open when it is closed. */
  public static OwnRuntime deviant(
      Checkpoints checkpoints, String kernelSet, int threads, Seams seams) {
    Models models = new Models(checkpoints, kernelSet, threads, seams);
    return new OwnRuntime(checkpoints, models, seams, kernelSet, () -> {});
  }

  @Override
  public RuntimeDescription description() {
    return description;
  }

  @Override
  public Reply run(Request request) {
    Topic topic = topics.get(request.call());
    if (topic == null) {
      return new Reply.Skipped("no call " + request.call());
    }
    try {
      return new Reply.Result(topic.answer(request.call(), request.arguments()));
    } catch (TouchstoneException e) {
      return new Reply.Refused(errorClass(e), e.getMessage());
    } catch (IllegalArgumentException e) {
      return new Reply.Refused("shape", String.valueOf(e.getMessage()));
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      return new Reply.Refused("range", String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      return new Reply.Broken(e.toString());
    }
  }

  private static String errorClass(TouchstoneException e) {
    return switch (e.fault()) {
      case FORMAT, MISSING, CHANGED -> "malformed";
      case UNSUPPORTED -> "unsupported";
      case USAGE, CONFIG, LIMIT -> "range";
      case INTERNAL, OUTPUT, IO, PERMISSION, DISK_FULL, PROTOCOL -> "internal";
    };
  }

  @Override
  public void close() {
    models.close();
    closing.run();
  }
}
