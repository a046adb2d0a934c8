package touchstone.conformance.lint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.golden.GoldenData;

/** The golden data has no findings, and every kind of damage is found. */
class LintTest {
  private static final Set<String> RULES = Set.of("SOFTMAX-1");

  @TempDir private Path folder;
  private SmallSuite suite;

  @BeforeEach
  void write() {
    suite = new SmallSuite(folder);
  }

  private List<String> findings() {
    return Lint.findings(folder, RULES);
  }

  /** What is found after a change of the vector file, with a manifest that is true again. */
  private List<String> afterChange(Consumer<ObjectNode> change) {
    ObjectNode file = suite.vectors();
    change.accept(file);
    suite.writeVectors("operation/softmax", file);
    suite.writeManifest();
    return findings();
  }

  @Test
  void theGoldenDataIsSound() throws IOException {
    Set<String> rules = new TreeSet<>();
    Pattern heading = Pattern.compile("^### ([A-Z][A-Z0-9]*-\\d+)$", Pattern.MULTILINE);
    for (Path page : VectorFile.below(GoldenData.root().resolveSibling("docs/spec"))) {
      heading.matcher(Files.readString(page)).results().forEach(rule -> rules.add(rule.group(1)));
    }
    assertThat(Lint.findings(GoldenData.root(), rules)).isEmpty();
  }

  @Test
  void soundDataHasNoFindings() {
    assertThat(findings()).isEmpty();
  }

  @Test
  void anotherFormIsFound() {
    String compact = suite.vectors().toString();
    suite.write("vectors/operation/softmax.json", compact.getBytes(StandardCharsets.UTF_8));
    suite.writeManifest();
    assertThat(findings()).containsExactly("operation/softmax: not in canonical form");
  }

  @Test
  void decimalFractionsAreFound() {
    assertThat(afterChange(file -> SmallSuite.vector(file).withObject("/args").put("n", 0.5)))
        .containsExactly("operation/softmax: a number with a fraction; write its bits");
  }

  @Test
  void anotherVersionOfTheSuiteIsFound() {
    assertThat(afterChange(file -> file.put("suite", "1.0.1")))
        .containsExactly("operation/softmax: not of suite 1.0.0");
  }

  @Test
  void topicThatIsNotThePathIsFound() {
    assertThat(afterChange(file -> file.put("topic", "operation/softmin")))
        .containsExactly("operation/softmax: topic \"operation/softmin\"");
  }

  @Test
  void idThatIsNoSlugBelowTheTopicIsFound() {
    assertThat(afterChange(file -> SmallSuite.vector(file).put("id", "operation/softmax/One")))
        .contains("operation/softmax: operation/softmax/One is no slug below its topic");
    assertThat(afterChange(file -> SmallSuite.vector(file).put("id", "operation/rope/one")))
        .contains("operation/softmax: operation/rope/one is no slug below its topic");
  }

  @Test
  void idThatStandsTwiceIsFound() {
    assertThat(
            afterChange(
                file ->
                    file.withArray("/groups/0/vectors").add(SmallSuite.vector(file).deepCopy())))
        .contains("operation/softmax: operation/softmax/one stands in operation/softmax, too");
  }

  @Test
  void idThatVanishedIsFoundUnlessItIsListed() {
    assertThat(afterChange(file -> SmallSuite.vector(file).put("id", "operation/softmax/two")))
        .containsExactly(
            "operation/softmax/one: was in 0.9.0.txt, and is not listed as superseded");
    assertThat(afterChange(file -> supersede(file, "operation/softmax/two"))).isEmpty();
  }

  private static void supersede(ObjectNode file, String by) {
    file.withObject("/superseded/operation~1softmax~1one")
        .put("since", "1.0.0")
        .put("why", "it was wrong")
        .put("by", by);
  }

  @Test
  void tombstoneOfWhatIsThereOrWithoutSuccessorIsFound() {
    assertThat(afterChange(file -> supersede(file, "operation/softmax/three")))
        .containsExactlyInAnyOrder(
            "operation/softmax/one: superseded, and still there",
            "operation/softmax/one: superseded by operation/softmax/three, which is not there");
  }

  @Test
  void flagWithoutNoteAndNoteWithoutFlagAreFound() {
    assertThat(afterChange(file -> SmallSuite.vector(file).putArray("flags").add("Knot")))
        .containsExactly(
            "operation/softmax: no note for flag Knot",
            "operation/softmax: no vector has flag Tie");
  }

  @Test
  void unknownRuleIsFound() {
    assertThat(afterChange(file -> SmallSuite.vector(file).putArray("rules").add("SOFTMAX-2")))
        .containsExactly("operation/softmax/one: no rule SOFTMAX-2");
  }

  @Test
  void tensorThatIsNotThereOrUnusedIsFound() {
    String blob = suite.blob().getFileName().toString();
    assertThat(
            afterChange(
                file ->
                    SmallSuite.vector(file)
                        .withObject("/expect/outputs/y/value")
                        .put("tensor", "z")))
        .containsExactly("blobs: no tensor z in " + blob, "blobs: unused: y in " + blob);
  }

  @Test
  void blobThatIsNotThereOrUnusedIsFound() {
    String blob = suite.blob().getFileName().toString();
    String other = "0".repeat(64);
    assertThat(
            afterChange(
                file ->
                    SmallSuite.vector(file)
                        .withObject("/expect/outputs/y/value")
                        .put("blob", other)))
        .containsExactly("blobs: no file " + other, "blobs: nothing refers to " + blob);
  }

  @Test
  void blobThatWasWrittenToIsFound() {
    byte[] bytes = SmallSuite.bytes(suite.blob());
    bytes[bytes.length - 1] ^= 1;
    String blob = suite.blob().getFileName().toString();
    suite.write("blobs/" + blob, bytes);
    assertThat(findings())
        .containsExactly(
            "blobs: " + blob.replace(".safetensors", "") + " has another SHA-256",
            "MANIFEST.json: untrue of blobs/" + blob);
  }

  @Test
  void tensorWithTooFewWordsIsFound() {
    assertThat(
            afterChange(
                file -> SmallSuite.vector(file).withObject("/args/x").put("bits", "0000 0000")))
        .containsExactly("operation/softmax: a tensor of shape [1,1] with 2 words");
  }

  @Test
  void manifestThatLacksAFileOrListsAnotherIsFound() throws IOException {
    suite.write("models/m/config.json", new byte[] {'{', '}'});
    assertThat(findings())
        .contains("MANIFEST.json: lacks models/m/config.json")
        .anyMatch(finding -> finding.matches("MANIFEST.json: there are \\d+ bytes and 1 vectors"));
    Files.delete(folder.resolve("models/m/config.json"));
    Files.delete(folder.resolve("vectors/operation/softmax.json"));
    assertThat(findings()).contains("MANIFEST.json: there is no vectors/operation/softmax.json");
  }
}
