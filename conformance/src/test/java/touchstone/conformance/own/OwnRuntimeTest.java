package touchstone.conformance.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.TensorFiles;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.ValueJson;
import touchstone.golden.GoldenData;

/** The reference answers the calls of the suite. */
class OwnRuntimeTest {
  private static final String MODEL = "\"model\": \"models/tiny-gptq-3bit-32g-actorder-bias\"";
  private static final OwnRuntime RUNTIME = OwnRuntime.open(GoldenData.root(), "scalar", 1);

  @AfterAll
  static void close() {
    RUNTIME.close();
  }

  private static Reply ask(String call, String arguments) {
    try {
      ObjectNode json = (ObjectNode) new ObjectMapper().readTree("{" + arguments + "}");
      ValueJson values = new ValueJson(new TensorFiles());
      return RUNTIME.run(new Request("test/test", call, new Arguments(json, values)));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, Value> outputs(String call, String arguments) {
    Reply reply = ask(call, arguments);
    assertThat(reply).isInstanceOf(Reply.Result.class);
    return ((Reply.Result) reply).outputs();
  }

  private static float[] floats(Value value) {
    return ((Value.Numbers) value).tensor().toFloats();
  }

  @Test
  void aCacheAndABatchGiveTheBitsOfOnePass() {
    String tokens = "\"tokens\": [1, 139, 118, 242, 16]";
    float[] logits = floats(outputs("logits", MODEL + "," + tokens).get("logits"));
    assertThat(floats(outputs("decode", MODEL + "," + tokens + ", \"prefill\": 2").get("logits")))
        .isEqualTo(logits);
    float[] last = Arrays.copyOfRange(logits, logits.length / 5 * 4, logits.length);
    Map<String, Value> batch =
        outputs("batch", MODEL + ", \"sequences\": [[7], [1, 139, 118, 242, 16]]");
    assertThat(batch).containsOnlyKeys("0", "1");
    assertThat(floats(batch.get("1"))).isEqualTo(last);
  }

  @Test
  void probesAreNamedByLayerAndPoint() {
    Map<String, Value> probes = outputs("probes", MODEL + ", \"tokens\": [1, 2, 3]");
    assertThat(probes).containsKeys("embed", "0.attnNorm", "1.ffnOut", "finalNorm", "logits");
    assertThat(((Value.Numbers) probes.get("1.scores")).tensor().shape())
        .containsExactly(8L, 3L, 3L);
  }

  @Test
  void theContinuationIsTheLikeliestTokenAndItsProbabilityIsThatOfNext() {
    Map<String, Value> generated =
        outputs("generate", MODEL + ", \"tokens\": [1, 5], \"count\": 1, \"stop\": []");
    assertThat(generated).contains(entry("finish", Outputs.text("length")));
    int id = ValueJson.ids(((Value.Data) generated.get("ids")).json())[0];
    Value.Sparse next =
        (Value.Sparse) outputs("next", MODEL + ", \"tokens\": [1, 5], \"top\": 3").get("next");
    assertThat(next.ids()).hasSize(3).startsWith(id);
    Value.Numbers token =
        (Value.Numbers)
            outputs("logprobs", MODEL + ", \"tokens\": [1, 5, %d]".formatted(id)).get("token");
    assertThat(token.tensor().doubleAt(1)).isEqualTo(next.values().doubleAt(0));
  }

  @Test
  void anEndTokenEndsTheContinuationAndBelongsToIt() {
    Map<String, Value> free =
        outputs("generate", MODEL + ", \"tokens\": [1, 5], \"count\": 4, \"stop\": []");
    int[] ids = ValueJson.ids(((Value.Data) free.get("ids")).json());
    Map<String, Value> ended =
        outputs(
            "generate",
            MODEL + ", \"tokens\": [1, 5], \"count\": 4, \"stop\": [%d]".formatted(ids[0]));
    assertThat(ended)
        .containsOnly(
            entry("ids", Outputs.ids(new int[] {ids[0]})), entry("finish", Outputs.text("stop")));
  }

  @Test
  void whatMakesNoSenseIsRefusedWithAClass() {
    assertThat(ask("logits", MODEL + ", \"tokens\": [1, 331]"))
        .isInstanceOfSatisfying(
            Reply.Refused.class, refused -> assertThat(refused.errorClass()).isEqualTo("range"));
    assertThat(ask("inspect", "\"model\": \"models/none\""))
        .isInstanceOfSatisfying(
            Reply.Refused.class,
            refused -> assertThat(refused.errorClass()).isEqualTo("malformed"));
    assertThat(
            ask(
                "op.rmsNorm",
                """
                "x": {"f32": [1, 2], "bits": "3f800000 3f800000"},
                "gain": {"f32": [1], "bits": "3f800000"}, "epsilon": "f32:3727c5ac"
                """))
        .isInstanceOfSatisfying(
            Reply.Refused.class, refused -> assertThat(refused.errorClass()).isEqualTo("shape"));
  }

  @Test
  void aCallThatItDoesNotKnowIsSkipped() {
    assertThat(ask("dream", "")).isInstanceOf(Reply.Skipped.class);
    assertThat(RUNTIME.description().capabilities()).doesNotContain("dream");
  }
}
