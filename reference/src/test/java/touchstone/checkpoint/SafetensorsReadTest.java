package touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static touchstone.checkpoint.Headers.entry;
import static touchstone.checkpoint.Headers.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.Tensor;

class SafetensorsReadTest {
  @TempDir Path directory;

  @Test
  @Tag("CKPT-3")
  void valuesAreReadFromAnyAlignment() {
    for (int shift = 0; shift < 8; shift++) {
      String header =
          "{%s,%s}"
              .formatted(
                  entry("pad", "U8", "[" + shift + "]", "[0," + shift + "]"),
                  entry("x", "F32", "[3]", "[%d,%d]".formatted(shift, shift + 12)));
      byte[] bytes = file(header, shift + 12);
      ByteBuffer.wrap(bytes)
          .order(ByteOrder.LITTLE_ENDIAN)
          .position(bytes.length - 12)
          .putFloat(1.5f)
          .putFloat(-2f)
          .putFloat(Float.MIN_VALUE);
      try (Safetensors file = Safetensors.open(Headers.write(directory, bytes))) {
        assertThat(file.tensors().get("x").toFloats()).containsExactly(1.5f, -2f, Float.MIN_VALUE);
      }
    }
  }

  @Test
  void tensorsAndMetadataKeepTheOrderOfTheHeader() {
    String header =
        "{\"__metadata__\":{\"z\":\"1\",\"a\":\"2\"},%s,%s}"
            .formatted(entry("late", "I8", "[4]", "[4,8]"), entry("early", "I8", "[4]", "[0,4]"));
    try (Safetensors file = Safetensors.open(Headers.write(directory, file(header, 8)))) {
      assertThat(file.tensors().keySet()).containsExactly("late", "early");
      assertThat(file.metadata()).containsExactly(Map.entry("z", "1"), Map.entry("a", "2"));
    }
  }

  @Test
  void tensorsBeyondFourGigabytesAreRead() throws IOException {
    long big = (1L << 32) + 12_345;
    String header =
        "{%s,%s}"
            .formatted(
                entry("big", "I8", "[" + big + "]", "[0," + big + "]"),
                entry("x", "F32", "[1]", "[%d,%d]".formatted(big, big + 4)));
    byte[] start = file(header, 0);
    Path file = directory.resolve("sparse.safetensors");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      channel.write(ByteBuffer.wrap(start));
      ByteBuffer value = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, 42f);
      channel.write(value, start.length + big);
    } catch (IOException e) {
      Assumptions.abort("no sparse file of 4 GiB can be made here: " + e.getMessage());
    }
    try (Safetensors opened = Safetensors.open(file)) {
      assertThat(opened.tensors().get("x").toFloats()).containsExactly(42f);
      assertThat(opened.tensors().get("big").data().byteSize()).isEqualTo(big);
    }
  }

  @Test
  void aMissingFileAndAFolderAreToldApart() {
    assertFault(Fault.MISSING, directory.resolve("none.safetensors"));
    assertFault(Fault.FORMAT, directory);
  }

  @Test
  void aForbiddenFileIsAFaultOfPermission() throws IOException {
    Path forbidden = Headers.write(directory, file("{}", 0));
    Files.setPosixFilePermissions(forbidden, PosixFilePermissions.fromString("---------"));
    Assumptions.assumeFalse(
        Files.isReadable(forbidden), "this user may read a file without permissions");
    assertFault(Fault.PERMISSION, forbidden);
  }

  private static void assertFault(Fault fault, Path file) {
    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(fault))
        .hasMessageContaining(file.toString());
  }

  @Test
  void aLinkToAFileIsFollowed() throws IOException {
    Path file = Headers.write(directory, file("{" + entry("x", "I8", "[4]", "[0,4]") + "}", 4));
    Path link = Files.createSymbolicLink(directory.resolve("link.safetensors"), file);
    try (Safetensors opened = Safetensors.open(link)) {
      assertThat(opened.tensors()).containsOnlyKeys("x");
      opened.verifyUnchanged();
    }
  }

  @Test
  @Tag("CKPT-13")
  void aFileWrittenInPlaceHasChanged() throws IOException {
    Path path = sample();
    try (Safetensors opened = Safetensors.open(path)) {
      opened.verifyUnchanged();
      Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH));
      assertChanged(opened);
    }
  }

  @Test
  @Tag("CKPT-13")
  void aFileThatGrewOrShrankHasChanged() throws IOException {
    for (long delta : new long[] {-1, 1}) {
      Path path = sample();
      FileTime before = Files.getLastModifiedTime(path);
      try (Safetensors opened = Safetensors.open(path)) {
        byte[] bytes = Files.readAllBytes(path);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.wrap(new byte[1]), bytes.length);
          channel.truncate(bytes.length + delta);
        }
        Files.setLastModifiedTime(path, before);
        assertChanged(opened);
      }
    }
  }

  private static void assertChanged(Safetensors opened) {
    assertThatThrownBy(opened::verifyUnchanged)
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CHANGED));
  }

  @Test
  @Tag("CKPT-13")
  void aFileThatWasDeletedOrReplacedIsStillWholeInMemory() throws IOException {
    Path path = sample();
    try (Safetensors opened = Safetensors.open(path)) {
      Path other = Files.write(directory.resolve("other"), new byte[3]);
      Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
      opened.verifyUnchanged();
      Files.delete(path);
      opened.verifyUnchanged();
      assertThat(opened.tensors().get("x").elements()).isEqualTo(4);
      assertThat(opened.tensors().get("x").toFloats()[1]).isEqualTo(2f);
    }
  }

  @Test
  void dataMayNotBeReadAfterClosing() {
    Safetensors opened = Safetensors.open(sample());
    Tensor tensor = opened.tensors().get("x");
    opened.close();
    opened.close();
    assertThatThrownBy(() -> tensor.floatAt(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void namesFromTheFileAreEscapedInMessages() {
    String header = "{" + entry("a\\n\\u001b[31m\\u202e", "F32", "[3]", "[0,16]") + "}";
    Path path = Headers.write(directory, file(header, 16));
    assertThatThrownBy(() -> Safetensors.open(path))
        .hasMessageContaining("\\u000a\\u001b[31m\\u202e")
        .message()
        .matches(text -> text.codePoints().noneMatch(Character::isISOControl));
  }

  private Path sample() {
    List<Tensor> tensors =
        List.of(SafetensorsWriter.floats("x", List.of(4L), new float[] {1, 2, 3, 4}));
    Path file = directory.resolve("sample.safetensors");
    SafetensorsWriter.write(file, Map.of(), tensors);
    return file;
  }
}
