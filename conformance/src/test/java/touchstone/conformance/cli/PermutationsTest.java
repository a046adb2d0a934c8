package touchstone.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.checkpoint.Sha256;
import touchstone.generate.VicunaConversation;
import touchstone.golden.GoldenData;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.KeyValueCache;
import touchstone.llama.Llama;
import touchstone.tokenizer.Tokenizer;

/**
 * Pebble's six GPTQ permutations: three lie in the repository, and all six can be made again from it, to
 * the byte. The latter takes minutes, so it runs only with {@code mvn verify -Pfull-70b}.
 */
class PermutationsTest {
  private static final Path PEBBLE = GoldenData.path("models/pebble");
  private static final Path LIST = GoldenData.path("models/pebble-gptq.sha256");
  private static final String MODEL = "model.safetensors";
  private static final String QUESTION = "How do you say good evening in French?";
  private static final int LONGEST_ANSWER = 40;

  /** SHA-256 of the model files, by branch. */
  private static Map<String, String> listed;

  @TempDir Path folder;

  @BeforeAll
  static void readList() throws IOException {
    listed =
        Files.readAllLines(LIST).stream()
            .map(line -> line.split("  "))
            .collect(
                Collectors.toMap(
                    row -> row[1].replace("/" + MODEL, ""),
                    row -> row[0],
                    (_, _) -> null,
                    TreeMap::new));
    assertThat(listed).hasSize(6);
  }

  private static String branch(String permutation) {
    return "gptq-" + permutation + "-actorder_True";
  }

  private static Path committed(String permutation) {
    return GoldenData.path("models/pebble-gptq-" + permutation);
  }

  @ParameterizedTest
  @ValueSource(strings = {"4bit-32g", "4bit-128g", "3bit-128g"})
  void committedPermutationIsTheListedOneAndAnswersAlikeOnBothKernelSets(String permutation) {
    Path directory = committed(permutation);
    assertThat(Sha256.of(directory.resolve(MODEL))).isEqualTo(listed.get(branch(permutation)));
    requireAnswer(directory);
  }

  @Test
  @Tag("full-70b")
  void allSixAreMadeAgainToTheByte() throws IOException {
    Path out = folder.resolve("out");
    Process process = Launched.in(folder).start(command(out, "128", "1024", "--all-six"));
    Launched.in(folder).finish(process).requireResult();
    assertThat(sums(out)).isEqualTo(listed);
    for (String branch : listed.keySet()) {
      requireAnswer(out.resolve(branch));
    }
    for (String permutation : List.of("4bit-32g", "4bit-128g", "3bit-128g")) {
      assertThat(out.resolve(branch(permutation)).resolve(MODEL))
          .hasSameBinaryContentAs(committed(permutation).resolve(MODEL));
    }
  }

  @Test
  @Tag("full-70b")
  void sixInOneRunAreTheSixOfRunsOfTheirOwn() throws IOException {
    Path together = folder.resolve("together");
    Launched.in(folder).run(command(together, "2", "32", "--all-six")).requireResult();
    Path alone = folder.resolve("alone");
    for (String bits : List.of("4", "3")) {
      for (String groupSize : List.of("-1", "128", "32")) {
        String[] single = {"--bits", bits, "--group-size", groupSize, "--revision-name"};
        Launched.in(folder).run(command(alone, "2", "32", single)).requireResult();
      }
    }
    assertThat(sums(alone)).isEqualTo(sums(together)).hasSize(6);
  }

  private static String[] command(Path out, String samples, String length, String... further) {
    List<String> line = new ArrayList<>(List.of("quantize", "--model", PEBBLE.toString()));
    line.addAll(List.of("--dataset", PEBBLE.resolve("calibration.txt").toString()));
    line.addAll(List.of("--samples", samples, "--seq-len", length, "--out", out.toString()));
    line.addAll(List.of(further));
    return line.toArray(String[]::new);
  }

  /** SHA-256 of the model files in the directories below one, by name of the directory. */
  private static Map<String, String> sums(Path out) throws IOException {
    Map<String, String> sums = new TreeMap<>();
    try (var branches = Files.newDirectoryStream(out)) {
      branches.forEach(
          branch -> sums.put(branch.getFileName().toString(), Sha256.of(branch.resolve(MODEL))));
    }
    return sums;
  }

  /** Both kernel sets give the same bits on the way to the same, right answer. */
  private static void requireAnswer(Path directory) {
    Answer scalar = answer(directory, "scalar");
    Answer simd = answer(directory, "simd");
    assertThat(simd.text()).as("%s", directory).isEqualTo(scalar.text()).contains("bonsoir");
    assertThat(simd.bits()).as("%s", directory).isEqualTo(scalar.bits());
  }

  /** What a model says, and the bits of all logits it was taken from. */
  private record Answer(String text, List<List<Integer>> bits) {}

  private static Answer answer(Path directory, String set) {
    Tokenizer tokenizer = Tokenizer.load(directory);
    List<List<Integer>> bits = new ArrayList<>();
    List<Integer> ids = new ArrayList<>();
    try (CheckpointDirectory checkpoint = CheckpointDirectory.open(directory, true);
        Kernels kernels = KernelSets.open(set, Numerics.F32, 2)) {
      Llama model = Llama.load(checkpoint, kernels);
      int[] next = tokenizer.encode(VicunaConversation.prompt(QUESTION));
      KeyValueCache cache = model.newCache(next.length + LONGEST_ANSWER);
      while (ids.size() < LONGEST_ANSWER) {
        float[] logits = model.next(next, cache);
        bits.add(IntStream.range(0, logits.length).mapToObj(i -> floatBits(logits[i])).toList());
        int best = argmax(logits);
        if (best == tokenizer.eosId()) {
          break;
        }
        ids.add(best);
        next = new int[] {best};
      }
    }
    return new Answer(tokenizer.decode(ids.stream().mapToInt(id -> id).toArray()), bits);
  }

  private static int floatBits(float value) {
    return Float.floatToRawIntBits(value);
  }

  private static int argmax(float[] logits) {
    return IntStream.range(0, logits.length)
        .reduce((a, b) -> logits[b] > logits[a] ? b : a)
        .getAsInt();
  }
}
