package touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static touchstone.checkpoint.Headers.entry;

import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.error.TouchstoneException;
import touchstone.tensor.Tensor;

/** Files cut short, flipped and made up: refused with a proper fault, or consistent. */
@Tag("CKPT-1")
@Tag("CKPT-2")
class SafetensorsDamageTest {
  private static final int TENSORS = 6;
  private static final int TENSOR_BYTES = 576;

  @TempDir Path directory;

  /** About 4 KB: a header with metadata and escapes, and six tensors. */
  private static byte[] sample() {
    String header =
        IntStream.range(0, TENSORS)
            .mapToObj(
                i ->
                    entry(
                        "layer." + i,
                        i % 2 == 0 ? "F16" : "I32",
                        i % 2 == 0 ? "[18,16]" : "[144]",
                        "[%d,%d]".formatted(i * TENSOR_BYTES, (i + 1) * TENSOR_BYTES)))
            .collect(
                Collectors.joining(
                    ",", "{\"__metadata__\":{\"format\":\"pt\",\"\\u00e9\":\"ä\"},", "}"));
    return Headers.file(header, TENSORS * TENSOR_BYTES);
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] whole = sample();
    assertThat(whole.length).isBetween(3800, 4200);
    assertThat(isAccepted(whole)).isTrue();
    for (int size = 0; size < whole.length; size++) {
      assertThat(isAccepted(Arrays.copyOf(whole, size))).as("%d bytes", size).isFalse();
    }
  }

  @Test
  void everyExtensionIsRefused() {
    byte[] whole = sample();
    for (int extra : new int[] {1, 7, 8, 4096}) {
      assertThat(isAccepted(Arrays.copyOf(whole, whole.length + extra))).isFalse();
    }
  }

  @Test
  void everyFlippedBitOfTheHeaderIsRefusedOrStaysConsistent() {
    byte[] whole = sample();
    int headerEnd = whole.length - TENSORS * TENSOR_BYTES;
    int accepted = 0;
    for (int bit = 0; bit < headerEnd * 8; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      accepted += isAccepted(flipped) ? 1 : 0;
    }
    // Flips inside names and metadata give other names; the rest is caught.
    assertThat(accepted).isBetween(50, headerEnd * 2);
  }

  @Test
  void everyByteOfTheHeaderReplacedByJsonSyntaxIsRefusedOrStaysConsistent() {
    byte[] whole = sample();
    int headerEnd = whole.length - TENSORS * TENSOR_BYTES;
    for (byte symbol : "{}[]\",:\\0".getBytes(StandardCharsets.US_ASCII)) {
      for (int at = 8; at < headerEnd; at++) {
        byte[] changed = whole.clone();
        changed[at] = symbol;
        isAccepted(changed);
      }
    }
  }

  /** Any other exception than the contract's fails the test. */
  private boolean isAccepted(byte[] bytes) {
    try (Safetensors file = Safetensors.open(Headers.write(directory, bytes))) {
      assertConsistent(file, bytes);
      return true;
    } catch (TouchstoneException e) {
      assertThat(e.getMessage()).contains("probe.safetensors").doesNotContain("\n");
      return false;
    }
  }

  private static void assertConsistent(Safetensors file, byte[] bytes) {
    long covered = 0;
    for (Tensor tensor : file.tensors().values()) {
      assertThat(tensor.data().byteSize()).isEqualTo(tensor.elements() * tensor.dtype().bytes());
      tensor.data().toArray(ValueLayout.JAVA_BYTE);
      covered += tensor.data().byteSize();
    }
    long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertThat(8 + header + covered).isEqualTo(bytes.length);
  }
}
