package touchstone.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import touchstone.error.Fault;

/**
 * The steps around the model in a {@code tokenizer.json}.
 *
 * @source huggingface/tokenizers 0.22.2 tokenizers/src/{normalizers,pre_tokenizers,processors,decoders}
 * @param prefix by the normaliser (Prepend, Replace) or the pre-tokeniser (Metaspace)
 * @param stripsSpace whether the decoder ends with Strip
 * @param first id that the post-processor puts in front
 * @param last id that it puts behind
 */
record JsonPipeline(DummyPrefix prefix, boolean stripsSpace, OptionalInt first, OptionalInt last) {
  private static final String BLANK = String.valueOf(Vocabulary.BLANK);

  static JsonPipeline parse(JsonReader root, Vocabulary vocabulary) {
    List<JsonReader> normalizers = steps(root.optional("normalizer"), "normalizers");
    DummyPrefix prefix = normalizers.isEmpty() ? preTokenizer(root) : normalizer(root, normalizers);
    boolean stripsSpace = decoder(root);
    Optional<JsonReader> template = root.optional("post_processor");
    return new JsonPipeline(
        prefix,
        stripsSpace,
        template.map(it -> mark(it, vocabulary, true)).orElse(OptionalInt.empty()),
        template.map(it -> mark(it, vocabulary, false)).orElse(OptionalInt.empty()));
  }

  /** A step, or the steps of a Sequence, in order. */
  private static List<JsonReader> steps(Optional<JsonReader> step, String members) {
    if (step.isEmpty()) {
      return List.of();
    }
    return type(step.get()).equals("Sequence")
        ? step.get().get(members).elements()
        : List.of(step.get());
  }

  private static String type(JsonReader step) {
    return step.get("type").text();
  }

  private static DummyPrefix normalizer(JsonReader root, List<JsonReader> steps) {
    if (root.optional("pre_tokenizer").isPresent()) {
      throw root.fault(
          Fault.UNSUPPORTED, "both a normalizer and a pre_tokenizer", "Llama-2 has one of them");
    }
    boolean prepends = false;
    boolean replaces = false;
    for (JsonReader step : steps) {
      boolean prepend = type(step).equals("Prepend") && textIs(step, "prepend", BLANK);
      if (!prepend && !isReplace(step, " ", BLANK)) {
        throw step.fault(
            Fault.UNSUPPORTED,
            "step " + type(step),
            "Llama-2 has Prepend U+2581 and Replace space by U+2581");
      }
      prepends |= prepend;
      replaces |= !prepend;
    }
    if (!replaces) {
      throw root.fault(Fault.UNSUPPORTED, "no step replaces spaces", "Llama-2's normalizer does");
    }
    return prepends ? DummyPrefix.EACH_SEGMENT : DummyPrefix.NONE;
  }

  private static boolean textIs(JsonReader step, String member, String wanted) {
    return step.get(member).text().equals(wanted);
  }

  private static boolean isReplace(JsonReader step, String pattern, String content) {
    return type(step).equals("Replace")
        && step.get("pattern").optional("String").isPresent()
        && textIs(step.get("pattern"), "String", pattern)
        && textIs(step, "content", content);
  }

  private static DummyPrefix preTokenizer(JsonReader root) {
    JsonReader step =
        root.optional("pre_tokenizer")
            .orElseThrow(
                () ->
                    root.fault(
                        Fault.UNSUPPORTED,
                        "neither a normalizer nor a pre_tokenizer",
                        "Llama-2 has one of them, for its spaces"));
    boolean metaspace =
        type(step).equals("Metaspace")
            && textIs(step, "replacement", BLANK)
            && !step.flag("split", true);
    if (!metaspace) {
      throw step.fault(
          Fault.UNSUPPORTED, "step " + type(step), "Llama-2 has Metaspace U+2581, split false");
    }
    String scheme = step.optional("prepend_scheme").map(JsonReader::text).orElse("always");
    return switch (scheme) {
      case "first" -> DummyPrefix.FIRST_SEGMENT_UNLESS_PRESENT;
      case "always" -> DummyPrefix.EACH_SEGMENT_UNLESS_PRESENT;
      case "never" -> DummyPrefix.NONE;
      default ->
          throw step.fault(
              Fault.UNSUPPORTED, "prepend_scheme '" + scheme + "'", "first, always or never");
    };
  }

  /** Replace, ByteFallback, Fuse, and where there is a prefix Strip; gives whether there is Strip. */
  private static boolean decoder(JsonReader root) {
    List<JsonReader> steps = steps(root.optional("decoder"), "decoders");
    List<String> types = new ArrayList<>();
    steps.forEach(step -> types.add(type(step)));
    List<String> stripped = List.of("Replace", "ByteFallback", "Fuse", "Strip");
    boolean known =
        (types.equals(stripped) || types.equals(stripped.subList(0, 3)))
            && isReplace(steps.get(0), BLANK, " ")
            && (types.size() < 4 || isStripOne(steps.get(3)));
    if (!known) {
      throw root.fault(
          Fault.UNSUPPORTED,
          "decoder " + types,
          "Llama-2 has Replace U+2581 by space, ByteFallback, Fuse, Strip one space at the start");
    }
    return types.size() == 4;
  }

  private static boolean isStripOne(JsonReader step) {
    return textIs(step, "content", " ")
        && step.get("start").natural() == 1
        && step.get("stop").natural() == 0;
  }

  /** The special token before, or after, the text in the template for a single text. */
  private static OptionalInt mark(JsonReader processor, Vocabulary vocabulary, boolean before) {
    if (!type(processor).equals("TemplateProcessing")) {
      throw processor.fault(
          Fault.UNSUPPORTED, "step " + type(processor), "Llama-2 has TemplateProcessing");
    }
    List<JsonReader> template = processor.get("single").elements();
    int text = 0;
    while (text < template.size() && template.get(text).optional("Sequence").isEmpty()) {
      text++;
    }
    int behind = template.size() - text - 1;
    if (text > 1 || behind < 0 || behind > 1) {
      throw processor.fault(
          Fault.UNSUPPORTED, "its template for a single text", "one token each around the text");
    }
    if (before ? text == 0 : behind == 0) {
      return OptionalInt.empty();
    }
    JsonReader token = template.get(before ? 0 : text + 1).get("SpecialToken").get("id");
    return OptionalInt.of(id(processor, token, vocabulary));
  }

  private static int id(JsonReader processor, JsonReader token, Vocabulary vocabulary) {
    List<JsonReader> ids = processor.get("special_tokens").get(token.text()).get("ids").elements();
    if (ids.size() != 1 || ids.get(0).natural() >= vocabulary.size()) {
      throw token.fault(Fault.FORMAT, "it is not one id of the vocabulary", "one id is needed");
    }
    return ids.get(0).natural();
  }
}
