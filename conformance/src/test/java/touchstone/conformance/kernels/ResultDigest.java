package touchstone.conformance.kernels;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import touchstone.conformance.contract.Bits;
import touchstone.conformance.contract.GptqCase;
import touchstone.conformance.contract.Numbers;
import touchstone.conformance.contract.Stored;
import touchstone.kernels.KernelSets;
import touchstone.kernels.KernelSettings;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.kernels.Numerics;
import touchstone.tensor.Activations;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.KeyValues;
import touchstone.tensor.RopeTable;

/**
 * Prints one line per kernel set with the SHA-256 of the bits of a small run of every operation.
 * {@link VirtualMachineTest} starts it under different settings of the virtual machine; the argument
 * is how often to repeat, so that compiled code takes over, and every round must give the same bits.
 */
public final class ResultDigest {
  private static final GptqCase QUANTISED = GptqCase.plain(4, 128, 160, 160);

  private ResultDigest() {}

  /** Prints the digests. */
  public static void main(String[] args) throws ReflectiveOperationException {
    System.out.println("vectors: " + vectorBits());
    int rounds = Integer.parseInt(args[0]);
    for (String set : EverySet.NAMES) {
      String first = digest(set);
      for (int round = 1; round < rounds; round++) {
        if (!digest(set).equals(first)) {
          throw new IllegalStateException(set + " changed its bits in round " + round);
        }
      }
      System.out.println("digest: " + set + " " + first);
    }
  }

  /** The width in use. By reflection: this module does not read the incubator's. */
  static int vectorBits() throws ReflectiveOperationException {
    Class<?> vectors = Class.forName("jdk.incubator.vector.FloatVector");
    Object species = vectors.getField("SPECIES_PREFERRED").get(null);
    return (int)
        Class.forName("jdk.incubator.vector.VectorSpecies")
            .getMethod("vectorBitSize")
            .invoke(species);
  }

  private static String digest(String set) {
    List<float[]> results = new ArrayList<>();
    for (Numerics mode : Numerics.values()) {
      try (Kernels kernels = KernelSets.open(set, mode, 2);
          Kernels unprepared = KernelSets.open(set, new KernelSettings(mode, 2, 0))) {
        quantisedProducts(kernels, GptqCase.Codes.RANDOM, results);
        quantisedProducts(unprepared, GptqCase.Codes.CENTRED, results);
        quantisedProduct(unprepared, QUANTISED, results);
        if (mode == Numerics.F32) {
          denseProducts(kernels, results);
          rows(kernels, results);
          attention(kernels, results);
        }
      }
    }
    MessageDigest sha = sha256();
    for (float[] result : results) {
      ByteBuffer bytes = ByteBuffer.allocate(result.length * Float.BYTES);
      for (float value : result) {
        bytes.putInt(Bits.of(value));
      }
      sha.update(bytes.array());
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  /**
   * Products with one row, with four that are taken together, and with one more. There are several
   * runs of tiles where vectors are narrow, and a part of one where they are wide; blocks of two
   * chunks and of a part of a word.
   */
  private static void quantisedProducts(
      Kernels kernels, GptqCase.Codes fill, List<float[]> results) {
    for (int bits : new int[] {2, 3, 8}) {
      GptqCase test = GptqCase.plain(bits, 128, bits == 3 ? 160 : 32, 160).filled(fill);
      quantisedProduct(kernels, test.grouped(GptqCase.Groups.ACT_ORDER), results);
    }
    quantisedProduct(kernels, QUANTISED.filled(fill), results);
  }

  private static void quantisedProduct(Kernels kernels, GptqCase test, List<float[]> results) {
    Numbers numbers = new Numbers(test.bits());
    Linear linear = kernels.linear(test.build(numbers), Optional.empty());
    for (int rows : new int[] {1, 5}) {
      Activations x = draw(numbers, Numbers.Kind.WIDE, rows, 160);
      Activations y = Activations.zeros(rows, test.outputs());
      linear.apply(x, y);
      results.add(y.toArray());
    }
  }

  private static void denseProducts(Kernels kernels, List<float[]> results) {
    for (DType dtype : List.of(DType.F32, DType.F16, DType.BF16)) {
      denseProduct(kernels, dtype, Numbers.Kind.SPECIAL, 3, results);
      denseProduct(kernels, dtype, Numbers.Kind.USUAL, 1, results);
      denseProduct(kernels, dtype, Numbers.Kind.USUAL, 5, results);
    }
  }

  private static void denseProduct(
      Kernels kernels, DType dtype, Numbers.Kind kind, int rows, List<float[]> results) {
    Numbers numbers = new Numbers(dtype.bytes());
    float[] w = numbers.draw(kind, 67 * 323);
    DenseMatrix matrix = new DenseMatrix(Stored.weights("w", dtype, 3, w, 67, 323));
    Activations x = draw(numbers, Numbers.Kind.USUAL, rows, 323);
    Activations y = Activations.zeros(rows, 67);
    float[] bias = numbers.draw(Numbers.Kind.USUAL, 67);
    kernels.linear(matrix, Optional.of(bias)).apply(x, y);
    results.add(y.toArray());
  }

  private static void rows(Kernels kernels, List<float[]> results) {
    for (Numbers.Kind kind : Numbers.Kind.values()) {
      Numbers numbers = new Numbers(kind.ordinal());
      Activations x = draw(numbers, kind, 3, 606);
      Activations y = Activations.zeros(3, 606);
      kernels.rmsNorm(x, numbers.draw(kind, 606), 1e-5f, y);
      results.add(y.toArray());
      float[] angles = numbers.draw(Numbers.Kind.USUAL, 3 * 303);
      kernels.rope(x, new RopeTable(angles, angles, 3, 303));
      results.add(x.toArray());
      kernels.swiGlu(x, draw(numbers, kind, 3, 606), y);
      results.add(y.toArray());
      kernels.add(y, x);
      results.add(y.toArray());
    }
  }

  private static void attention(Kernels kernels, List<float[]> results) {
    for (int headDim : new int[] {20, 64}) {
      Numbers numbers = new Numbers(headDim);
      int size = 2 * 133 * headDim;
      float[] keys = numbers.draw(Numbers.Kind.USUAL, size);
      float[] values = numbers.draw(Numbers.Kind.USUAL, size);
      Activations q = draw(numbers, Numbers.Kind.USUAL, 3, 4 * headDim);
      Activations y = Activations.zeros(3, 4 * headDim);
      kernels.attend(q, 130, new KeyValues(keys, values, 2, 133, headDim), y);
      results.add(y.toArray());
    }
  }

  private static Activations draw(Numbers numbers, Numbers.Kind kind, int rows, int columns) {
    return new Activations(numbers.draw(kind, rows * columns), 0, rows, columns);
  }
}
