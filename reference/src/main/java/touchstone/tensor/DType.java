package touchstone.tensor;

/** The element types of stored tensors, named as safetensors names them; all little-endian. */
public enum DType {
  BOOL(1),
  U8(1),
  I8(1),
  F8_E5M2(1),
  F8_E4M3(1),
  I16(2),
  U16(2),
  F16(2),
  BF16(2),
  I32(4),
  U32(4),
  F32(4),
  F64(8),
  I64(8),
  U64(8);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Whether a weight may be stored in this type: every value is exactly a {@code float}. */
  public boolean isWeight() {
    return this == F32 || this == F16 || this == BF16;
  }
}
