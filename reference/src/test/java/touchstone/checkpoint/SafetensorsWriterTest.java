package touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;
import touchstone.tensor.TensorSpec;

@Tag("CKPT-14")
class SafetensorsWriterTest {
  /** What safetensors 0.8.0 (Python, save) writes for the tensors of the test below. */
  private static final String THEIRS =
      """
      b0010000000000007b225f5f6d657461646174615f5f223a7b22666f726d6174223a227074227d2c2269223a\
      7b226474797065223a22493634222c227368617065223a5b315d2c22646174615f6f666673657473223a5b30\
      2c385d7d2c226132223a7b226474797065223a22463634222c227368617065223a5b302c335d2c2264617461\
      5f6f666673657473223a5b382c385d7d2c226320c3a95c225c6e223a7b226474797065223a22463332222c22\
      7368617065223a5b315d2c22646174615f6f666673657473223a5b382c31325d7d2c2261223a7b2264747970\
      65223a22493332222c227368617065223a5b322c325d2c22646174615f6f666673657473223a5b31322c3238\
      5d7d2c2268223a7b226474797065223a2242463136222c227368617065223a5b5d2c22646174615f6f666673\
      657473223a5b32382c33305d7d2c2262223a7b226474797065223a22463136222c227368617065223a5b325d\
      2c22646174615f6f666673657473223a5b33302c33345d7d2c2275223a7b226474797065223a22424f4f4c22\
      2c227368617065223a5b325d2c22646174615f6f666673657473223a5b33342c33365d7d7d20202020202020\
      07000000000000000000003f01000000020000000300000004000000803f003e00c00100\
      """;

  @TempDir Path directory;

  private static Tensor tensor(String name, DType dtype, List<Long> shape, String hex) {
    return new Tensor(name, dtype, shape, MemorySegment.ofArray(HexFormat.of().parseHex(hex)));
  }

  @Test
  void theBytesAreThoseOfTheReferenceWriter() throws IOException {
    List<Tensor> tensors =
        new ArrayList<>(
            List.of(
                tensor("b", DType.F16, List.of(2L), "003e00c0"),
                tensor("a", DType.I32, List.of(2L, 2L), "01000000020000000300000004000000"),
                tensor("c é\"\n", DType.F32, List.of(1L), "0000003f"),
                tensor("a2", DType.F64, List.of(0L, 3L), ""),
                tensor("i", DType.I64, List.of(1L), "0700000000000000"),
                tensor("u", DType.BOOL, List.of(2L), "0100"),
                tensor("h", DType.BF16, List.of(), "803f")));
    Path file = directory.resolve("ours.safetensors");
    SafetensorsWriter.write(file, Map.of("format", "pt"), tensors);
    assertThat(HexFormat.of().formatHex(Files.readAllBytes(file))).isEqualTo(THEIRS);

    Collections.reverse(tensors);
    SafetensorsWriter.write(file, Map.of("format", "pt"), tensors);
    assertThat(HexFormat.of().formatHex(Files.readAllBytes(file))).isEqualTo(THEIRS);
  }

  @Property(tries = 60, seed = "20231116")
  void whatIsWrittenIsReadBack(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    List<Tensor> tensors = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      tensors.add(randomTensor(random, "tensor \u00e9\u0007 " + i));
    }
    Path folder = Files.createTempDirectory("touchstone");
    Path file = folder.resolve("a.safetensors");
    Map<String, String> metadata = Map.of("b", "1", "a", "\ud83d\ude00");
    SafetensorsWriter.write(file, metadata, tensors);
    try (Safetensors read = Safetensors.open(file)) {
      assertThat(read.metadata()).isEqualTo(metadata);
      assertThat(read.tensors()).hasSameSizeAs(tensors);
      tensors.forEach(tensor -> assertSame(read.tensors().get(tensor.name()), tensor));
    } finally {
      Files.delete(file);
      Files.delete(folder);
    }
  }

  private static Tensor randomTensor(Random random, String name) {
    DType dtype = DType.values()[random.nextInt(DType.values().length)];
    List<Long> shape =
        random.ints(random.nextInt(4), 0, 5).mapToObj(extent -> (long) extent).toList();
    long elements = shape.stream().reduce(1L, (a, b) -> a * b);
    byte[] bytes = new byte[Math.toIntExact(elements * dtype.bytes())];
    random.nextBytes(bytes);
    return new Tensor(name, dtype, shape, MemorySegment.ofArray(bytes));
  }

  private static void assertSame(Tensor read, Tensor written) {
    assertThat(read.dtype()).isEqualTo(written.dtype());
    assertThat(read.shape()).isEqualTo(written.shape());
    assertThat(read.data().toArray(ValueLayout.JAVA_BYTE))
        .isEqualTo(written.data().toArray(ValueLayout.JAVA_BYTE));
    assertThat(read.data().address() % written.dtype().bytes()).as("alignment").isZero();
  }

  @Test
  void namesThatCannotBeReadBackAreRefused() {
    Tensor x = SafetensorsWriter.floats("x", List.of(1L), new float[1]);
    Tensor reserved = SafetensorsWriter.floats("__metadata__", List.of(1L), new float[1]);
    Tensor half = SafetensorsWriter.floats("\ud800", List.of(1L), new float[1]);
    Tensor longName = SafetensorsWriter.floats("x".repeat(1025), List.of(1L), new float[1]);
    Tensor deep = SafetensorsWriter.floats("x", Collections.nCopies(9, 1L), new float[1]);
    for (List<Tensor> wrong :
        List.of(
            List.of(x, x), List.of(reserved), List.of(half), List.of(longName), List.of(deep))) {
      assertThatThrownBy(() -> SafetensorsWriter.write(directory.resolve("x"), Map.of(), wrong))
          .isInstanceOf(IllegalArgumentException.class);
    }
    Path file = directory.resolve("x");
    assertThatThrownBy(() -> SafetensorsWriter.write(file, Map.of("k", "\udc00"), List.of(x)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void tensorsAreAskedForOneByOneInTheOrderOfTheFile() {
    Path file = directory.resolve("a.safetensors");
    List<TensorSpec> specs =
        List.of(
            new TensorSpec("b", DType.F16, List.of(2L)),
            new TensorSpec("c", DType.I32, List.of(3L)),
            new TensorSpec("a", DType.I32, List.of(1L)));
    List<String> asked = new ArrayList<>();
    List<Long> told = new ArrayList<>();
    SafetensorsWriter.write(
        file,
        Map.of(),
        specs,
        spec -> {
          asked.add(spec.name());
          return tensor(spec.name(), spec.dtype(), spec.shape(), "01".repeat((int) spec.bytes()));
        },
        told::add);
    assertThat(asked).containsExactly("a", "c", "b");
    assertThat(told).containsExactly(4L, 16L, 20L);
    try (Safetensors read = Safetensors.open(file)) {
      assertThat(read.tensors().get("c").intAt(2)).isEqualTo(0x01010101);
    }
  }

  @Test
  void aTensorOtherThanAnnouncedLeavesNothing() {
    TensorSpec spec = new TensorSpec("a", DType.I32, List.of(1L));
    Tensor other = SafetensorsWriter.floats("a", List.of(1L), new float[1]);
    assertThatThrownBy(
            () ->
                SafetensorsWriter.write(
                    directory.resolve("a"), Map.of(), List.of(spec), _ -> other, _ -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("announced as");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aFailureHalfWayLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = Files.writeString(directory.resolve("out.safetensors"), "old");
    MemorySegment gone;
    try (Arena arena = Arena.ofConfined()) {
      gone = arena.allocate(1 << 20);
    }
    Tensor good = SafetensorsWriter.floats("a", List.of(4L), new float[4]);
    Tensor bad = new Tensor("b", DType.I8, List.of(1L << 20), gone);
    assertThatThrownBy(() -> SafetensorsWriter.write(file, Map.of(), List.of(good, bad)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(file).hasContent("old");
    assertThat(entries(directory)).containsExactly("out.safetensors");
  }

  @Test
  void anErrorOfTheDiskLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = Files.writeString(directory.resolve("out"), "old");
    for (Map.Entry<String, Fault> error :
        Map.of(
                "No space left on device", Fault.DISK_FULL,
                "Disk quota exceeded", Fault.DISK_FULL,
                "There is not enough space on the disk", Fault.DISK_FULL,
                "Input/output error", Fault.IO)
            .entrySet()) {
      assertThatThrownBy(
              () ->
                  AtomicFile.write(
                      file,
                      1,
                      _ -> {
                        throw new IOException(error.getKey());
                      }))
          .isInstanceOfSatisfying(
              TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(error.getValue()))
          .hasMessageContaining(file.toString());
    }
    assertThat(file).hasContent("old");
    assertThat(entries(directory)).containsExactly("out");
  }

  @Test
  void moreThanTheDiskHoldsIsRefusedBeforeWriting() {
    Path file = directory.resolve("out");
    assertThatThrownBy(() -> AtomicFile.write(file, Long.MAX_VALUE, _ -> {}))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.DISK_FULL))
        .hasMessageContaining("needs 9223372036854775807 bytes");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aPlaceThatCannotBeWrittenToIsAnOutputFault() throws IOException {
    Path blocking = Files.writeString(directory.resolve("file"), "x");
    assertOutputFault(blocking.resolve("below.safetensors"));
    assertOutputFault(directory.resolve("none/below.safetensors"));
    assertOutputFault(directory);
    assertThat(entries(directory)).containsExactly("file");
    assertThat(blocking).hasContent("x");
  }

  @Test
  void aFolderWithoutPermissionIsAnOutputFault() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("closed"));
    Path file = Files.writeString(folder.resolve("out"), "old");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      Assumptions.assumeFalse(
          Files.isWritable(folder), "this user may write to a folder without permission");
      assertOutputFault(file);
      assertThat(file).hasContent("old");
    } finally {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void aDeviceIsNotReplacedByAFile() {
    Path device = Path.of("/dev/null");
    Assumptions.assumeTrue(Files.exists(device), "no /dev/null here");
    assertOutputFault(device);
    assertThat(Files.isRegularFile(device)).isFalse();
  }

  private static void assertOutputFault(Path file) {
    assertThatThrownBy(() -> SafetensorsWriter.write(file, Map.of(), List.of()))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.OUTPUT))
        .hasMessageContaining(file.toString());
  }

  @Test
  void theTargetOfALinkIsReplacedAndNotTheLink() throws IOException {
    Path target = Files.writeString(directory.resolve("target"), "old");
    Path link = Files.createSymbolicLink(directory.resolve("link"), target);
    SafetensorsWriter.write(link, Map.of(), List.of());
    assertThat(link).isSymbolicLink();
    assertThat(target).hasSize(8 + 8);
  }

  @Test
  void aMappedFileThatIsWrittenAnewKeepsItsOldBytes() {
    Path file = directory.resolve("a.safetensors");
    Tensor one = SafetensorsWriter.floats("x", List.of(1L), new float[] {1});
    Tensor two = SafetensorsWriter.floats("x", List.of(1L), new float[] {2});
    SafetensorsWriter.write(file, Map.of(), List.of(one));
    try (Safetensors mapped = Safetensors.open(file)) {
      SafetensorsWriter.write(file, Map.of(), List.of(two));
      assertThat(mapped.tensors().get("x").toFloats()).containsExactly(1);
      mapped.verifyUnchanged();
    }
    try (Safetensors mapped = Safetensors.open(file)) {
      assertThat(mapped.tensors().get("x").toFloats()).containsExactly(2);
    }
  }

  private static List<String> entries(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
