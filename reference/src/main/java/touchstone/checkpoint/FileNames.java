package touchstone.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * What a file name inside a model directory may look like when it comes from a file. The rules of
 * POSIX and of Windows both hold on every system, so that a directory means the same everywhere:
 * no separators, no drives or streams, no device names, nothing that Windows would trim.
 *
 * @rules CKPT-5
 */
final class FileNames {
  private static final int MAX_BYTES = 255;
  private static final Set<String> DEVICES =
      Set.of("con", "prn", "aux", "nul", "conin$", "conout$");

  private FileNames() {}

  /**
   * Refuses a name that is not that of a file in the same directory.
   *
   * @param where the file and field that the name stands in
   * @return the name
   */
  static String requireLocal(Object where, String name) {
    if (!isLocal(name)) {
      throw TouchstoneException.of(
          Fault.FORMAT,
          where,
          "file name '" + name + "'",
          "a plain name in the same directory, valid on Linux and on Windows");
    }
    return name;
  }

  private static boolean isLocal(String name) {
    return !name.isEmpty()
        && name.length() <= MAX_BYTES
        && name.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES
        && name.codePoints().allMatch(FileNames::isAllowed)
        && !name.endsWith(".")
        && !name.endsWith(" ")
        && !isDevice(name);
  }

  private static boolean isAllowed(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> "/\\:*?\"<>|".indexOf(point) < 0;
    };
  }

  /** Windows opens a device whatever extension follows its name: {@code nul.safetensors}. */
  private static boolean isDevice(String name) {
    String stem = name.split("\\.", 2)[0].strip().toLowerCase(Locale.ROOT);
    return DEVICES.contains(stem) || stem.matches("(com|lpt)[0-9\u00b9\u00b2\u00b3]");
  }
}
