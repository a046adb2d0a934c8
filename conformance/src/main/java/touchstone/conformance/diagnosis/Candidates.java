package touchstone.conformance.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import touchstone.conformance.mutant.Mutant;
import touchstone.conformance.own.Checkpoints;
import touchstone.conformance.own.Composed;
import touchstone.conformance.own.OwnRuntime;
import touchstone.conformance.own.QuantiseCalls;
import touchstone.conformance.own.SamplingCalls;
import touchstone.conformance.own.Seams;
import touchstone.conformance.own.TextCalls;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.suite.Vector;

/** What mistakes answer to the same questions, asked when they are needed. */
final class Candidates {
  private final Checkpoints checkpoints;
  private final String kernelSet;
  private final int threads;
  private final Map<String, Map<String, Reply>> known = new ConcurrentHashMap<>();

  /** A mistake, or two at once, and its answers in the order of the questions. */
  record Answers(List<Mutant> mistakes, List<Reply> replies) {}

  Candidates(Checkpoints checkpoints, String kernelSet, int threads) {
    this.checkpoints = checkpoints;
    this.kernelSet = kernelSet;
    this.threads = threads;
  }

  /**
   * The answers of many, computed side by side. Those of single mistakes are asked for once,
   * and not at all where a mistake has no part in the call.
   */
  List<Answers> ask(List<List<Mutant>> candidates, List<Vector> questions) {
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Callable<Answers>> tasks = new ArrayList<>();
      candidates.forEach(
          mistakes -> tasks.add(() -> new Answers(mistakes, replies(mistakes, questions))));
      List<Answers> answers = new ArrayList<>();
      for (Future<Answers> answer : executor.invokeAll(tasks)) {
        answers.add(answer.get());
      }
      return answers;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while mistakes were tried", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a mistake could not be tried", e.getCause());
    }
  }

  private List<Reply> replies(List<Mutant> mistakes, List<Vector> questions) {
    Map<String, Reply> answered =
        mistakes.size() > 1
            ? new ConcurrentHashMap<>()
            : known.computeIfAbsent(id(mistakes), id -> new ConcurrentHashMap<>());
    Seams seams = mistakes.stream().map(Mutant::seams).reduce(Composed::new).orElse(Seams.NONE);
    try (OwnRuntime runtime = OwnRuntime.deviant(checkpoints, kernelSet, 1, seams)) {
      List<Reply> replies = new ArrayList<>();
      for (Vector question : questions) {
        replies.add(
            isOfReference(mistakes, question.request().call())
                ? replies(List.of(), List.of(question)).getFirst()
                : answered.computeIfAbsent(question.id(), id -> runtime.run(question.request())));
      }
      return replies;
    }
  }

  private static String id(List<Mutant> mistakes) {
    return mistakes.isEmpty() ? "" : mistakes.getFirst().id();
  }

  /** Whether mistakes have no part in a call, so that they answer as the reference does. */
  private static boolean isOfReference(List<Mutant> mistakes, String call) {
    return !mistakes.isEmpty() && mistakes.stream().noneMatch(m -> concerns(m.group(), call));
  }

  private static boolean concerns(Mutant.Group group, String call) {
    return switch (group) {
      case TEXT -> TextCalls.CALLS.contains(call);
      case SAMPLING -> SamplingCalls.CALLS.contains(call);
      case QUANTISER -> QuantiseCalls.CALLS.contains(call);
      case WEIGHTS, ARITHMETIC ->
          !TextCalls.CALLS.contains(call) && !SamplingCalls.CALLS.contains(call);
    };
  }
}
