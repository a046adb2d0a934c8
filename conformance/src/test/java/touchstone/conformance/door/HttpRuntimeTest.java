package touchstone.conformance.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import touchstone.conformance.door.FakeServer.Answer;
import touchstone.conformance.door.Fakes.Quirks;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.suite.Value;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.golden.GoldenData;
import touchstone.tensor.Tensor;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HttpRuntimeTest {
  private static final int[] PROMPT = FakeModel.TOKENIZER.encode("The small boat was");
  private static final int EOS = FakeModel.TOKENIZER.eosId();

  private static HttpRuntime connect(FakeServer server) {
    return connect(server.address(), Duration.ofSeconds(20));
  }

  private static HttpRuntime connect(URI address, Duration patience) {
    return connect(address, GoldenData.root(), patience);
  }

  private static HttpRuntime connect(URI address, Path goldenData, Duration patience) {
    return HttpRuntime.connect(
        new HttpRuntime.Settings(
            address, goldenData, FakeModel.HANDLE, Optional.empty(), NumericProfile.F16, patience));
  }

  private static Request ask(String call, String rest) {
    return Asked.of(call, "{\"model\": \"models/pebble\", " + rest + "}");
  }

  private static Request logprobs(int[] tokens) {
    return ask("logprobs", "\"tokens\": " + Arrays.toString(tokens));
  }

  private static Request next(int[] tokens, int top) {
    return ask("next", "\"tokens\": %s, \"top\": %d".formatted(Arrays.toString(tokens), top));
  }

  private static Request generate(int[] tokens, int count, int stop) {
    return ask(
        "generate",
        "\"tokens\": %s, \"count\": %d, \"stop\": [%d]"
            .formatted(Arrays.toString(tokens), count, stop));
  }

  private static Value only(Reply reply, String name) {
    assertThat(reply).isInstanceOf(Reply.Result.class);
    return ((Reply.Result) reply).outputs().get(name);
  }

  private static JsonNode data(Reply reply, String name) {
    return ((Value.Data) only(reply, name)).json();
  }

  private static double[] numbers(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.doubleAt(i);
    }
    return values;
  }

  private static double[] expected(int[] tokens) {
    double[] expected = new double[tokens.length - 1];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = FakeModel.logprob(tokens[i], tokens[i + 1]);
    }
    return expected;
  }

  /** A server of one kind, connected once for all tests that leave it as it is. */
  record Connected(FakeServer server, HttpRuntime runtime) {
    @Override
    public String toString() {
      return runtime.description().name() + runtime.findings();
    }
  }

  private List<Connected> everyKind;

  @BeforeAll
  void connectToEveryKind() {
    everyKind =
        Stream.of(
                Fakes.llamaCpp(),
                Fakes.vllm(),
                Fakes.tgi(),
                Fakes.openAi(Quirks.NONE),
                Fakes.openAi(new Quirks(true, 12, false)))
            .map(server -> new Connected(server, connect(server)))
            .toList();
  }

  @AfterAll
  void close() {
    for (Connected kind : everyKind) {
      kind.runtime.close();
      kind.server.close();
    }
  }

  List<Connected> everyKind() {
    return everyKind;
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void logprobsOfAPromptComeFromEveryKindOfServer(Connected kind) {
    Tensor token = ((Value.Numbers) only(kind.runtime.run(logprobs(PROMPT)), "token")).tensor();
    assertThat(token.shape()).containsExactly((long) PROMPT.length - 1);
    assertThat(numbers(token))
        .usingComparatorWithPrecision(1e-12)
        .containsExactly(expected(PROMPT));
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void likeliestNextTokensComeFromEveryKindOfServer(Connected kind) {
    int last = PROMPT[PROMPT.length - 1];
    Value.Sparse next = (Value.Sparse) only(kind.runtime.run(next(PROMPT, 5)), "next");
    assertThat(next.ids()).contains(FakeModel.best(last, 1).getFirst()).hasSizeBetween(1, 5);
    double[] values = numbers(next.values());
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).isCloseTo(FakeModel.logprob(last, next.ids()[i]), within());
    }
  }

  private static Offset<Double> within() {
    return Offset.offset(1e-12);
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void greedyContinuationComesFromEveryKindOfServer(Connected kind) {
    int[] greedy = FakeModel.greedy(PROMPT[PROMPT.length - 1], 6);
    Reply reply = kind.runtime.run(generate(PROMPT, 6, EOS));
    assertThat(Fakes.ids(data(reply, "ids"))).containsExactly(greedy);
    assertThat(data(reply, "finish").asText()).isEqualTo("length");
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void continuationEndsWithTheTokenThatStopsIt(Connected kind) {
    int[] greedy = FakeModel.greedy(PROMPT[PROMPT.length - 1], 6);
    Reply reply = kind.runtime.run(generate(PROMPT, 6, greedy[2]));
    assertThat(Fakes.ids(data(reply, "ids"))).containsExactly(greedy[0], greedy[1], greedy[2]);
    assertThat(data(reply, "finish").asText()).isEqualTo("stop");
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void otherModelsVectorsAreSkipped(Connected kind) {
    assertThat(
            kind.runtime.run(
                Asked.of(
                    "logprobs", "{\"model\": \"models/tiny-rope-linear\", \"tokens\": [1, 2]}")))
        .isEqualTo(new Reply.Skipped("the server has models/pebble loaded"));
  }

  @Test
  void serversAreToldApart() {
    assertThat(everyKind)
        .extracting(
            kind -> kind.runtime.description().name() + " " + kind.runtime.description().version())
        .containsExactly(
            "llama.cpp server b4719-d7b31a9d",
            "vLLM 0.15.0",
            "TGI 3.3.4",
            "OpenAI-compatible server not told",
            "OpenAI-compatible server not told");
  }

  @Test
  void textGoesToIdsAndBackWhereTheServerHasRoutesForIt() {
    for (Connected kind : everyKind.subList(0, 2)) {
      String ids = Arrays.toString(FakeModel.TOKENIZER.encode("The boat", false));
      Reply made = kind.runtime.run(ask("tokenize", "\"text\": \"The boat\", \"bos\": false"));
      assertThat(Fakes.ids(data(made, "ids")))
          .isEqualTo(FakeModel.TOKENIZER.encode("The boat", false));
      assertThat(data(kind.runtime.run(ask("detokenize", "\"ids\": " + ids)), "text").asText())
          .contains("The boat");
      assertThat(kind.runtime.run(ask("detokenize", "\"ids\": [1, 300]")))
          .isEqualTo(new Reply.Skipped("this server shows special tokens"));
    }
  }

  @Test
  void tokenizeWithoutBosIsWhatFollowsItWhereTheServerAlwaysAddsIt() {
    try (FakeServer server = Fakes.tgi();
        HttpRuntime runtime = connect(server)) {
      for (boolean bos : new boolean[] {true, false}) {
        Reply ids = runtime.run(ask("tokenize", "\"text\": \"The boat\", \"bos\": " + bos));
        assertThat(Fakes.ids(data(ids, "ids")))
            .isEqualTo(FakeModel.TOKENIZER.encode("The boat", bos));
      }
    }
  }

  @Test
  void sequenceThatIsNoTextIsSkippedWhereOnlyTextIsTaken() {
    int[] noText = {1, 5, 5, 5, 600, 4};
    try (FakeServer server = Fakes.tgi();
        HttpRuntime runtime = connect(server)) {
      assertThat(runtime.run(logprobs(noText)))
          .isInstanceOfSatisfying(
              Reply.Skipped.class,
              skipped -> assertThat(skipped.reason()).contains("makes other ids"));
      assertThat(runtime.run(logprobs(new int[] {300, 301}))).isInstanceOf(Reply.Skipped.class);
    }
  }

  @Test
  void bosThatTheServerAddsIsSaidAndAllowedFor() {
    try (FakeServer server = Fakes.openAi(new Quirks(true, 12, false));
        HttpRuntime runtime = connect(server)) {
      assertThat(runtime.findings())
          .contains("the server puts BOS before every prompt; sequences are sent without theirs");
      assertThat(runtime.run(logprobs(new int[] {300, 301})))
          .isEqualTo(
              new Reply.Skipped("the server puts BOS before it, so this sequence cannot be sent"));
    }
  }

  @Test
  void temperatureInLogprobsIsSaidAndAllowedFor() {
    try (FakeServer server = Fakes.openAi(new Quirks(false, 12, true));
        HttpRuntime runtime = connect(server)) {
      assertThat(runtime.findings())
          .contains("log-probabilities are those after temperature; they are asked at 1");
      int last = PROMPT[PROMPT.length - 1];
      Value.Sparse next = (Value.Sparse) only(runtime.run(next(PROMPT, 3)), "next");
      assertThat(next.values().doubleAt(0))
          .isCloseTo(FakeModel.logprob(last, next.ids()[0]), within());
    }
  }

  @Test
  void numbersOfFewDecimalsAreNotJudged() {
    try (FakeServer server = Fakes.openAi(new Quirks(false, 3, false));
        HttpRuntime runtime = connect(server)) {
      assertThat(runtime.description().capabilities()).containsExactly("generate");
      assertThat(runtime.findings())
          .anySatisfy(
              finding -> assertThat(finding).contains("rounds log-probabilities to 3 decimals"));
    }
  }

  @Test
  void whatIsNotOfferedIsNamedWithTheReason() {
    try (FakeServer server = Fakes.openAi(Quirks.NONE);
        HttpRuntime runtime = connect(server)) {
      assertThat(runtime.description().capabilities())
          .containsExactlyInAnyOrder("logprobs", "next", "generate");
      assertThat(runtime.findings())
          .contains(
              "tokenize is not checked: OpenAI's interface has no route from text to ids",
              "chat is not checked: the model's files do not say how a conversation is written");
      assertThat(runtime.run(ask("tokenize", "\"text\": \"a\", \"bos\": true")))
          .isEqualTo(new Reply.Skipped("the server does not offer tokenize"));
    }
  }

  @Test
  void errorsOfTheServerAreRefusalsOrBreakages() {
    record Case(Answer answer, Class<? extends Reply> reply, String said) {}
    for (Case wrong :
        List.of(
            new Case(FakeServer.error(400, "too long"), Reply.Refused.class, "HTTP 400: too long"),
            new Case(
                new Answer(422, "{\"error\":\"bad\",\"error_type\":\"validation\"}"),
                Reply.Refused.class,
                "HTTP 422: bad"),
            new Case(FakeServer.error(503, "busy"), Reply.Broken.class, "HTTP 503: busy"),
            new Case(new Answer(302, ""), Reply.Broken.class, "HTTP 302"),
            new Case(new Answer(200, "<html>"), Reply.Broken.class, "not JSON: <html>"),
            new Case(new Answer(200, "{}"), Reply.Broken.class, "no choices.0"),
            new Case(
                new Answer(200, "{\"choices\":[{\"prompt_logprobs\":[null]}]}"),
                Reply.Broken.class,
                "1 prompt_logprobs for"),
            new Case(
                new Answer(200, "{\"choices\":[{\"prompt_logprobs\":[null,NaN]}]}"),
                Reply.Broken.class,
                "not JSON"))) {
      try (FakeServer server = Fakes.vllm();
          HttpRuntime runtime = connect(server)) {
        server.route("/v1/completions", _ -> wrong.answer);
        assertThat(runtime.run(logprobs(PROMPT)))
            .isInstanceOf(wrong.reply)
            .asString()
            .contains(wrong.said);
      }
    }
  }

  @Test
  void serverThatHangsIsBrokenWhenPatienceEnds() {
    CountDownLatch never = new CountDownLatch(1);
    try (FakeServer server = Fakes.llamaCpp();
        HttpRuntime runtime = connect(server.address(), Duration.ofSeconds(3))) {
      server.route(
          "/completion",
          _ -> {
            try {
              never.await();
            } catch (InterruptedException _) {
              Thread.currentThread().interrupt();
            }
            return new Answer(200, "{}");
          });
      assertThat(runtime.run(generate(PROMPT, 1, EOS)))
          .isInstanceOfSatisfying(
              Reply.Broken.class, broken -> assertThat(broken.what()).contains("no answer from"));
    } finally {
      never.countDown();
    }
  }

  @Test
  void aPromptIsAskedForWhereTheModelsFilesSayHowItIsWritten(@TempDir Path goldenData)
      throws IOException {
    Path model = Files.createDirectories(goldenData.resolve(FakeModel.HANDLE));
    Files.copy(
        GoldenData.path(FakeModel.HANDLE).resolve("tokenizer.model"),
        model.resolve("tokenizer.model"));
    Files.writeString(model.resolve("tokenizer_config.json"), "{\"chat_template\": \"...\"}");
    String hi = "{\"role\": \"user\", \"content\": \"Hi\"}";
    String open = "{\"role\": \"assistant\", \"content\": \"\"}";
    String yes = "{\"role\": \"assistant\", \"content\": \"Yes\"}";
    try (FakeServer server = Fakes.llamaCpp();
        HttpRuntime runtime = connect(server.address(), goldenData, Duration.ofSeconds(20))) {
      assertThat(prompt(runtime, hi, open)).isEqualTo("user: Hi assistant:");
      assertThat(prompt(runtime, hi, yes)).isEqualTo("user: Hi assistant: Yes ");
    }
  }

  private static String prompt(HttpRuntime runtime, String... messages) {
    String all = "{\"messages\": [" + String.join(", ", messages) + "]}";
    return data(runtime.run(Asked.of("chat", all)), "text").asText();
  }

  @Test
  void nobodyAtTheAddressIsAFaultWithACure() {
    URI gone;
    try (FakeServer server = new FakeServer()) {
      gone = server.address();
    }
    assertThatThrownBy(() -> connect(gone, Duration.ofSeconds(20)).close())
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.PROTOCOL))
        .hasMessageContaining("GET /v1/models");
    try (FakeServer server = new FakeServer()) {
      assertThatThrownBy(() -> connect(server).close())
          .isInstanceOf(TouchstoneException.class)
          .hasMessageContaining("HTTP 404: Not Found");
    }
  }

  @Test
  void addressMayEndInV1() {
    try (FakeServer server = Fakes.vllm();
        HttpRuntime runtime =
            connect(URI.create(server.address() + "/v1/"), Duration.ofSeconds(20))) {
      assertThat(runtime.description().name()).isEqualTo("vLLM");
    }
    assertThatThrownBy(() -> connect(URI.create("localhost:8000"), Duration.ofSeconds(1)).close())
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.USAGE));
  }
}
