package touchstone.app.cli;

import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tokenizer.Tokenizer;

/** Predictions of two models compare only where an id means the same in both. */
final class SameTokenizer {
  private SameTokenizer() {}

  /** Refuses models whose vocabularies differ, or which read a text differently. */
  static void require(LoadedModel one, LoadedModel other, String text) {
    Tokenizer here = one.tokenizer();
    Tokenizer there = other.tokenizer();
    if (here.vocab() != there.vocab()) {
      throw fault(other, "%d ids, not %d".formatted(there.vocab(), here.vocab()));
    }
    for (int id = 0; id < here.vocab(); id++) {
      if (!here.piece(id).equals(there.piece(id))) {
        throw fault(
            other, "id %d is '%s', not '%s'".formatted(id, there.piece(id), here.piece(id)));
      }
    }
    if (!java.util.Arrays.equals(here.encode(text), there.encode(text))) {
      throw fault(other, "it makes other ids of this text");
    }
  }

  private static TouchstoneException fault(LoadedModel other, String found) {
    return TouchstoneException.of(
        Fault.FORMAT,
        other.checkpoint().directory(),
        "another tokenizer: " + found,
        "only models with the same tokenizer can be compared");
  }
}
