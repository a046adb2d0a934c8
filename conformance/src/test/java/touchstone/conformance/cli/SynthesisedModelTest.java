package touchstone.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.conformance.cli.Launched.Finished;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.Llama;
import touchstone.synthetic.ModelShape;
import touchstone.synthetic.SyntheticCheckpoint;
import touchstone.synthetic.SyntheticDirectory;
import touchstone.synthetic.SyntheticModel;

/** A synthetic checkpoint is a model like any other, on disk and made on the way. */
class SynthesisedModelTest {
  private static final SyntheticModel MODEL =
      new SyntheticModel(new ModelShape("tiny", 64, 96, 3, 4, 2, 640, 128), 4, 32, true, 20231116);
  private static final int[] TOKENS = {1, 439, 75, 440};

  @TempDir static Path folder;
  private static Path directory;

  @BeforeAll
  static void write() throws IOException {
    directory = folder.resolve("model");
    Map<String, byte[]> tokenizer = new LinkedHashMap<>();
    for (String name : new String[] {"tokenizer.model", "tokenizer_config.json"}) {
      tokenizer.put(name, Files.readAllBytes(Models.PEBBLE.resolve(name)));
    }
    try (SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(MODEL, 2)) {
      SyntheticDirectory.write(directory, checkpoint, tokenizer, _ -> {});
    }
  }

  @Test
  void generateRunsOnIt() {
    Finished finished =
        Launched.in(folder)
            .run(
                "generate",
                "--strict",
                "-m",
                directory.toString(),
                "-p",
                "Gold",
                "--no-do-sample",
                "--max-new-tokens",
                "4");
    assertThat(finished.requireResult()).isNotBlank();
    assertThat(finished.notes()).contains("4 generated").doesNotContain("warning");
  }

  @Test
  void streamedFromTheSeedAndLoadedFromDiskTheLogitsHaveTheSameBits() {
    for (String set : new String[] {"scalar", "simd"}) {
      try (Kernels kernels = KernelSets.open(set, Numerics.F32, 2);
          CheckpointDirectory read = CheckpointDirectory.open(directory, true);
          SyntheticCheckpoint made = new SyntheticCheckpoint(MODEL, 1)) {
        float[] loaded = next(Llama.load(read, kernels));
        assertThat(next(Llama.stream(made, kernels))).as(set).isEqualTo(loaded);
        assertThat(next(Llama.load(made, kernels))).as(set).isEqualTo(loaded);
      }
    }
  }

  private static float[] next(Llama llama) {
    return llama.next(TOKENS, llama.newCache(TOKENS.length));
  }
}
