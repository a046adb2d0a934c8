package touchstone.conformance.mutant;

import java.util.List;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.QuantisedModule;
import touchstone.conformance.own.Seams;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.PackedCodes;
import touchstone.gptq.ZeroPointFormat;

/** Mistakes in what a stored zero point means. */
final class ZeroPointMutants {
  private static final int[] ONES_OF_FOUR_BITS = {0x11111111};
  private static final int[] PUBLISHED_ONES_OF_THREE_BITS = {0x24924924, 0x92492492, 0x49249249};

  private ZeroPointMutants() {}

  /** A zero point, from where it is stored. */
  @FunctionalInterface
  private interface Zero {
    int of(GptqMatrix matrix, int group, int output);
  }

  static List<Mutant> all() {
    return List.of(
        zeroOneOmitted(),
        zeroOneInV2(),
        zeroOneTwice(),
        zeroSymmetric(),
        zeroMaskedToFourBits(),
        zeroWraps(),
        zerosConvertedByWords(),
        zerosConvertedWithCarry(),
        zeroNotScaled(),
        zeroAdded(),
        differenceInAByte());
  }

  private static Mutant zeroOneOmitted() {
    return new Mutant(
        "zero-one-omitted",
        Group.WEIGHTS,
        "zero points of format gptq read as stored, without the one",
        "Every weight is too large by one scale; texts become repetitions or exclamation marks.",
        "Format gptq_v2 taken for granted.",
        IssueLinks.of(
            "vllm-project/vllm#26092", "vllm-project/vllm#26343", "AutoGPTQ/AutoGPTQ#354"),
        zeros(GptqMatrix::storedZero));
  }

  private static Mutant zeroOneInV2() {
    return new Mutant(
        "zero-one-in-v2",
        Group.WEIGHTS,
        "one added to zero points of format gptq_v2",
        "Files of format gptq pass; in others every weight is too small by one scale.",
        "checkpoint_format is not read.",
        IssueLinks.of("vllm-project/vllm#38966", "vllm-project/vllm#48810"),
        zeros((matrix, group, output) -> matrix.storedZero(group, output) + 1));
  }

  private static Mutant zeroOneTwice() {
    return new Mutant(
        "zero-one-twice",
        Group.WEIGHTS,
        "one added twice to a zero point",
        "Every weight is too small by one scale.",
        "A loader converts to gptq_v2, the kernel adds the one once more.",
        IssueLinks.of("vllm-project/vllm#38966"),
        zeros((matrix, group, output) -> matrix.zero(group, output) + 1));
  }

  private static Mutant zeroSymmetric() {
    return new Mutant(
        "zero-symmetric",
        Group.WEIGHTS,
        "zero points taken to be 2^(bits-1)",
        "Symmetric files pass, others do not.",
        "qzeros are not read.",
        List.of(),
        zeros((matrix, group, output) -> 1 << matrix.bits() - 1));
  }

  private static Mutant zeroMaskedToFourBits() {
    return new Mutant(
        "zero-masked-to-four-bits",
        Group.WEIGHTS,
        "zero points cut to four bits at any width",
        "8-bit files: 128 becomes 0, every weight is off by 128 scales; NaN in F16.",
        "The mask of the 4-bit kernel in the 8-bit one.",
        IssueLinks.of(
            "AutoGPTQ/AutoGPTQ#484",
            "AutoGPTQ/AutoGPTQ#527",
            "AutoGPTQ/AutoGPTQ#657",
            "AutoGPTQ/AutoGPTQ#720",
            "AutoGPTQ/AutoGPTQ#761"),
        zeros((matrix, group, output) -> matrix.zero(group, output) & 0xf));
  }

  private static Mutant zeroWraps() {
    return new Mutant(
        "zero-wraps",
        Group.WEIGHTS,
        "a stored zero point of all ones wraps to 0",
        "Only outputs with such a zero point differ, by 2^bits scales.",
        "The mask comes after the addition of one.",
        IssueLinks.of("AutoGPTQ/AutoGPTQ#484"),
        zeros((matrix, group, output) -> matrix.zero(group, output) & (1 << matrix.bits()) - 1));
  }

  private static Mutant zerosConvertedByWords() {
    return new Mutant(
        "zeros-converted-by-words",
        Group.WEIGHTS,
        "3-bit zero points made gptq_v2 by constants added to words, in a wrong order",
        "3-bit zero points are off by a few, most where codes straddle words.",
        "Constants that were published for it.",
        IssueLinks.of("ModelCloud/GPTQModel#2763"),
        convertedByWords(3, PUBLISHED_ONES_OF_THREE_BITS));
  }

  private static Mutant zerosConvertedWithCarry() {
    return new Mutant(
        "zeros-converted-with-carry",
        Group.WEIGHTS,
        "4-bit zero points made gptq_v2 by one addition to the word",
        "After a stored zero point of all ones the next output's is too large by one.",
        "Eight additions in one, without room for carries.",
        IssueLinks.of("ModelCloud/GPTQModel#2763"),
        convertedByWords(4, ONES_OF_FOUR_BITS));
  }

  private static Mutant zeroNotScaled() {
    return new Mutant(
        "zero-not-scaled",
        Group.WEIGHTS,
        "zero points subtracted after the scale",
        "Weights are shifted by a constant; nothing recognisable comes out.",
        "The format before March 2023, whose zero points were stored multiplied by the scale.",
        List.of(),
        Deviations.weight(
            new Reading() {
              @Override
              public float weight(float scale, int code, int zero) {
                return scale * code - zero;
              }
            }));
  }

  private static Mutant zeroAdded() {
    return new Mutant(
        "zero-added",
        Group.WEIGHTS,
        "zero points added",
        "All weights are positive; nothing recognisable comes out.",
        "A sign.",
        List.of(),
        Deviations.weight(
            new Reading() {
              @Override
              public float weight(float scale, int code, int zero) {
                return scale * (code + zero);
              }
            }));
  }

  private static Mutant differenceInAByte() {
    return new Mutant(
        "difference-in-a-byte",
        Group.WEIGHTS,
        "the difference of code and zero point in a signed byte",
        "8-bit weights far from their zero point wrap.",
        "Codes and zero points in a type of eight bits.",
        List.of(),
        Deviations.weight(
            new Reading() {
              @Override
              public float weight(float scale, int code, int zero) {
                return scale * (byte) (code - zero);
              }
            }));
  }

  private static Seams zeros(Zero zero) {
    return Deviations.weight(
        new Reading() {
          @Override
          public int zero(QuantisedModule module, int group, int output) {
            return zero.of(module.matrix(), group, output);
          }
        });
  }

  private static Seams convertedByWords(int bits, int[] added) {
    return Deviations.weight(
        new Reading() {
          @Override
          public boolean concerns(QuantisedModule module) {
            return module.matrix().bits() == bits
                && module.matrix().zeroPoints() == ZeroPointFormat.V1;
          }

          @Override
          public int zero(QuantisedModule module, int group, int output) {
            PackedCodes.Words stored = Reading.zeroWords(module.matrix(), group);
            return PackedCodes.code(
                word -> stored.word(word) + added[word % added.length], bits, output);
          }
        });
  }
}
