package touchstone.conformance.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.conformance.contract.Bits;
import touchstone.conformance.contract.GptqCase;
import touchstone.conformance.contract.Numbers;
import touchstone.gptq.GptqMatrix;
import touchstone.kernels.KernelSets;
import touchstone.kernels.KernelSettings;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.kernels.Numerics;
import touchstone.tensor.Activations;

/** Memory for prepared weights decides where they are read from, and no bit. */
@Tag("NUM-1")
@Tag("TOL-1")
final class PreparedMemoryTest {
  private static final int INPUTS = 160;
  private static final int[] OUTPUTS = {96, 608, 32, 160};

  /** Room for the smaller ones of the four matrices; twice what they take as they are stored. */
  private static final long SOME = 2 * (96 + 32 + 160) * INPUTS;

  private final List<GptqMatrix> matrices = new ArrayList<>();
  private final Numbers numbers = new Numbers(11);

  PreparedMemoryTest() {
    for (int i = 0; i < OUTPUTS.length; i++) {
      int bits = new int[] {4, 3, 8, 4}[i];
      GptqCase.Codes fill = i == 0 ? GptqCase.Codes.CENTRED : GptqCase.Codes.RANDOM;
      matrices.add(GptqCase.plain(bits, 48, OUTPUTS[i], INPUTS).filled(fill).build(numbers));
    }
  }

  /** Prepared weights no longer change when the stored ones do. */
  @ParameterizedTest
  @EnumSource(Numerics.class)
  void nothingSomeOrAllIsPreparedAndTheBitsAreThoseOfTheDefinition(Numerics mode) {
    List<float[]> expected;
    try (Kernels definition = KernelSets.open("scalar", mode, 1)) {
      expected = products(linears(definition));
    }
    List<Integer> prepared = new ArrayList<>();
    for (long bytes : new long[] {0, SOME, KernelSettings.UNLIMITED}) {
      try (Kernels kernels = KernelSets.open("simd", new KernelSettings(mode, 2, bytes))) {
        List<Linear> linears = linears(kernels);
        assertEqual(expected, products(linears));
        assertEqual(expected, products(linears));
        prepared.add(countOfThoseThatOutliveTheirSource(expected, linears));
      }
    }
    assertThat(prepared).first().isEqualTo(0);
    assertThat(prepared.get(1)).isBetween(1, OUTPUTS.length - 1);
    assertThat(prepared).last().isEqualTo(OUTPUTS.length);
  }

  private List<Linear> linears(Kernels kernels) {
    return matrices.stream().map(matrix -> kernels.linear(matrix, Optional.empty())).toList();
  }

  /** All products, with one row and with several by turns. */
  private static List<float[]> products(List<Linear> linears) {
    List<float[]> results = new ArrayList<>();
    for (int rows : new int[] {1, 6, 2}) {
      for (int i = 0; i < OUTPUTS.length; i++) {
        float[] x = new Numbers(rows).draw(Numbers.Kind.WIDE, rows * INPUTS);
        Activations y = Activations.zeros(rows, OUTPUTS[i]);
        linears.get(i).apply(new Activations(x, 0, rows, INPUTS), y);
        results.add(y.toArray());
      }
    }
    return results;
  }

  private static void assertEqual(List<float[]> expected, List<float[]> found) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(Bits.difference(expected.get(i), found.get(i))).as("product %d", i).isEmpty();
    }
  }

  private int countOfThoseThatOutliveTheirSource(List<float[]> expected, List<Linear> linears) {
    List<byte[]> kept = new ArrayList<>();
    for (GptqMatrix matrix : matrices) {
      kept.add(matrix.qweight().data().toArray(ValueLayout.JAVA_BYTE));
      matrix.qweight().data().fill((byte) 0x5a);
    }
    List<float[]> found = products(linears);
    int prepared = 0;
    for (int i = 0; i < OUTPUTS.length; i++) {
      prepared += Bits.difference(expected.get(i), found.get(i)).isEmpty() ? 1 : 0;
      matrices.get(i).qweight().data().copyFrom(MemorySegment.ofArray(kept.get(i)));
    }
    return prepared;
  }
}
