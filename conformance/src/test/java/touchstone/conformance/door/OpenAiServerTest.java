package touchstone.conformance.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import touchstone.conformance.door.FakeServer.Answer;

/** The likeliest tokens, from what a server calls them. */
class OpenAiServerTest {
  private static Map<Integer, Double> next(Map<String, Double> told) throws NoAnswer {
    ObjectNode answer = FakeServer.JSON.objectNode();
    ObjectNode choice = answer.withArray("/choices").addObject();
    ObjectNode place = choice.putObject("logprobs").withArray("/top_logprobs").addObject();
    told.forEach(place::put);
    try (FakeServer server = new FakeServer();
        Http http = new Http(server.address(), Optional.empty(), Duration.ofSeconds(20))) {
      server.route("/v1/completions", _ -> Answer.of(answer));
      TokenNames names = new TokenNames(FakeModel.TOKENIZER);
      return new OpenAiServer(http, "served", FakeModel.TOKENIZER, names)
          .next(new int[] {1, 300}, 5, 1);
    }
  }

  private static int id(String piece) {
    int id = 0;
    while (!FakeModel.TOKENIZER.piece(id).equals(piece)) {
      id++;
    }
    return id;
  }

  @Test
  void aLetterIsItsPieceAndNotTheByteOfTheSameText() throws NoAnswer {
    assertThat(next(Map.of("t", -0.1, "e", -3.0))).isEqualTo(Map.of(id("t"), -0.1, id("e"), -3.0));
  }

  @Test
  void aTextWithoutPieceIsItsByte() throws NoAnswer {
    assertThat(next(Map.of("\n", -0.1))).isEqualTo(Map.of(id("<0x0A>"), -0.1));
  }

  @Test
  void theListEndsWhereAnIdCannotBeTold() throws NoAnswer {
    assertThat(next(Map.of("t", -0.1, "\ufffd", -1.0, "e", -3.0))).isEqualTo(Map.of(id("t"), -0.1));
  }

  @Test
  void aListWhoseFirstIdCannotBeToldIsNoAnswer() {
    assertThatThrownBy(() -> next(Map.of("\ufffd", -0.1, "t", -3.0))).isInstanceOf(NoAnswer.class);
  }
}
