package touchstone.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * Reads the fields of one protobuf message in order: {@link #next()}, then the one accessor that fits
 * {@link #field()}, or {@link #skip()}. Every length is checked against the bytes that remain.
 *
 * @source protobuf.dev/programming-guides/encoding
 */
final class ProtobufReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED32 = 5;

  private final String file;
  private final ByteBuffer bytes;
  private int fieldStart;
  private int field;
  private int wireType;

  ProtobufReader(String file, byte[] message) {
    this(file, ByteBuffer.wrap(message), 0, message.length);
  }

  private ProtobufReader(String file, ByteBuffer whole, int start, int length) {
    this.file = file;
    this.bytes =
        whole.duplicate().order(ByteOrder.LITTLE_ENDIAN).limit(start + length).position(start);
  }

  /** Moves on to the next field; false at the end of the message. */
  boolean next() {
    if (!bytes.hasRemaining()) {
      return false;
    }
    fieldStart = bytes.position();
    long tag = varint();
    if (tag < 8 || tag > 0xFFFF_FFFFL) {
      throw fault(
          "field tag " + Long.toUnsignedString(tag), "field numbers run from 1 to 2^29 - 1");
    }
    field = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    return true;
  }

  int field() {
    return field;
  }

  /** File and byte offset of the current field. */
  String place() {
    return file + ": byte " + fieldStart;
  }

  ProtobufReader message() {
    int length = delimited();
    ProtobufReader inner = new ProtobufReader(file, bytes, bytes.position(), length);
    bytes.position(bytes.position() + length);
    inner.fieldStart = fieldStart;
    return inner;
  }

  String text() {
    int length = delimited();
    ByteBuffer utf8 = bytes.slice(bytes.position(), length);
    bytes.position(bytes.position() + length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      throw TouchstoneException.because(
          Fault.FORMAT, place(), "a string that is not UTF-8", "the file is damaged", e);
    }
  }

  /** Skips a bytes field and gives its length. */
  int byteCount() {
    int length = delimited();
    bytes.position(bytes.position() + length);
    return length;
  }

  float float32() {
    require(FIXED32, "a 32-bit float");
    requireRemaining(Float.BYTES);
    return bytes.getFloat();
  }

  /** An int32 or an enum; a negative one takes ten bytes. */
  int int32() {
    require(VARINT, "a whole number");
    long value = varint();
    if (value != (int) value) {
      throw fault("number " + Long.toUnsignedString(value), "it must fit 32 bits");
    }
    return (int) value;
  }

  boolean bool() {
    int value = int32();
    if (value != 0 && value != 1) {
      throw fault("truth value " + value, "0 or 1");
    }
    return value == 1;
  }

  void skip() {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> advance(Long.BYTES);
      case LENGTH_DELIMITED -> byteCount();
      case FIXED32 -> advance(Integer.BYTES);
      default -> throw fault("wire type " + wireType + " in field " + field, "0, 1, 2 or 5");
    }
  }

  private void advance(int count) {
    requireRemaining(count);
    bytes.position(bytes.position() + count);
  }

  private int delimited() {
    require(LENGTH_DELIMITED, "a string or message");
    long length = varint();
    if (length < 0 || length > bytes.remaining()) {
      throw fault(
          "field %d of %s bytes".formatted(field, Long.toUnsignedString(length)),
          bytes.remaining() + " bytes remain; is the file truncated?");
    }
    return (int) length;
  }

  /** Seven bits a byte, low bits first, in as few bytes as hold the number. */
  private long varint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      requireRemaining(1);
      byte next = bytes.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        if ((next == 0 && shift > 0) || (next > 1 && shift == 63)) {
          throw fault("an overlong varint", "numbers are written in their shortest form");
        }
        return value;
      }
    }
    throw fault("a varint of more than ten bytes", "it must fit 64 bits");
  }

  private void require(int wanted, String meaning) {
    if (wireType != wanted) {
      throw fault("field %d has wire type %d".formatted(field, wireType), "it is " + meaning);
    }
  }

  private void requireRemaining(int count) {
    if (bytes.remaining() < count) {
      throw fault(
          "the message ends inside a field",
          "%d more bytes are needed; is the file truncated?".formatted(count - bytes.remaining()));
    }
  }

  private TouchstoneException fault(String found, String cure) {
    return TouchstoneException.of(Fault.FORMAT, place(), found, cure);
  }
}
