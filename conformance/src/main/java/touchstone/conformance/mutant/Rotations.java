package touchstone.conformance.mutant;

import touchstone.conformance.own.Seams;
import touchstone.kernels.Kernels;
import touchstone.tensor.Activations;
import touchstone.tensor.RopeTable;

/** Kernel sets that rotate otherwise. */
final class Rotations {
  private Rotations() {}

  /** Rotates all heads of all rows in place. */
  @FunctionalInterface
  interface Rotation {
    void rotate(Activations x, RopeTable table);
  }

  static Seams of(Rotation rotation) {
    return Deviations.kernels((right, _) -> rotating(right, rotation));
  }

  static Kernels rotating(Kernels right, Rotation rotation) {
    return new KernelsView(right) {
      @Override
      public void rope(Activations x, RopeTable table) {
        rotation.rotate(x, table);
      }
    };
  }
}
