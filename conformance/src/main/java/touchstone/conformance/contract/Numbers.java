package touchstone.conformance.contract;

import java.util.SplittableRandom;

/** Inputs that hurt, from a seed. */
public final class Numbers {
  /** Around every vector width, the stripes and the blocks. */
  public static final int[] SIZES = {
    1, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 96, 127, 128, 160, 515
  };

  /** Of the first element in its array. */
  public static final int[] OFFSETS = {0, 1, 5, 16};

  /** One, and around what is taken together. */
  public static final int[] ROWS = {1, 2, 3, 5, 16, 33};

  private static final float[] SPECIAL = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    -0f,
    0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    0x1.fffffcp-127f,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    0x1p64f,
    -0x1p-100f,
    88.7f,
    -103.9f
  };

  /** How a test draws its values. */
  public enum Kind {
    /** Like activations. */
    USUAL,
    /** Tiny and huge ones together: sums round and cancel. */
    WIDE,
    /** Usual ones among NaN, infinities, zeros of both signs and subnormals. */
    SPECIAL,
    /** Subnormals and their neighbours. */
    TINY,
    /** So large that about a hundred, most of one sign, have an infinite sum. */
    HUGE,
    /** All of one magnitude: rounded to 8 bits, all of them are 127 or -127. */
    LEVEL
  }

  private final SplittableRandom random;

  /** The numbers of a seed. */
  public Numbers(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The next numbers of a kind. */
  public float[] draw(Kind kind, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = draw(kind);
    }
    return values;
  }

  private float draw(Kind kind) {
    float usual = (float) random.nextGaussian();
    return switch (kind) {
      case USUAL -> usual;
      case WIDE -> usual * (float) Math.scalb(1.0, random.nextInt(-40, 40));
      case SPECIAL -> random.nextInt(5) == 0 ? SPECIAL[random.nextInt(SPECIAL.length)] : usual;
      case TINY -> usual * 0x1p-130f;
      case HUGE -> (random.nextInt(8) == 0 ? -0x1p122f : 0x1p122f) * (1 + random.nextFloat());
      case LEVEL -> random.nextInt(64) == 0 ? 0.75f : -0.75f;
    };
  }

  /** A whole number from 0 to {@code bound - 1}. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** One of several values. */
  public <T> T of(T[] values) {
    return values[below(values.length)];
  }

  /** What they are drawn from. */
  public SplittableRandom random() {
    return random;
  }
}
