package touchstone.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import touchstone.json.StrictJson;

/** A small sound tokenizer.json, to be spoilt one value at a time. */
final class JsonFile {
  private static final String SOUND =
      """
      {"version": "1.0", "truncation": null, "padding": null,
       "added_tokens": [
         {"id": 0, "content": "<unk>", "single_word": false, "lstrip": false, "rstrip": false,
          "normalized": false, "special": true},
         {"id": 1, "content": "<s>", "normalized": false, "special": true},
         {"id": 2, "content": "</s>", "normalized": false, "special": true}],
       "normalizer": {"type": "Sequence", "normalizers": [
         {"type": "Prepend", "prepend": "\u2581"},
         {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]},
       "pre_tokenizer": null,
       "post_processor": {"type": "TemplateProcessing",
         "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                    {"Sequence": {"id": "A", "type_id": 0}}],
         "pair": [],
         "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]},
                            "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}},
       "decoder": {"type": "Sequence", "decoders": [
         {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
         {"type": "ByteFallback"}, {"type": "Fuse"},
         {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
       "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>",
         "continuing_subword_prefix": null, "end_of_word_suffix": null,
         "fuse_unk": true, "byte_fallback": false, "ignore_merges": false,
         "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2, "\u2581": 3, "a": 4, "b": 5, "ab": 6,
                   "\u2581a": 7},
         "merges": [["a", "b"], "\u2581 a"]}}
      """;

  private final JsonNode root = parse(SOUND);

  static JsonNode parse(String json) {
    return StrictJson.parse("test", json.getBytes(StandardCharsets.UTF_8));
  }

  /** This file with another value at a place such as {@code /model/merges/0}; {@code -} appends. */
  JsonFile with(String place, String json) {
    int cut = place.lastIndexOf('/');
    String name = place.substring(cut + 1).replace("~1", "/");
    switch (root.at(place.substring(0, cut))) {
      case ObjectNode object -> object.set(name, parse(json));
      case ArrayNode array when name.equals("-") -> array.add(parse(json));
      case ArrayNode array -> array.set(Integer.parseInt(name), parse(json));
      default -> throw new IllegalArgumentException("no container at " + place);
    }
    return this;
  }

  /** This file without a member. */
  JsonFile without(String place) {
    int cut = place.lastIndexOf('/');
    ((ObjectNode) root.at(place.substring(0, cut))).remove(place.substring(cut + 1));
    return this;
  }

  JsonNode node() {
    return root;
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
