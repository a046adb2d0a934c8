package touchstone.conformance.profile;

import touchstone.tensor.DType;

/** The 16-bit types that models are run in. */
public enum HalfType {
  /** IEEE binary16: 11 bits of precision, subnormals down to 2^-24, infinity from 65520 on. */
  F16(DType.F16) {
    @Override
    short bits(float value) {
      return Float.floatToFloat16(value);
    }

    @Override
    float value(short bits) {
      return Float.float16ToFloat(bits);
    }
  },
  /** The upper half of a binary32: 8 bits of precision, the range of binary32. */
  BF16(DType.BF16) {
    @Override
    short bits(float value) {
      int bits = Float.floatToIntBits(value);
      int odd = (bits >>> Short.SIZE) & 1; // ties go to even
      int rounded = Float.isNaN(value) ? bits : bits + BELOW_HALF + odd;
      return (short) (rounded >>> Short.SIZE);
    }

    @Override
    float value(short bits) {
      return Float.intBitsToFloat(bits << Short.SIZE);
    }
  };

  private static final int BELOW_HALF = 0x7fff;

  private final DType stored;

  HalfType(DType stored) {
    this.stored = stored;
  }

  /** The type of a tensor that holds such numbers. */
  public DType stored() {
    return stored;
  }

  /** The bits of the nearest number, ties to even. */
  abstract short bits(float value);

  abstract float value(short bits);

  /** The nearest number, ties to even. */
  public float round(float value) {
    return value(bits(value));
  }
}
