package touchstone.conformance.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;

/** Nothing below means anything if the SIMD set is not there: this fails, it never skips. */
@DisplayName("0: the test runs as the product does")
final class ModulePathTest {
  @Test
  void thisTestIsInANamedModule() {
    assertThat(getClass().getModule().getName()).isEqualTo("touchstone.conformance");
  }

  @Test
  void theVectorModuleIsResolved() {
    assertThat(ModuleLayer.boot().findModule("jdk.incubator.vector")).isPresent();
    assertThat(ModuleLayer.boot().findModule("touchstone.kernels.simd")).isPresent();
    assertThat(ModuleLayer.boot().findModule("touchstone.kernels.scalar")).isPresent();
  }

  @Test
  void autoTakesTheSimdSet() {
    try (Kernels kernels = KernelSets.open(KernelSets.AUTO, Numerics.F32, 1)) {
      assertThat(kernels.name()).isEqualTo("simd");
    }
  }
}
