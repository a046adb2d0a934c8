package touchstone.conformance.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.checkpoint.Sha256;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.ZeroPointFormat;
import touchstone.quantize.CalibrationSet;
import touchstone.quantize.ModuleReport;
import touchstone.quantize.QuantisationPlan;
import touchstone.quantize.QuantisationPlan.Method;
import touchstone.quantize.QuantiserSettings;
import touchstone.tokenizer.Tokenizer;

/** A disk that somebody else fills while a model is quantised on it. */
@Tag("CALIB-5")
class FullDiskTest {
  private static final QuantisationPlan PLAN =
      new QuantisationPlan(
          Method.GPTQ,
          new QuantiserSettings(4, 32, true, false, true, false, 0.1, ZeroPointFormat.V1),
          true);

  @TempDir Path folder;
  private Path disk;
  private Path model;
  private CalibrationSet set;

  @BeforeEach
  void mountSmallDisk() throws IOException, InterruptedException {
    disk = Files.createDirectory(folder.resolve("disk"));
    Process mount =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.toString())
            .redirectErrorStream(true)
            .start();
    assumeTrue(mount.waitFor() == 0, "this user may not mount a small tmpfs");
    model = Dense.model(folder.resolve("dense"));
    int[] text = Tokenizer.load(model).encode("Gold is rubbed on a dark stone. ".repeat(20));
    set = CalibrationSet.draw(text, 2, 24, 7, "text");
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    new ProcessBuilder("umount", disk.toString()).start().waitFor();
  }

  /** Fills the disk, but for some bytes, when the last module of a layer is quantised. */
  private final class Filler extends Quantising.Silent {
    private final int layer;
    private final long left;

    Filler(int layer, long left) {
      this.layer = layer;
      this.left = left;
    }

    @Override
    public void quantised(ModuleReport report) {
      if (report.layer() == layer && report.module().equals("mlp.down_proj")) {
        fillBut(left);
      }
    }
  }

  private void fillBut(long left) {
    try {
      long free = Files.getFileStore(disk).getUsableSpace();
      Files.write(disk.resolve("others"), new byte[Math.toIntExact(free - left)]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aDiskThatIsFullFromTheBeginningStaysAsItWas() throws IOException {
    fillBut(0);
    Path out = disk.resolve("out");
    assertThatThrownBy(() -> Quantising.QUICK.run(model, PLAN, set, out, new Quantising.Silent()))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.DISK_FULL));
    assertThat(disk).isDirectoryNotContaining(path -> !path.endsWith("others"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void aLayerThatCannotBeKeptEndsTheRunAndTheSameCallGoesOn(int layer) throws IOException {
    requireStoppedAndTakenUp(
        new Filler(layer, 0), "layer-00%d.safetensors".formatted(layer), layer);
  }

  @Test
  void aModelThatCannotBePutTogetherLeavesTheLayers() throws IOException {
    long roomForALayer = 700_000;
    requireStoppedAndTakenUp(
        new Filler(Dense.LAYERS - 1, roomForALayer), "model/model.safetensors", Dense.LAYERS);
  }

  private void requireStoppedAndTakenUp(Filler filler, String file, int kept) throws IOException {
    Path out = disk.resolve("out");
    assertThatThrownBy(() -> Quantising.QUICK.run(model, PLAN, set, out, filler))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.DISK_FULL))
        .hasMessageStartingWith(disk.resolve("out.unfinished").resolve(file) + ": ");
    assertThat(out).doesNotExist();
    requireNothingHalfWritten(kept);
    Files.delete(disk.resolve("others"));

    Quantising.QUICK.run(model, PLAN, set, out, new Quantising.Silent());
    Path undisturbed = folder.resolve("undisturbed");
    Quantising.QUICK.run(model, PLAN, set, undisturbed, new Quantising.Silent());
    assertThat(Sha256.of(out.resolve("model.safetensors")))
        .isEqualTo(Sha256.of(undisturbed.resolve("model.safetensors")));
    assertThat(disk).isDirectoryNotContaining(path -> !path.equals(out));
  }

  private void requireNothingHalfWritten(int kept) throws IOException {
    Path work = disk.resolve("out.unfinished");
    if (kept == 0) {
      assertThat(work).doesNotExist();
      return;
    }
    try (Stream<Path> files = Files.list(work)) {
      assertThat(files.map(path -> path.getFileName().toString()).filter(n -> !n.equals("model")))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(
                      Stream.of("quantize_record.json"),
                      Stream.iterate(0, i -> i < kept, i -> i + 1)
                          .map("layer-%03d.safetensors"::formatted))
                  .toList());
    }
  }
}
