package touchstone.quantize;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * The Hessian of what the first layer's keys, values and queries see, for several quantisations of one
 * model. It is the only one that they share: everything behind it sees what the quantised modules before
 * it make of the data, and they differ.
 */
final class FirstHessian {
  private Optional<Hessian> hessian = Optional.empty();

  Hessian get(Supplier<Hessian> sum) {
    if (hessian.isEmpty()) {
      hessian = Optional.of(sum.get());
    }
    return hessian.get();
  }
}
