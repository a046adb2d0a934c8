package touchstone.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * The JSON tokens of a safetensors header, each with its place in the file. Stricter than the
 * parser underneath where the Rust reader is: UTF-8 only, no lone surrogates, no infinite numbers.
 *
 * @rules CKPT-1
 */
final class HeaderTokens implements AutoCloseable {
  /** Bytes before the header: its length. */
  static final int LENGTH_BYTES = Long.BYTES;

  /** Deepest nesting, reached only by fields that nothing reads; serde_json stops at 128. */
  static final int MAX_DEPTH = 127;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(Math.toIntExact(SafetensorsHeader.MAX_BYTES))
                  .maxStringLength(Math.toIntExact(SafetensorsHeader.MAX_BYTES))
                  .build())
          // Names come from outside: the JVM's table of strings is no place for them, and the
          // parser's own table may not throw where many of them collide.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .build();

  private final Path file;
  private final JsonParser parser;

  private HeaderTokens(Path file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /** The tokens of a header that begins with an object. */
  static HeaderTokens open(Path file, byte[] json) throws IOException {
    requireUtf8(file, json);
    requireObject(file, json);
    return new HeaderTokens(file, JSON.createParser(json));
  }

  private static void requireUtf8(Path file, byte[] json) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(json);
    CharBuffer out = CharBuffer.allocate(8192);
    CoderResult result;
    do {
      result = decoder.decode(in, out.clear(), true);
    } while (result.isOverflow());
    if (result.isError()) {
      throw fault(file, in.position(), "invalid UTF-8", "the header is UTF-8 text");
    }
  }

  /** Keeps the parser from guessing an encoding, and names the commonest damage. */
  private static void requireObject(Path file, byte[] json) {
    int start = 0;
    while (start < json.length && " \t\r\n".indexOf(json[start]) >= 0) {
      start++;
    }
    if (start == json.length) {
      throw fault(file, start, "an empty header", "it is a JSON object, at least {}");
    }
    if (json[start] != '{') {
      String found = "the header begins with 0x%02x".formatted(json[start]);
      throw fault(file, start, found, "it is a JSON object, { is 0x7b");
    }
    for (int i = start; i < json.length; i++) {
      if (json[i] == 0) {
        throw fault(file, i, "a zero byte in the header", "headers are padded with spaces");
      }
    }
  }

  /** A fault at a byte of the header. */
  static TouchstoneException fault(Path file, long headerByte, String found, String allowed) {
    String where = file + ": byte " + (LENGTH_BYTES + headerByte);
    return TouchstoneException.of(Fault.FORMAT, where, found, allowed);
  }

  /** The file and the byte at which the current token begins. */
  String here() {
    return file + ": byte " + (LENGTH_BYTES + parser.currentTokenLocation().getByteOffset());
  }

  /** A fault at the current token. */
  TouchstoneException fault(String found, String allowed) {
    return TouchstoneException.of(Fault.FORMAT, here(), found, allowed);
  }

  /** The fault for a header that is legal and larger than what is read. */
  TouchstoneException limit(String found, int limit) {
    return TouchstoneException.of(Fault.LIMIT, here(), found, "at most " + limit);
  }

  /** Moves to the next token, null after the last. */
  JsonToken next() throws IOException {
    return parser.nextToken();
  }

  /** Moves to the next key of the current object and on to its value; false at the object's end. */
  boolean nextField() throws IOException {
    if (parser.nextToken() != JsonToken.FIELD_NAME) {
      return false;
    }
    parser.nextToken();
    return true;
  }

  /** The key of the current value. */
  String name() throws IOException {
    return parser.currentName();
  }

  boolean isNull() {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  void requireObject(String what) {
    require(JsonToken.START_OBJECT, what, "an object");
  }

  String string(String what) throws IOException {
    require(JsonToken.VALUE_STRING, what, "a string");
    return requireWellFormed(parser.getText());
  }

  /** An array of at most {@code limit} whole numbers from 0 to 2^63 - 1. */
  List<Long> numbers(String what, int limit) throws IOException {
    require(JsonToken.START_ARRAY, what, "an array of numbers");
    List<Long> numbers = new ArrayList<>(limit);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      require(JsonToken.VALUE_NUMBER_INT, what, "whole numbers");
      if (numbers.size() == limit) {
        throw limit(what + " has more than " + limit + " numbers", limit);
      }
      numbers.add(number(what, parser.getText()));
    }
    return numbers;
  }

  private long number(String what, String digits) {
    try {
      if (!digits.startsWith("-")) {
        return Long.parseLong(digits);
      }
    } catch (NumberFormatException _) {
      // More than 2^63 - 1: the fault below.
    }
    throw fault(what + ": " + digits, "0 to 2^63 - 1");
  }

  /** Passes over a value that nothing reads, at any depth, without recursion. */
  void skip() throws IOException {
    int depth = 0;
    do {
      switch (parser.currentToken()) {
        case START_OBJECT, START_ARRAY -> depth++;
        case END_OBJECT, END_ARRAY -> depth--;
        case VALUE_STRING -> requireWellFormed(parser.getText());
        case VALUE_NUMBER_FLOAT -> requireFinite();
        default -> {}
      }
    } while (depth > 0 && parser.nextToken() != null);
  }

  private void requireFinite() throws IOException {
    if (Double.isInfinite(parser.getDoubleValue())) {
      throw fault("a number beyond a double", "numbers are finite");
    }
  }

  private void require(JsonToken wanted, String what, String allowed) {
    if (parser.currentToken() != wanted) {
      throw fault(what + " is " + parser.currentToken(), allowed);
    }
  }

  /** The parser underneath refuses half a surrogate pair in a name and lets it pass in a string. */
  private String requireWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
          throw fault("half a surrogate pair", "text is Unicode");
        }
        i++;
      }
    }
    return text;
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
