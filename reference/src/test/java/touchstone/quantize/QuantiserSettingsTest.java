package touchstone.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.ZeroPointFormat;

class QuantiserSettingsTest {
  @Test
  void settingsSurviveTheWayThroughAConfiguration() {
    QuantiserSettings settings =
        new QuantiserSettings(3, 64, true, true, false, false, 0.1, ZeroPointFormat.V2);
    GptqConfig config = settings.config(false, Optional.of("model"));
    assertThat(config)
        .isEqualTo(
            new GptqConfig(
                3,
                64,
                true,
                false,
                ZeroPointFormat.V2,
                OptionalDouble.of(0.1),
                true,
                false,
                Optional.of("model")));
    assertThat(QuantiserSettings.of(config)).isEqualTo(settings);
  }

  @Test
  void configurationWithoutDampingMeansThatOfAutoGptq() {
    GptqConfig silent =
        new GptqConfig(
            4,
            GptqConfig.NO_GROUPS,
            false,
            true,
            ZeroPointFormat.V1,
            OptionalDouble.empty(),
            false,
            true,
            Optional.empty());
    assertThat(QuantiserSettings.of(silent).damp()).isEqualTo(0.01);
  }

  @Test
  void groupsCoverAllInputs() {
    assertThat(Layers.settings(4, 128).groups(320)).isEqualTo(3);
    assertThat(Layers.settings(4, 128).groupSize(320)).isEqualTo(128);
    assertThat(Layers.whole(4).groups(320)).isEqualTo(1);
    assertThat(Layers.whole(4).groupSize(320)).isEqualTo(320);
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    for (double damp : new double[] {0, 1, -0.1, Double.NaN}) {
      assertThatThrownBy(() -> Layers.damped(Layers.whole(4), damp))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("damp");
    }
    assertThatThrownBy(() -> Layers.settings(5, 128)).hasMessageContaining("bits");
    assertThatThrownBy(() -> Layers.settings(4, 0)).hasMessageContaining("group_size");
  }
}
