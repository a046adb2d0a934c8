package touchstone.llama;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Whose tokens the rows of a pass are: the tokens of one sequence, or one token of each of several.
 * Rows meet only in the products with weights, which are the same for all; what depends on a
 * position or a cache is done segment by segment.
 *
 * @param segments cover the rows of the pass in order; no two belong to one sequence
 */
record Batch(List<Segment> segments) {

  /** Consecutive tokens of one sequence. */
  static Batch of(KeyValueCache sequence, int tokens) {
    return new Batch(List.of(new Segment(sequence, 0, tokens)));
  }

  /** One token of each sequence. */
  static Batch ofOneEach(List<KeyValueCache> sequences) {
    Set<KeyValueCache> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Segment> segments = new ArrayList<>();
    for (KeyValueCache sequence : sequences) {
      if (!seen.add(sequence)) {
        throw new IllegalArgumentException("a sequence takes part in a batch once, got one twice");
      }
      segments.add(new Segment(sequence, segments.size(), 1));
    }
    return new Batch(segments);
  }

  /** Number of rows. */
  int tokens() {
    return segments.stream().mapToInt(Segment::tokens).sum();
  }

  /** Refuses tokens that do not fit their caches, before anything is computed. */
  void requireRoom() {
    segments.forEach(segment -> segment.sequence().requireRoom(segment.tokens()));
  }

  /** Lets every sequence grow by its tokens. */
  void advance() {
    segments.forEach(segment -> segment.sequence().advance(segment.tokens()));
  }
}
