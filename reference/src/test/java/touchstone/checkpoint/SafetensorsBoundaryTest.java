package touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static touchstone.checkpoint.Headers.entry;
import static touchstone.checkpoint.Headers.file;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.DType;

/** Every number of a header at its limits and one beyond. */
@Tag("CKPT-2")
class SafetensorsBoundaryTest {
  private static final int DATA = 64;

  private static final List<BigInteger> NUMBERS =
      List.of(
              "0",
              "1",
              "2",
              "15",
              "16",
              "17",
              "63",
              "64",
              "65",
              "127",
              "128",
              "255",
              "256",
              "2147483647",
              "2147483648",
              "2147483649",
              "4294967295",
              "4294967296",
              "4294967297",
              "9007199254740993",
              "4611686018427387904",
              "9223372036854775807",
              "9223372036854775808",
              "18446744073709551615",
              "18446744073709551616")
          .stream()
          .map(BigInteger::new)
          .toList();

  @TempDir Path directory;

  @Test
  void anExtentIsAcceptedExactlyWhenItFillsTheData() {
    for (DType dtype : DType.values()) {
      for (BigInteger extent : NUMBERS) {
        boolean fits =
            extent.multiply(BigInteger.valueOf(dtype.bytes())).equals(BigInteger.valueOf(DATA));
        String header = "{" + entry("a", dtype.name(), "[" + extent + "]", "[0,64]") + "}";
        assertVerdict(file(header, DATA), fits, dtype + " [" + extent + "]");
      }
    }
  }

  @Test
  void twoExtentsAreAcceptedExactlyWhenTheirProductFillsTheData() {
    for (BigInteger rows : NUMBERS) {
      for (BigInteger columns : NUMBERS) {
        boolean fits = rows.multiply(columns).equals(BigInteger.valueOf(DATA));
        String shape = "[" + rows + "," + columns + "]";
        assertVerdict(file("{" + entry("a", "I8", shape, "[0,64]") + "}", DATA), fits, shape);
      }
    }
  }

  @Test
  void offsetsAreAcceptedExactlyWhenTheyCoverTheData() {
    for (BigInteger begin : NUMBERS) {
      for (BigInteger end : NUMBERS) {
        boolean covers = begin.signum() == 0 && end.equals(BigInteger.valueOf(DATA));
        String offsets = "[" + begin + "," + end + "]";
        assertVerdict(file("{" + entry("a", "I8", "[64]", offsets) + "}", DATA), covers, offsets);
      }
    }
  }

  @Test
  void aHeaderLengthIsAcceptedExactlyWhenItIsTheHeaders() {
    byte[] header =
        ("{" + entry("a", "I8", "[64]", "[0,64]") + "}").getBytes(StandardCharsets.UTF_8);
    for (BigInteger length : NUMBERS) {
      assertVerdict(file(length.longValue(), header, DATA), false, "header length " + length);
    }
    assertVerdict(file(header.length, header, DATA), true, "its own length");
    assertVerdict(file(header.length - 1L, header, DATA), false, "one less");
    assertVerdict(file(header.length + 1L, header, DATA), false, "one more");
  }

  @Test
  void aFileShorterThanItsHeaderLengthIsRefused() {
    for (int size = 0; size < 8; size++) {
      assertVerdict(new byte[size], false, size + " bytes");
    }
  }

  @Test
  void rankEightIsReadAndNineIsNot() {
    String eight = "[" + "1,".repeat(7) + "64]";
    assertVerdict(file("{" + entry("a", "I8", eight, "[0,64]") + "}", DATA), true, "rank 8");
    String nine = "[" + "1,".repeat(8) + "64]";
    assertLimit("{" + entry("a", "I8", nine, "[0,64]") + "}", DATA, "at most 8");
  }

  @Test
  void aNameOf1024BytesIsReadAndALongerOneIsNot() {
    String longest = "é".repeat(512);
    String header = "{" + entry(longest, "I8", "[64]", "[0,64]") + "}";
    assertVerdict(file(header, DATA), true, "1024 bytes");
    assertLimit("{" + entry(longest + "x", "I8", "[64]", "[0,64]") + "}", DATA, "at most 1024");
  }

  @Test
  void tensors65536AreReadAndOneMoreIsNot() {
    assertVerdict(file(empties(65_536), 0), true, "65536 tensors");
    assertLimit(empties(65_537), 0, "at most 65536");
  }

  private static String empties(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> entry("t" + i, "I8", "[0]", "[0,0]"))
        .collect(Collectors.joining(",", "{", "}"));
  }

  @Test
  void metadataPairs65536AreReadAndOneMoreIsNot() {
    assertVerdict(file(pairs(65_536), 0), true, "65536 pairs");
    assertLimit(pairs(65_537), 0, "at most 65536");
  }

  private static String pairs(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"k" + i + "\":\"\"")
        .collect(Collectors.joining(",", "{\"__metadata__\":{", "}}"));
  }

  @Test
  void aHeaderOfTheLargestSizeIsRead() {
    byte[] header = new byte[Math.toIntExact(SafetensorsHeader.MAX_BYTES)];
    Arrays.fill(header, (byte) ' ');
    header[0] = '{';
    header[1] = '}';
    assertThat(SafetensorsHeader.parse(directory, header).entries()).isEmpty();
  }

  @Test
  void manyNamesThatCollideAreReadInLinearTime() {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 1 << 14; i++) {
      StringBuilder key = new StringBuilder();
      for (int bit = 0; bit < 14; bit++) {
        key.append((i >> bit & 1) == 0 ? "Aa" : "BB"); // equal String.hashCode
      }
      keys.add("\"" + key + "\":0");
    }
    String header =
        "{\"a\":{\"dtype\":\"I8\",\"shape\":[64],\"data_offsets\":[0,64],"
            + String.join(",", keys)
            + "}}";
    assertVerdict(file(header, DATA), true, "16384 colliding junk keys");
  }

  private void assertVerdict(byte[] bytes, boolean accepted, String what) {
    Optional<TouchstoneException> refusal = refusal(bytes);
    assertThat(refusal.isEmpty()).as("%s: %s", what, refusal).isEqualTo(accepted);
    refusal.ifPresent(e -> assertThat(e.fault()).as(what).isEqualTo(Fault.FORMAT));
  }

  private void assertLimit(String header, int data, String allowed) {
    Optional<TouchstoneException> refusal = refusal(file(header, data));
    assertThat(refusal).isPresent();
    assertThat(refusal.get().fault()).isEqualTo(Fault.LIMIT);
    assertThat(refusal.get()).hasMessageContaining(allowed);
  }

  private Optional<TouchstoneException> refusal(byte[] bytes) {
    Path file = Headers.write(directory, bytes);
    try (Safetensors opened = Safetensors.open(file)) {
      assertThatCode(opened::verifyUnchanged).doesNotThrowAnyException();
      return Optional.empty();
    } catch (TouchstoneException e) {
      return Optional.of(e);
    }
  }
}
