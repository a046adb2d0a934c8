package touchstone.quantize;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What became of one module.
 *
 * @param layer from 0
 * @param module its name within the layer: {@code self_attn.q_proj}
 * @param loss what AutoGPTQ logs, {@link QuantisedLayer#loss}; empty for round-to-nearest
 * @param error of the module's outputs on the calibration data, {@link QuantisedLayer#error}; empty
 *     without such data
 * @param nearestError the same if every weight had been rounded to the nearest
 * @param damp damping of the Hessian
 * @param seconds what it took
 */
public record ModuleReport(
    int layer,
    String module,
    OptionalDouble loss,
    OptionalDouble error,
    OptionalDouble nearestError,
    double damp,
    double seconds) {

  /** The names of the columns of {@link #line}. */
  public static final String HEADER = "layer,module,loss,error,rtn_error,damp,seconds";

  /** The report as a line of comma-separated values; what there is not is empty. */
  public String line() {
    return String.join(
        ",",
        String.valueOf(layer),
        module,
        text(loss),
        text(error),
        text(nearestError),
        String.valueOf(damp),
        String.format(Locale.ROOT, "%.3f", seconds));
  }

  /** The report that was written as a line. */
  static ModuleReport of(String line) {
    String[] cells = line.split(",", -1);
    return new ModuleReport(
        Integer.parseInt(cells[0]),
        cells[1],
        number(cells[2]),
        number(cells[3]),
        number(cells[4]),
        Double.parseDouble(cells[5]),
        Double.parseDouble(cells[6]));
  }

  private static String text(OptionalDouble value) {
    return value.isPresent() ? String.valueOf(value.getAsDouble()) : "";
  }

  private static OptionalDouble number(String cell) {
    return cell.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(cell));
  }
}
