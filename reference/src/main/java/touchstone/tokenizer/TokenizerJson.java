package touchstone.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import touchstone.error.Fault;
import touchstone.tokenizer.Vocabulary.Piece;

/**
 * What a Hugging Face {@code tokenizer.json} says, if it describes a Llama-2 tokenizer: byte-pair
 * encoding by rank with byte fallback. Anything else is refused by name.
 *
 * @source huggingface/tokenizers 0.22.2 tokenizers/src/models/bpe; transformers 4.57.6
 *     convert_slow_tokenizer.py, LlamaConverter
 * @param addedTokens by ascending id
 * @rules TOK-14
 */
record TokenizerJson(
    Vocabulary vocabulary, MergeRules merges, List<AddedToken> addedTokens, JsonPipeline pipeline) {

  /**
   * Reads a document.
   *
   * @param file its name, for messages
   * @throws touchstone.error.TouchstoneException with the path of the value that is wrong
   */
  static TokenizerJson parse(String file, JsonNode json) {
    JsonReader root = new JsonReader(file, "", json).requireObject();
    JsonReader model = root.get("model").requireObject();
    requireSupported(model);
    List<AddedToken> added = addedTokens(root);
    Vocabulary vocabulary = vocabulary(model, added);
    MergeRules merges = merges(vocabulary, model.get("merges").elements());
    return new TokenizerJson(vocabulary, merges, added, JsonPipeline.parse(root, vocabulary));
  }

  private static void requireSupported(JsonReader model) {
    String type = model.optional("type").map(JsonReader::text).orElse("BPE");
    if (!type.equals("BPE")) {
      throw model.fault(Fault.UNSUPPORTED, "a model of type " + type, "Llama-2's is BPE");
    }
    for (String option : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      String value = model.optional(option).map(JsonReader::text).orElse("");
      if (!value.isEmpty()) {
        throw model.fault(Fault.UNSUPPORTED, option + " '" + value + "'", "Llama-2 has none");
      }
    }
    if (model.flag("ignore_merges", false)) {
      throw model.fault(Fault.UNSUPPORTED, "ignore_merges is true", "Llama-2 merges");
    }
    if (model.optional("dropout").filter(it -> !isZero(it.node())).isPresent()) {
      throw model.fault(Fault.UNSUPPORTED, "dropout", "encoding is deterministic");
    }
    if (!model.flag("byte_fallback", false) && !model.flag("fuse_unk", false)) {
      throw model.fault(
          Fault.UNSUPPORTED, "neither byte_fallback nor fuse_unk", "Llama-2 has byte_fallback");
    }
  }

  private static boolean isZero(JsonNode number) {
    return number.isNumber() && number.doubleValue() == 0;
  }

  private static List<AddedToken> addedTokens(JsonReader root) {
    List<AddedToken> tokens = new ArrayList<>();
    for (JsonReader token :
        root.optional("added_tokens").map(JsonReader::elements).orElse(List.of())) {
      tokens.add(token.addedToken(token.get("id").natural()));
    }
    tokens.sort(Comparator.comparingInt(AddedToken::id));
    return tokens;
  }

  private static Vocabulary vocabulary(JsonReader model, List<AddedToken> added) {
    boolean byteFallback = model.flag("byte_fallback", false);
    String unknown = model.get("unk_token").text();
    Map<String, PieceType> addedTypes = new HashMap<>();
    for (AddedToken token : added) {
      addedTypes.put(token.content(), token.special() ? PieceType.CONTROL : PieceType.NORMAL);
    }
    Vocabulary.Builder pieces = new Vocabulary.Builder();
    for (String text : byId(model.get("vocab").requireObject())) {
      PieceType type = addedTypes.getOrDefault(text, PieceType.NORMAL);
      if (text.equals(unknown)) {
        type = PieceType.UNKNOWN;
      } else if (byteFallback && Vocabulary.isByteName(text)) {
        type = PieceType.BYTE;
      }
      pieces.add(() -> model.file() + ": model.vocab", new Piece(text, type, 0));
    }
    AddedTokens.append(pieces, added, model.file());
    return pieces.build(model.file(), byteFallback);
  }

  /** The members of the vocabulary in the order of their ids, which must be 0, 1, 2 and so on. */
  private static List<String> byId(JsonReader vocab) {
    List<String> names = vocab.names();
    String[] texts = new String[names.size()];
    for (String text : names) {
      JsonReader id = vocab.get(text);
      if (id.natural() >= texts.length) {
        throw id.fault(
            Fault.FORMAT,
            "id %d among %d pieces".formatted(id.natural(), texts.length),
            "ids run from 0 without gaps");
      }
      if (texts[id.natural()] != null) {
        throw id.fault(
            Fault.FORMAT,
            "id %d is also '%s'".formatted(id.natural(), texts[id.natural()]),
            "ids are unique");
      }
      texts[id.natural()] = text;
    }
    return List.of(texts);
  }

  private static MergeRules merges(Vocabulary vocabulary, List<JsonReader> merges) {
    MergeRules rules = new MergeRules();
    for (int rank = 0; rank < merges.size(); rank++) {
      JsonReader merge = merges.get(rank);
      String[] halves = halves(merge);
      int left = mergeable(vocabulary, merge, halves[0]);
      int right = mergeable(vocabulary, merge, halves[1]);
      int merged = mergeable(vocabulary, merge, halves[0] + halves[1]);
      if (!rules.add(left, right, rank, merged)) {
        throw merge.fault(
            Fault.FORMAT,
            "'%s' and '%s' merge a second time".formatted(halves[0], halves[1]),
            "a pair has one rank");
      }
    }
    return rules;
  }

  /** The two halves, written as one string with a space between them or, since 2024, as an array. */
  private static String[] halves(JsonReader merge) {
    String[] halves =
        merge.isText()
            ? merge.text().split(" ", -1)
            : merge.elements().stream().map(JsonReader::text).toArray(String[]::new);
    if (halves.length != 2) {
      throw merge.fault(Fault.FORMAT, halves.length + " parts", "a merge has two");
    }
    return halves;
  }

  private static int mergeable(Vocabulary vocabulary, JsonReader merge, String text) {
    int id = vocabulary.id(text).orElse(-1);
    if (id < 0) {
      throw merge.fault(
          Fault.FORMAT, "'" + text + "' is no piece", "both halves and the whole are");
    }
    if (!vocabulary.piece(id).type().merges()) {
      throw merge.fault(
          Fault.UNSUPPORTED,
          "'%s' is of type %s".formatted(text, vocabulary.piece(id).type()),
          "in Llama-2 only text merges");
    }
    return id;
  }
}
