package touchstone.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.tensor.Activations;

class CalibrationStatesTest {
  /** More than what is handed to the system at once. */
  private static final int SEQ_LEN = 1100;

  private static final int DIM = 1024;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everySampleComesBackAsItWasPut(boolean spilled) {
    long bytes = CalibrationStates.bytes(2, SEQ_LEN, DIM);
    try (CalibrationStates states =
        new CalibrationStates(2, SEQ_LEN, DIM, spilled ? bytes - 1 : bytes, folder)) {
      assertThat(states.spilled()).isEqualTo(spilled);
      for (int sample = 0; sample < 2; sample++) {
        Activations x = states.room(sample);
        fill(x, sample);
        states.put(sample, x);
      }
      for (int sample = 0; sample < 2; sample++) {
        Activations expected = Activations.zeros(SEQ_LEN, DIM);
        fill(expected, sample);
        assertThat(Arrays.equals(states.get(sample).toArray(), expected.values())).isTrue();
      }
    }
    assertThat(folder).isEmptyDirectory();
  }

  private static void fill(Activations x, int sample) {
    for (int i = 0; i < SEQ_LEN * DIM; i++) {
      x.values()[i] = i * (sample + 1.5f);
    }
  }

  @Test
  void bytesOfAWholeCalibrationDoNotOverflow() {
    assertThat(CalibrationStates.bytes(128, 4096, 8192)).isEqualTo(17_179_869_184L);
  }
}
