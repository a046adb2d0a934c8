package touchstone.conformance.mutant;

import java.util.List;
import java.util.function.IntPredicate;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.QuantisedModule;
import touchstone.conformance.own.Seams;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.PackedCodes;

/** Mistakes in taking codes out of words. */
final class PackingMutants {
  private static final IntPredicate THREE_BITS = bits -> bits == 3;
  private static final IntPredicate WITHIN_WORDS = bits -> bits != 3;
  private static final int RUN = 32;
  private static final int FIRST_STRADDLER = 10;
  private static final int SECOND_STRADDLER = 21;
  private static final List<Integer> AWQ_ORDER = List.of(0, 4, 1, 5, 2, 6, 3, 7);

  private PackingMutants() {}

  static List<Mutant> all() {
    return List.of(
        threeBitStraddlersDropped(),
        threeBitStraddlersCut(),
        threeBitStraddlersSwapped(),
        threeBitZerosOfFirst32(),
        signedShift(),
        signedShiftUnmasked(),
        codesSignedBytes(),
        codesFromTheTop(),
        codesInAwqOrder(),
        zerosAlongRows(),
        zerosUnpackedAsCodes());
  }

  private static Mutant threeBitStraddlersDropped() {
    return new Mutant(
        "three-bit-straddlers-dropped",
        Group.WEIGHTS,
        "ten 3-bit codes in a word, those across words as 0",
        "Inputs 10 and 21 of every 32 are wrong: a periodic error.",
        "32 / 3 rounded down; the codes across words forgotten.",
        IssueLinks.of("ModelCloud/GPTQModel#1218", "ModelCloud/GPTQModel#1863"),
        Deviations.unpacking(
            THREE_BITS,
            (words, bits, index) -> straddles(index) ? 0 : PackedCodes.code(words, bits, index)));
  }

  private static Mutant threeBitStraddlersCut() {
    return new Mutant(
        "three-bit-straddlers-cut",
        Group.WEIGHTS,
        "of 3-bit codes across words only the low part",
        "Inputs 10 and 21 of every 32 are too small by a multiple of the scale.",
        "A shift and a mask, without the next word.",
        IssueLinks.of("ModelCloud/GPTQModel#1863"),
        Deviations.unpacking(
            THREE_BITS,
            (words, bits, index) ->
                words.word(index * bits / Integer.SIZE) >>> index * bits % Integer.SIZE & 7));
  }

  private static Mutant threeBitStraddlersSwapped() {
    return new Mutant(
        "three-bit-straddlers-swapped",
        Group.WEIGHTS,
        "the parts of 3-bit codes across words exchanged",
        "Inputs 10 and 21 of every 32 are off by at most 7 scales: hardly visible in short texts.",
        "The high bits are taken from the end of the word, the low ones from the next.",
        IssueLinks.of("ModelCloud/GPTQModel#2763"),
        Deviations.unpacking(THREE_BITS, PackingMutants::swapped));
  }

  private static Mutant threeBitZerosOfFirst32() {
    return new Mutant(
        "three-bit-zeros-of-first-32",
        Group.WEIGHTS,
        "3-bit zero points of the first 32 outputs for all",
        "Symmetric files pass; in others outputs from 32 on are wrong.",
        "The unpacked zero points are cut or repeated to 32.",
        IssueLinks.of("ModelCloud/GPTQModel#1278", "ModelCloud/GPTQModel#1280"),
        Deviations.weight(
            new Reading() {
              @Override
              public boolean concerns(QuantisedModule module) {
                return module.matrix().bits() == 3;
              }

              @Override
              public int zero(QuantisedModule module, int group, int output) {
                return module.matrix().zero(group, output % RUN);
              }
            }));
  }

  private static Mutant signedShift() {
    return new Mutant(
        "signed-shift",
        Group.WEIGHTS,
        "words shifted with their sign, before codes are put together",
        "3-bit code 10 of every 32 is too large where its word is negative.",
        "Words are int32; >> for >>>.",
        List.of(),
        Deviations.unpacking(THREE_BITS, PackingMutants::signed));
  }

  private static Mutant signedShiftUnmasked() {
    return new Mutant(
        "signed-shift-unmasked",
        Group.WEIGHTS,
        "the top code of a word shifted with its sign and not masked",
        "Every last code of a word above half the range is too small by 2^bits.",
        "Words are int32; >> for >>>, and no mask since nothing should be left.",
        List.of(),
        Deviations.unpacking(
            WITHIN_WORDS,
            (words, bits, index) ->
                (index + 1) * bits % Integer.SIZE == 0
                    ? words.word(index * bits / Integer.SIZE) >> Integer.SIZE - bits
                    : PackedCodes.code(words, bits, index)));
  }

  private static Mutant codesSignedBytes() {
    return new Mutant(
        "codes-signed-bytes",
        Group.WEIGHTS,
        "8-bit codes read as signed bytes",
        "Codes from 128 on are too small by 256.",
        "A byte type with a sign.",
        List.of(),
        Deviations.unpacking(
            bits -> bits == Byte.SIZE,
            (words, bits, index) -> (byte) PackedCodes.code(words, bits, index)));
  }

  private static Mutant codesFromTheTop() {
    return new Mutant(
        "codes-from-the-top",
        Group.WEIGHTS,
        "the first code in the highest bits of a word",
        "Inputs are reversed within every word; magnitudes look right.",
        "Another format's order.",
        IssueLinks.of("ModelCloud/GPTQModel#2350"),
        Deviations.unpacking(
            WITHIN_WORDS,
            (words, bits, index) -> {
              int perWord = Integer.SIZE / bits;
              int reversed = index / perWord * perWord + perWord - 1 - index % perWord;
              return PackedCodes.code(words, bits, reversed);
            }));
  }

  private static Mutant codesInAwqOrder() {
    return new Mutant(
        "codes-in-awq-order",
        Group.WEIGHTS,
        "4-bit codes in the order of AWQ",
        "Inputs are permuted in groups of 8; magnitudes look right.",
        "One unpacker for both formats.",
        IssueLinks.of(
            "ModelCloud/GPTQModel#2350", "ModelCloud/GPTQModel#2351", "ModelCloud/GPTQModel#2352"),
        Deviations.unpacking(
            bits -> bits == 4,
            (words, bits, index) ->
                PackedCodes.code(words, bits, index / 8 * 8 + AWQ_ORDER.get(index % 8))));
  }

  private static Mutant zerosAlongRows() {
    return new Mutant(
        "zeros-along-rows",
        Group.WEIGHTS,
        "zero points packed along groups instead of outputs",
        "Symmetric files and files with one group pass, in others zero points are permuted.",
        "The other layout of the same tensor.",
        List.of(),
        zerosAcrossGroups());
  }

  private static Mutant zerosUnpackedAsCodes() {
    return new Mutant(
        "zeros-unpacked-as-codes",
        Group.WEIGHTS,
        "zero points unpacked down the rows, as codes are",
        "Symmetric files and files with one group in one word pass, in others zero points are permuted.",
        "qzeros unpacked by the code for qweight, and put into shape.",
        List.of(),
        zerosDownRows());
  }

  private static boolean straddles(int index) {
    return index % RUN == FIRST_STRADDLER || index % RUN == SECOND_STRADDLER;
  }

  /** The straddling codes with 2 + 1 and 1 + 2 bits put together the wrong way round. */
  private static int swapped(PackedCodes.Words words, int bits, int index) {
    int code = PackedCodes.code(words, bits, index);
    return switch (index % RUN) {
      case FIRST_STRADDLER -> (code & 3) << 1 | code >> 2;
      case SECOND_STRADDLER -> (code & 1) << 2 | code >> 1;
      default -> code;
    };
  }

  private static int signed(PackedCodes.Words words, int bits, int index) {
    int word = index * bits / Integer.SIZE;
    int shift = index * bits % Integer.SIZE;
    int code = words.word(word) >> shift;
    if (shift + bits > Integer.SIZE) {
      code |= words.word(word + 1) << Integer.SIZE - shift;
    }
    return code & (1 << bits) - 1;
  }

  private static Seams zerosAcrossGroups() {
    return Deviations.weight(
        new Reading() {
          @Override
          public int zero(QuantisedModule module, int group, int output) {
            GptqMatrix matrix = module.matrix();
            return PackedCodes.code(
                    word -> matrix.qzeros().intAt((long) word * matrix.groups() + group),
                    matrix.bits(),
                    output)
                + matrix.zeroPoints().offset();
          }
        });
  }

  /** The codes of each column of words lie below each other; the whole is taken as [groups, outputs]. */
  private static Seams zerosDownRows() {
    return Deviations.weight(
        new Reading() {
          @Override
          public boolean concerns(QuantisedModule module) {
            return module.matrix().groups() * Integer.SIZE % module.matrix().bits() == 0;
          }

          @Override
          public int zero(QuantisedModule module, int group, int output) {
            GptqMatrix matrix = module.matrix();
            int columns = PackedCodes.words(matrix.rows(), matrix.bits());
            int place = group * matrix.rows() + output;
            return PackedCodes.code(
                    word -> matrix.qzeros().intAt((long) word * columns + place % columns),
                    matrix.bits(),
                    place / columns)
                + matrix.zeroPoints().offset();
          }
        });
  }
}
