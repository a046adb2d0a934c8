package touchstone.conformance.mutant;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.Continuation;
import touchstone.conformance.own.Continuation.Ended;
import touchstone.conformance.own.Seams;

/** Mistakes in when a continuation ends. */
final class StoppingMutants {
  private StoppingMutants() {}

  static List<Mutant> all() {
    return List.of(
        stopNotListed(), lengthBeforeStop(), oneTokenTooMany(), firstStopOnly(), stopInPrompt());
  }

  private static Mutant stopNotListed() {
    return new Mutant(
        "stop-not-listed",
        Group.STOPPING,
        "the token that ends a continuation is not part of it",
        "One token too few wherever a continuation is stopped; one more fits the limit.",
        "A loop that ends before it stores.",
        List.of(),
        continuation(
            right ->
                (model, prompt, count, stop) -> {
                  Ended ended = right.of(model, prompt, count, stop);
                  int last = ended.ids().size() - (ended.stopped() ? 1 : 0);
                  return new Ended(ended.ids().subList(0, last), ended.stopped());
                }));
  }

  private static Mutant lengthBeforeStop() {
    return new Mutant(
        "length-before-stop",
        Group.STOPPING,
        "a token that ends the continuation and is the last allowed counts as the limit",
        "The reason is length where it is stop.",
        "The limit is looked at first.",
        List.of(),
        continuation(
            right ->
                (model, prompt, count, stop) -> {
                  Ended ended = right.of(model, prompt, count, stop);
                  return new Ended(ended.ids(), ended.stopped() && ended.ids().size() < count);
                }));
  }

  private static Mutant oneTokenTooMany() {
    return new Mutant(
        "one-token-too-many",
        Group.STOPPING,
        "one token more than allowed",
        "Continuations that reach the limit are one token too long.",
        "The limit is compared before the new token is counted.",
        List.of(),
        continuation(
            right -> (model, prompt, count, stop) -> right.of(model, prompt, count + 1, stop)));
  }

  private static Mutant firstStopOnly() {
    return new Mutant(
        "first-stop-only",
        Group.STOPPING,
        "of several tokens that end a continuation only the first does",
        "Models with several end tokens go on after the others.",
        "eos_token_id is taken for a number where it is a list.",
        List.of(),
        continuation(
            right ->
                (model, prompt, count, stop) ->
                    right.of(model, prompt, count, Arrays.copyOf(stop, Math.min(1, stop.length)))));
  }

  private static Mutant stopInPrompt() {
    return new Mutant(
        "stop-in-prompt",
        Group.STOPPING,
        "a token that ends a continuation does so in the prompt",
        "Nothing is generated after a conversation of several turns.",
        "The whole text is searched and not what is new.",
        List.of(),
        continuation(
            right ->
                (model, prompt, count, stop) ->
                    IntStream.of(prompt).anyMatch(id -> IntStream.of(stop).anyMatch(s -> s == id))
                        ? new Ended(List.of(), true)
                        : right.of(model, prompt, count, stop)));
  }

  private static Seams continuation(UnaryOperator<Continuation> deviant) {
    return new Seams() {
      @Override
      public Continuation continuation(Continuation continuation) {
        return deviant.apply(continuation);
      }
    };
  }
}
