package touchstone.kernels;

import java.util.Locale;

/** The numeric modes of a kernel set. Each is defined to the bit. */
public enum Numerics {
  /** Activations stay fp32; products with weights are fp32 fused multiply-adds. */
  F32,
  /** Activations are rounded to 8-bit integers per block before a product with a quantised matrix. */
  INT8;

  /** As written on the command line: {@code f32}, {@code int8}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
