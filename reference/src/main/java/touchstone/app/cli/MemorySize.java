package touchstone.app.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * An amount of memory as people write it: {@code 500m}, {@code 20g}, {@code 0}.
 *
 * @param bytes the amount
 */
record MemorySize(long bytes) {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})([kmgt]?)");
  private static final String UNITS = "kmgt";
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final Pattern AVAILABLE = Pattern.compile("MemAvailable: +(\\d+) kB");

  /** Reads an option. */
  static final class Converter implements ITypeConverter<MemorySize> {
    @Override
    public MemorySize convert(String text) {
      Matcher size = SIZE.matcher(text.toLowerCase(Locale.ROOT));
      if (!size.matches()) {
        throw TouchstoneException.of(
            Fault.USAGE,
            "--prepared-memory",
            "'" + text + "'",
            "a whole number and k, m, g or t, such as 20g");
      }
      int power = size.group(2).isEmpty() ? 0 : 1 + UNITS.indexOf(size.group(2));
      return new MemorySize(Long.parseLong(size.group(1)) << (10 * power));
    }
  }

  /**
   * Memory that can be taken without taking it from others: on Linux with what files are cached in,
   * elsewhere what is free.
   */
  static long free() {
    var system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    long limit = system.getTotalMemorySize(); // of the container, where there is one
    try (Stream<String> lines = Files.lines(MEMORY)) {
      long available =
          lines
              .map(AVAILABLE::matcher)
              .filter(Matcher::matches)
              .findFirst()
              .map(line -> Long.parseLong(line.group(1)) << 10)
              .orElseGet(system::getFreeMemorySize);
      return Math.min(limit, available);
    } catch (IOException _) {
      return Math.min(limit, system.getFreeMemorySize());
    }
  }
}
