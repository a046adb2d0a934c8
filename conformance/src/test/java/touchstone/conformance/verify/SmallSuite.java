package touchstone.conformance.verify;

import static touchstone.conformance.verify.Vectors.data;
import static touchstone.conformance.verify.Vectors.f64;
import static touchstone.conformance.verify.Vectors.numbers;
import static touchstone.conformance.verify.Vectors.output;
import static touchstone.conformance.verify.Vectors.spreads;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import touchstone.conformance.suite.Accept;
import touchstone.conformance.suite.Expectation;
import touchstone.conformance.suite.Level;
import touchstone.conformance.suite.Vector;

/** A suite of a few vectors of different kinds. */
public final class SmallSuite {
  private static final List<String> PROBES =
      List.of("embed", "0.attnNorm", "0.q", "0.qRope", "0.attn", "0.ffnOut", "finalNorm", "logits");

  private SmallSuite() {}

  /** Two of each kind; one refusal. */
  public static List<Vector> vectors() {
    List<Vector> vectors = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      vectors.add(
          Vectors.valid(
              "tokenizer/" + name, "tokenize", "ids", output(data("[1,2]"), new Accept.Bits())));
      vectors.add(numeric("operation/" + name, "op.softmax", Level.REQUIRED, "y"));
      vectors.add(numeric("logits/" + name, "logits", Level.REQUIRED, "logits"));
      vectors.add(numeric("logits/c/" + name, "decode", Level.RECOMMENDED, "logits"));
    }
    vectors.add(
        numeric(
            "probes/a", "probes", Level.REQUIRED, "models/none", PROBES.toArray(String[]::new)));
    vectors.add(
        Vectors.vector(
            "checkpoint/bad",
            "inspect",
            Level.REQUIRED,
            new Expectation.Invalid(List.of("malformed"))));
    return vectors;
  }

  /** A required vector of the logits of a model. */
  static Vector logits(String id, String model) {
    return numeric(id, "logits", Level.REQUIRED, model, "logits");
  }

  private static Vector numeric(String id, String call, Level level, String output) {
    return numeric(id, call, level, "models/none", output);
  }

  private static Vector numeric(
      String id, String call, Level level, String model, String... outputs) {
    Object[] named = new Object[2 * outputs.length];
    for (int i = 0; i < outputs.length; i++) {
      named[2 * i] = outputs[i];
      named[2 * i + 1] =
          output(numbers(f64(1, 2, 3, 4, 5, 6, 7, 8)), new Accept.Spread(8, spreads(0x1p-20)));
    }
    ObjectNode arguments =
        (ObjectNode) Vectors.json("{\"model\":\"%s\",\"tokens\":[1,2,3]}".formatted(model));
    return Vectors.vector(id, call, level, new Expectation.Valid(Vectors.named(named)), arguments);
  }
}
