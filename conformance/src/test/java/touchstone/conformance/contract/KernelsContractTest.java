package touchstone.conformance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.kernels.Kernels;

/** The contract finds what is wrong, says which operation it is, and lets pass what is right. */
@Tag("TOL-1")
final class KernelsContractTest {
  private static final int FEWEST_TESTS = 30;

  @Test
  void theDefinitionUnderAnotherNamePasses() {
    assertThat(tests()).hasSizeGreaterThanOrEqualTo(FEWEST_TESTS);
    assertThat(failures(Forwarding::new)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(WrongKernels.class)
  void aMistakeIsFoundInTheOperationThatHasIt(WrongKernels wrong) {
    List<String> failures = failures(wrong::open);
    assertThat(failures)
        .isNotEmpty()
        .anySatisfy(
            message ->
                assertThat(message)
                    .startsWith("forwarding on 1 threads")
                    .containsPattern(": " + wrong.operation() + "(,| must refuse)"));
  }

  private static List<Method> tests() {
    return Arrays.stream(KernelsContract.class.getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(Test.class))
        .sorted(Comparator.comparing(Method::getName))
        .toList();
  }

  /** What JUnit would show of each test that fails. */
  private static List<String> failures(Supplier<Kernels> set) {
    KernelsContract contract =
        new KernelsContract() {
          @Override
          protected Kernels open() {
            return set.get();
          }
        };
    contract.openSets();
    List<String> failures = new ArrayList<>();
    for (Method test : tests()) {
      try {
        test.invoke(contract);
      } catch (InvocationTargetException e) {
        failures.add(e.getCause().getMessage());
      } catch (IllegalAccessException e) {
        throw new AssertionError("tests are not private", e);
      }
    }
    contract.closeSets();
    return failures;
  }
}
