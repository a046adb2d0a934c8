package touchstone.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.checkpoint.Sha256;
import touchstone.conformance.cli.Launched.Finished;
import touchstone.golden.GoldenData;

/** The command quantize in processes of its own. */
class QuantizeTest {
  private static final String PEBBLE = GoldenData.path("models/pebble").toString();

  @TempDir Path folder;

  private String[] command(Path out, String... further) throws IOException {
    Path text = folder.resolve("text");
    Files.writeString(text, "Gold is rubbed on a dark stone, and the streak tells. ".repeat(40));
    List<String> line = new ArrayList<>();
    line.addAll(List.of("quantize", "--model", PEBBLE, "--dataset", text.toString()));
    line.addAll(List.of("--samples", "2", "--seq-len", "32", "--out", out.toString()));
    line.addAll(List.of(further));
    return line.toArray(String[]::new);
  }

  @Test
  @Tag("CALIB-5")
  void processThatIsKilledIsTakenUpByTheSameCommand() throws IOException, InterruptedException {
    Path whole = folder.resolve("whole");
    assertThat(Launched.in(folder).run(command(whole)).requireResult())
        .contains("self_attn.q_proj")
        .hasLineCount(1 + 7 + 1);
    Path out = folder.resolve("out");
    Path first = folder.resolve("out.unfinished/layer-000.safetensors");
    Process process = Launched.in(folder).start(command(out));
    while (!Files.exists(first)) {
      assertThat(process.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    process.destroyForcibly();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(out).doesNotExist();

    Finished finished = Launched.in(folder).run(command(out));
    finished.requireResult();
    assertThat(finished.notes()).containsPattern("\\d+ of 3 layers are finished already");
    assertThat(Sha256.of(out.resolve("model.safetensors")))
        .isEqualTo(Sha256.of(whole.resolve("model.safetensors")));
    assertThat(folder.resolve("out.unfinished")).doesNotExist();
    assertThat(out.resolve("tokenizer.model"))
        .hasSameBinaryContentAs(Path.of(PEBBLE, "tokenizer.model"));
  }

  @Test
  void permutationsLieInDirectoriesCalledAsBranches() throws IOException {
    Path out = folder.resolve("out");
    String[] six = command(out, "--all-six", "--method", "rtn");
    Launched.in(folder).run(six).requireResult();
    for (int bits : new int[] {3, 4}) {
      for (int groupSize : new int[] {-1, 32, 128}) {
        Path branch = out.resolve("gptq-%dbit-%dg-actorder_False".formatted(bits, groupSize));
        try (CheckpointDirectory read = CheckpointDirectory.open(branch, true)) {
          assertThat(read.quantisation().orElseThrow().bits()).isEqualTo(bits);
          assertThat(read.quantisation().orElseThrow().groupSize()).isEqualTo(groupSize);
        }
      }
    }
    Finished again = Launched.in(folder).run(six);
    assertThat(again.requireResult()).isEmpty();
    assertThat(again.notes()).hasLineCount(6).contains("actorder_False: there already");
  }

  @Test
  void fullDiskIsFoundBeforeAnythingIsComputed() throws IOException, InterruptedException {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Process mount =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString())
            .redirectErrorStream(true)
            .start();
    assumeTrue(mount.waitFor() == 0, "this user may not mount a small tmpfs");
    try (CheckpointDirectory same =
        CheckpointDirectory.open(GoldenData.path("models/pebble-gptq-4bit-128g"), true)) {
      String error = Launched.in(folder).run(command(disk.resolve("m"))).requireFault(80);
      assertThat(error)
          .contains("m.unfinished: needs ")
          .contains(" are free (free some; half of them only until the model is put together)");
      long needed = Long.parseLong(error.replaceAll("(?s).* needs (\\d+) bytes.*", "$1"));
      long twice = 2 * same.totalBytes();
      assertThat(needed)
          .as("twice the model, less the record there")
          .isBetween(twice - 1024, twice);
      try (Stream<Path> left = Files.list(disk)) {
        assertThat(left).isEmpty();
      }
    } finally {
      new ProcessBuilder("umount", disk.toString()).start().waitFor();
    }
  }
}
