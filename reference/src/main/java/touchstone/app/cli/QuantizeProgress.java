package touchstone.app.cli;

import java.time.Duration;
import java.util.Locale;
import touchstone.quantize.ModuleReport;
import touchstone.quantize.QuantisationListener;

/** Shows how far a quantisation is: layer, module, its loss, and the time that is left. */
final class QuantizeProgress implements QuantisationListener {
  private static final int UPDATES = 1000;

  private final Terminal terminal;
  private final int layers;
  private final long start = System.nanoTime();
  private String loss = "";
  private String shown = "";

  QuantizeProgress(Terminal terminal, int layers) {
    this.terminal = terminal;
    this.layers = layers;
  }

  @Override
  public void progress(int layer, String what, double share) {
    long done = (long) (share * UPDATES);
    double seconds = (System.nanoTime() - start) / 1e9;
    String left = time((long) (seconds * (1 - share) / share));
    String text = "%d/%d %s%s, %s left".formatted(layer + 1, layers, what, loss, left);
    if (!text.equals(shown)) {
      shown = text;
      terminal.progress("layer", done, UPDATES, text);
    }
  }

  private static String time(long seconds) {
    Duration left = Duration.ofSeconds(seconds);
    return left.toHours() > 0
        ? "%d h %02d min".formatted(left.toHours(), left.toMinutesPart())
        : "%d:%02d min".formatted(left.toMinutes(), left.toSecondsPart());
  }

  @Override
  public void quantised(ModuleReport report) {
    loss = report.loss().isPresent() ? ", loss " + number(report.loss().getAsDouble()) : "";
  }

  /** Four digits, as people compare losses. */
  static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  @Override
  public void resumed(int finished) {
    terminal.note("%d of %d layers are finished already".formatted(finished, layers));
  }
}
