package touchstone.conformance.contract;

import java.util.Arrays;
import touchstone.tensor.KeyValues;

/** Scores, softmax, mix and the whole of attention. */
final class AttentionCases {
  private static final int[] HEAD_DIMS = {2, 6, 8, 16, 20, 32, 48, 64, 80, 96, 112, 128, 160};
  private static final int[] COUNTS = {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33};

  private final AgreeingSets sets;

  AttentionCases(AgreeingSets sets) {
    this.sets = sets;
  }

  /** A cache of random keys and values, one position longer than any count. */
  private static KeyValues cache(Numbers numbers, Numbers.Kind kind, int kvHeads, int headDim) {
    int capacity = 34;
    int size = kvHeads * capacity * headDim;
    return new KeyValues(
        numbers.draw(kind, size), numbers.draw(kind, size), kvHeads, capacity, headDim);
  }

  void scoresEqualTheirDefinition() {
    for (Numbers.Kind kind : Numbers.Kind.values()) {
      for (int headDim : HEAD_DIMS) {
        Numbers numbers = new Numbers(headDim);
        KeyValues cache = cache(numbers, kind, 2, headDim);
        float[] q = numbers.draw(kind, 3 * 4 * headDim);
        for (int count : COUNTS) {
          int row = count % 3;
          int head = count % 4;
          sets.agree(
              "attentionScores",
              "%s, headDim %d, count %d, row %d, head %d"
                  .formatted(kind, headDim, count, row, head),
              kernels -> {
                Guarded scores = Guarded.empty(0, 1, count);
                Guarded from = Guarded.of(5, 3, 4 * headDim, q);
                kernels.attentionScores(
                    from.rows(), row, head, cache, count, scores.rows().values());
                from.unchanged(q);
                return scores.intact();
              });
        }
      }
    }
  }

  void softmaxEqualsItsDefinition() {
    for (Numbers.Kind kind : Numbers.Kind.values()) {
      for (int count : Numbers.SIZES) {
        for (int seed = 0; seed < 6; seed++) {
          float[] scores = new Numbers(seed * 1000L + count).draw(kind, count);
          softmaxOf("%s, %d scores, seed %d".formatted(kind, count, seed), scores);
        }
      }
    }
  }

  void softmaxAgreesWhereverNanAndZerosStand() {
    float[][] unusual = {
      {Float.NaN, 1}, {-0f, 0f}, {0f, -0f}, {Float.NEGATIVE_INFINITY, -1e30f}, {1e30f, -1e30f}
    };
    for (float[] pair : unusual) {
      for (int count : new int[] {1, 8, 19, 35}) {
        for (int place = 0; place < count; place++) {
          float[] scores = new float[count];
          Arrays.fill(scores, pair[1]);
          scores[place] = pair[0];
          softmaxOf("%s at %d of %d".formatted(pair[0], place, count), scores);
        }
      }
    }
  }

  /** One negative float in about 8000, a few at a time so that small exponentials survive the sum. */
  void exponentialsOfAStrideOfAllNegativeFloatsAgree() {
    int stride = 8_191; // prime
    int group = 19;
    for (long bits = 0; bits < Float.floatToIntBits(110); bits += (long) group * stride) {
      float[] scores = new float[group + 1]; // the last stays 0 and is the largest
      for (int i = 0; i < group; i++) {
        scores[i] = -Float.intBitsToFloat((int) bits + i * stride);
      }
      softmaxOf("negatives from %08x on".formatted(bits), scores);
    }
  }

  private void softmaxOf(String what, float[] scores) {
    sets.agree(
        "softmax",
        what,
        kernels -> {
          Guarded place = Guarded.of(0, 1, scores.length, scores);
          kernels.softmax(place.rows().values(), scores.length);
          return place.intact();
        });
  }

  void mixEqualsItsDefinition() {
    for (Numbers.Kind kind : Numbers.Kind.values()) {
      for (int headDim : HEAD_DIMS) {
        Numbers numbers = new Numbers(headDim + 7);
        KeyValues cache = cache(numbers, kind, 2, headDim);
        for (int count : COUNTS) {
          float[] probabilities = numbers.draw(kind, count);
          int row = count % 3;
          int head = count % 4;
          sets.agree(
              "attentionMix",
              "%s, headDim %d, count %d, row %d, head %d"
                  .formatted(kind, headDim, count, row, head),
              kernels -> {
                Guarded y = Guarded.empty(9, 3, 4 * headDim);
                kernels.attentionMix(probabilities, count, cache, y.rows(), row, head);
                return y.intact();
              });
        }
      }
    }
  }

  void attendEqualsItsDefinition() {
    for (int kvHeads : new int[] {1, 2, 4}) {
      for (int headDim : new int[] {2, 16, 20, 64, 128}) {
        for (int rows : new int[] {1, 2, 5, 16, 33}) {
          Numbers numbers = new Numbers(kvHeads * 1000L + headDim * 10L + rows);
          Numbers.Kind kind = rows == 5 ? Numbers.Kind.SPECIAL : Numbers.Kind.USUAL;
          KeyValues cache = cache(numbers, kind, kvHeads, headDim);
          float[] q = numbers.draw(kind, rows * 4 * headDim);
          int position = numbers.below(34 - rows + 1);
          sets.agree(
              "attend",
              "%d kvHeads of %d, %d rows from %d".formatted(kvHeads, headDim, rows, position),
              kernels -> {
                Guarded y = Guarded.empty(3, rows, 4 * headDim);
                Guarded from = Guarded.of(2, rows, 4 * headDim, q);
                kernels.attend(from.rows(), position, cache, y.rows());
                from.unchanged(q);
                return y.intact();
              });
        }
      }
    }
  }
}
