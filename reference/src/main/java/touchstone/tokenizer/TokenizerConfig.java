package touchstone.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import touchstone.error.Fault;
import touchstone.json.StrictJson;

/**
 * What {@code tokenizer_config.json} says explicitly; what it leaves out, or sets to null, is empty.
 *
 * @param file its name, for messages
 * @param bosToken text of the piece that begins a sequence
 * @param addedTokens by ascending id
 */
record TokenizerConfig(
    String file,
    Optional<Boolean> legacy,
    Optional<Boolean> addPrefixSpace,
    Optional<Boolean> addBosToken,
    Optional<Boolean> addEosToken,
    Optional<String> bosToken,
    Optional<String> eosToken,
    Optional<List<AddedToken>> addedTokens) {

  /** The configuration of a directory; one that says nothing where there is no such file. */
  static TokenizerConfig of(Path directory) {
    Path file = directory.resolve("tokenizer_config.json");
    return Files.exists(file)
        ? parse(file.toString(), StrictJson.read(file, StrictJson.CONFIG_BYTES))
        : silent(file.toString());
  }

  /** A configuration that leaves everything to the other files. */
  static TokenizerConfig silent(String file) {
    Optional<Boolean> unsaid = Optional.empty();
    return new TokenizerConfig(
        file, unsaid, unsaid, unsaid, unsaid, Optional.empty(), Optional.empty(), Optional.empty());
  }

  static TokenizerConfig parse(String file, JsonNode json) {
    JsonReader root = new JsonReader(file, "", json).requireObject();
    return new TokenizerConfig(
        file,
        root.optional("legacy").map(JsonReader::bool),
        root.optional("add_prefix_space").map(JsonReader::bool),
        root.optional("add_bos_token").map(JsonReader::bool),
        root.optional("add_eos_token").map(JsonReader::bool),
        root.optional("bos_token").map(TokenizerConfig::content),
        root.optional("eos_token").map(TokenizerConfig::content),
        root.optional("added_tokens_decoder").map(TokenizerConfig::addedTokens));
  }

  /** A token is given as its text, or as an object that has the text and its options. */
  private static String content(JsonReader token) {
    return token.isObject() ? token.get("content").text() : token.text();
  }

  private static List<AddedToken> addedTokens(JsonReader decoder) {
    List<AddedToken> tokens = new ArrayList<>();
    for (String id : decoder.requireObject().names()) {
      if (!id.matches("0|[1-9][0-9]{0,8}")) {
        throw decoder.fault(Fault.FORMAT, "token id '" + id + "'", "a whole number");
      }
      tokens.add(decoder.get(id).addedToken(Integer.parseInt(id)));
    }
    tokens.sort(Comparator.comparingInt(AddedToken::id));
    return tokens;
  }
}
