package touchstone.conformance.door;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import touchstone.checkpoint.FileFaults;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/**
 * Reads one array of NumPy, of floating-point or whole numbers, little-endian, in C order.
 *
 * <pre>
 * byte 0          6       8               10 or 12            a multiple of 64
 *      | \x93NUMPY | version | length: u16/u32 | Python literal, blanks | elements
 * </pre>
 *
 * @source numpy 2.4 numpy/lib/format.py, format versions 1.0 and 2.0; header spelt as NumPy writes it
 */
final class NpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final long MOST_BYTES = 1L << 30;

  private static final Map<String, DType> TYPES =
      Map.of(
          "<f2", DType.F16, "<f4", DType.F32, "<f8", DType.F64, "<i4", DType.I32, "<i8", DType.I64);

  private static final Pattern HEADER =
      Pattern.compile(
          "\\{'descr': '([^']*)', 'fortran_order': (True|False), "
              + "'shape': \\(((?:\\d{1,18}(?:, ?\\d{1,18})*)?),?\\), \\} *\n");

  private NpyFile() {}

  /**
   * The array of a file.
   *
   * @throws TouchstoneException if it is missing, of another version, type or order, or not as long as
   *     it should be
   */
  static Tensor read(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw fault(file, Files.size(file) + " bytes", "at most " + MOST_BYTES + " are read");
      }
      return parse(file, ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
    } catch (IOException e) {
      throw FileFaults.reading(file, e);
    }
  }

  private static Tensor parse(Path file, ByteBuffer bytes) {
    byte[] magic = new byte[MAGIC.length];
    if (bytes.remaining() >= 12) {
      bytes.get(magic);
    }
    if (!Arrays.equals(magic, MAGIC)) {
      throw fault(file, "no .npy file", "numpy.save writes one");
    }
    int version = bytes.getShort();
    int length =
        switch (version) {
          case 1 -> Short.toUnsignedInt(bytes.getShort());
          case 2 -> bytes.getInt();
          default -> throw fault(file, "format version " + version, "1.0 and 2.0 are read");
        };
    if (length < 0 || length > bytes.remaining()) {
      throw fault(file, "a header of %d bytes".formatted(length), "the file is cut short");
    }
    byte[] header = new byte[length];
    bytes.get(header);
    return tensor(file, new String(header, StandardCharsets.ISO_8859_1), bytes.slice());
  }

  private static Tensor tensor(Path file, String header, ByteBuffer data) {
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.matches()) {
      throw fault(file, "header " + header.strip(), "descr, fortran_order and shape are expected");
    }
    DType type = TYPES.get(matcher.group(1));
    if (type == null) {
      throw fault(
          file, "type " + matcher.group(1), "of " + TYPES.keySet().stream().sorted().toList());
    }
    if (matcher.group(2).equals("True")) {
      throw fault(file, "Fortran order", "numpy.ascontiguousarray gives C order");
    }
    byte[] elements = new byte[data.remaining()];
    data.get(elements);
    try {
      return new Tensor(
          file.getFileName().toString(),
          type,
          shape(matcher.group(3)),
          MemorySegment.ofArray(elements));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw TouchstoneException.because(
          Fault.FORMAT, file, e.getMessage(), "is the file whole?", e);
    }
  }

  private static List<Long> shape(String extents) {
    return extents.isEmpty()
        ? List.of()
        : Arrays.stream(extents.split(", ?")).map(Long::valueOf).toList();
  }

  private static TouchstoneException fault(Path file, String found, String cure) {
    return TouchstoneException.of(Fault.FORMAT, file, found, cure);
  }
}
