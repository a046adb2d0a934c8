package touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.golden.GoldenData;
import touchstone.gptq.GptqMatrix;
import touchstone.llama.LlamaConfig;
import touchstone.llama.RopeScaling;
import touchstone.tensor.DenseMatrix;

class CheckpointDirectoryTest {
  @TempDir Path directory;

  @Test
  @Tag("CKPT-11")
  void denseModelIsRead() {
    TinyModel model = TinyModel.dense(directory).write();
    try (CheckpointDirectory checkpoint = model.openStrictly()) {
      assertThat(checkpoint.warnings()).isEmpty();
      assertThat(checkpoint.quantisation()).isEmpty();
      assertThat(checkpoint.matrix(TinyModel.Q_PROJ)).isInstanceOf(DenseMatrix.class);
      assertThat(checkpoint.bias(TinyModel.Q_PROJ)).isEmpty();
      assertThat(checkpoint.gain("model.norm"))
          .isEqualTo(model.tensors.get("model.norm.weight").toFloats());
      assertThat(checkpoint.embedding().dequantise(3, 5))
          .isEqualTo(model.tensors.get("model.embed_tokens.weight").floatAt(3 * 64 + 5));
      assertThat(checkpoint.matrix("lm_head").dequantise(3, 5))
          .isEqualTo(model.tensors.get("lm_head.weight").floatAt(3 * 64 + 5));
      checkpoint.verifyUnchanged();
    }
  }

  @Test
  @Tag("CKPT-11")
  @Tag("GPTQ-7")
  void quantisedModelIsRead() {
    for (int bits : new int[] {2, 3, 4, 8}) {
      for (int groupSize : new int[] {-1, 32}) {
        TinyModel model = TinyModel.gptq(directory, bits, groupSize).write();
        try (CheckpointDirectory checkpoint = model.openStrictly()) {
          GptqMatrix matrix = (GptqMatrix) checkpoint.matrix(TinyModel.Q_PROJ);
          assertThat(matrix.bits()).isEqualTo(bits);
          assertThat(matrix.groups()).isEqualTo(groupSize == -1 ? 1 : 2);
          assertThat(matrix.zero(0, 0)).isEqualTo(1 << (bits - 1));
          assertThat(checkpoint.bias(TinyModel.Q_PROJ)).contains(new float[TinyModel.DIM]);
        }
      }
    }
  }

  @Test
  void realSmallModelIsRead() {
    Optional<Path> stories = GoldenData.shared("stories260K_hf");
    Assumptions.assumeTrue(stories.isPresent(), "no shared data: stories260K_hf is not here");
    try (CheckpointDirectory checkpoint = CheckpointDirectory.open(stories.get(), true)) {
      assertThat(checkpoint.config())
          .isEqualTo(
              new LlamaConfig(
                  512,
                  64,
                  172,
                  5,
                  8,
                  4,
                  8,
                  512,
                  1e-5f,
                  10000,
                  new RopeScaling.None(),
                  true,
                  false,
                  false,
                  1,
                  List.of(2)));
      assertThat(checkpoint.matrix("lm_head")).isSameAs(checkpoint.embedding());
      assertThat(checkpoint.totalBytes())
          .isEqualTo(checkpoint.tensors().stream().mapToLong(StoredTensor::bytes).sum());
    }
  }
}
