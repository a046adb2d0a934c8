package touchstone.conformance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
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
    assertThat(failures(Forwarding::new, _ -> true)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(WrongKernels.class)
  void aMistakeIsFoundInTheOperationThatHasIt(WrongKernels wrong) {
    Pattern place = Pattern.compile("on 1 threads.*: " + wrong.operation() + "(,| must refuse)");
    assertThat(failures(wrong::open, message -> place.matcher(message).find())).isPresent();
  }

  private static List<Method> tests() {
    return Arrays.stream(KernelsContract.class.getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(Test.class))
        .sorted(Comparator.comparing(Method::getName))
        .toList();
  }

  /** The first of the messages that JUnit would show which is as asked. */
  private static Optional<String> failures(Supplier<Kernels> set, Predicate<String> asked) {
    KernelsContract contract =
        new KernelsContract() {
          @Override
          protected Kernels open() {
            return set.get();
          }
        };
    contract.openSets();
    try {
      return tests().stream()
          .flatMap(test -> failure(test, contract).stream())
          .filter(asked)
          .findFirst();
    } finally {
      contract.closeSets();
    }
  }

  private static Optional<String> failure(Method test, KernelsContract contract) {
    try {
      test.invoke(contract);
      return Optional.empty();
    } catch (InvocationTargetException e) {
      return Optional.of(e.getCause().getMessage());
    } catch (IllegalAccessException e) {
      throw new AssertionError("tests are not private", e);
    }
  }
}
