package touchstone.quantize;

/**
 * The values that the codes of one group and output stand for.
 *
 * <pre>
 * code(w) = min(max(rint(w / scale) + zero, 0), 2^bits - 1)        value(code) = scale * (code - zero)
 * </pre>
 *
 * @param scale distance of two values, above 0
 * @param zero code of the value 0
 * @param maxCode 2^bits - 1
 * @source AutoGPTQ v0.4.2 quantizer.py, _quantize
 * @numerics fp32, every operation rounded; rint is to even
 * @deviation none
 * @rules QUANT-2
 */
record Grid(float scale, int zero, int maxCode) {
  /** The code whose value is nearest to a weight. */
  int code(float weight) {
    double code = Math.rint(weight / scale) + zero;
    return (int) Math.min(Math.max(code, 0), maxCode);
  }

  /** What a code stands for. */
  float value(int code) {
    return scale * (code - zero);
  }
}
