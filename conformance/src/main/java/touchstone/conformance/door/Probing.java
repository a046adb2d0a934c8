package touchstone.conformance.door;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import touchstone.tokenizer.Tokenizer;

/**
 * Finds out what a server offers, by asking for a little of everything before any vector is asked: what
 * it claims in documents and version numbers is not believed.
 */
final class Probing {
  private static final String TEXT = "Once upon a time there was a";

  /** Fewer decimals than these are coarser than the bounds that numbers are judged by. */
  private static final int DECIMALS = 6;

  /** Log-probabilities that temperature does not change differ by less. */
  private static final double UNCHANGED = 1e-3;

  /** One thing asked for; what it throws is why it is not offered. */
  private interface Attempt {
    void make() throws NoAnswer;
  }

  private final ModelServer server;
  private final Tokenizer tokenizer;
  private final boolean hasTemplate;
  private final Set<String> capabilities = new TreeSet<>();
  private final List<String> findings = new ArrayList<>();
  private boolean addsBos;
  private boolean showsSpecial;

  private Probing(ModelServer server, Tokenizer tokenizer, boolean hasTemplate) {
    this.server = server;
    this.tokenizer = tokenizer;
    this.hasTemplate = hasTemplate;
  }

  /**
   * Asks.
   *
   * @param hasTemplate whether the model's files say how a conversation is written
   */
  static Offer of(ModelServer server, Tokenizer tokenizer, boolean hasTemplate) {
    Probing probing = new Probing(server, tokenizer, hasTemplate);
    probing.texts();
    probing.numbers();
    return new Offer(probing.capabilities, probing.addsBos, probing.showsSpecial, probing.findings);
  }

  private void attempt(String call, Attempt attempt) {
    try {
      attempt.make();
      capabilities.add(call);
    } catch (NoAnswer e) {
      findings.add("%s is not checked: %s".formatted(call, e.getMessage()));
    }
  }

  private void texts() {
    attempt("tokenize", () -> server.tokenize(TEXT, true));
    attempt("detokenize", this::special);
    attempt("chat", this::conversation);
  }

  private void special() throws NoAnswer {
    showsSpecial = !server.detokenize(new int[] {tokenizer.eosId()}).isEmpty();
    if (showsSpecial) {
      findings.add("ids to text shows special tokens; vectors with special tokens are skipped");
    }
  }

  private void conversation() throws NoAnswer {
    if (!hasTemplate) {
      throw NoAnswer.skipped("the model's files do not say how a conversation is written");
    }
    ArrayNode messages = JsonNodeFactory.instance.arrayNode();
    messages.addObject().put("role", "user").put("content", "Hello");
    server.chat(messages);
  }

  private void numbers() {
    int[] prompt = tokenizer.encode(TEXT);
    try {
      addsBos = addsBos(prompt);
    } catch (NoAnswer e) {
      findings.add("logprobs, next and generate are not checked: " + e.getMessage());
      return;
    }
    if (addsBos) {
      findings.add("the server puts BOS before every prompt; sequences are sent without theirs");
    }
    int[] sent = addsBos ? Arrays.copyOfRange(prompt, 1, prompt.length) : prompt;
    attempt("logprobs", () -> requireUseful(boxed(server.logprobs(sent, prompt.length - 1))));
    attempt("next", () -> next(sent));
    attempt("generate", () -> server.generate(sent, 2, new int[] {tokenizer.eosId()}));
  }

  private static List<Double> boxed(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private boolean addsBos(int[] prompt) throws NoAnswer {
    int counted = server.counted(prompt);
    if (counted != prompt.length && counted != prompt.length + 1) {
      throw NoAnswer.skipped(
          "it makes %d tokens of a prompt of %d".formatted(counted, prompt.length));
    }
    return counted > prompt.length;
  }

  private void next(int[] sent) throws NoAnswer {
    int top = Math.min(server.mostTop(), 8);
    Map<Integer, Double> plain = server.next(sent, top, 1);
    requireUseful(plain.values());
    Map<Integer, Double> cool = server.next(sent, top, 0.5);
    boolean changed =
        cool.entrySet().stream()
            .anyMatch(
                token ->
                    plain.containsKey(token.getKey())
                        && Math.abs(plain.get(token.getKey()) - token.getValue()) > UNCHANGED);
    if (changed) {
      findings.add("log-probabilities are those after temperature; they are asked at 1");
    }
    if (top < 8) {
      findings.add("no more than %d of the likeliest next tokens are told".formatted(top));
    }
  }

  /** Logarithms of probabilities, with enough decimals. */
  private static void requireUseful(Collection<Double> values) throws NoAnswer {
    if (values.stream().anyMatch(value -> !(value <= UNCHANGED))) {
      throw NoAnswer.skipped("it gives what are no logarithms of probabilities: " + values);
    }
    int decimals = 0;
    while (decimals < DECIMALS && !allWith(values, decimals)) {
      decimals++;
    }
    if (decimals < DECIMALS) {
      throw NoAnswer.skipped(
          "it rounds log-probabilities to %d decimals, too coarse to judge".formatted(decimals));
    }
  }

  private static boolean allWith(Collection<Double> values, int decimals) {
    double scale = StrictMath.pow(10, decimals);
    return values.stream().allMatch(value -> Math.rint(value * scale) / scale == value);
  }
}
