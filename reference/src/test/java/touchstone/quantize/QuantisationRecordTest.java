package touchstone.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.ZeroPointFormat;
import touchstone.quantize.QuantisationPlan.Method;

@Tag("CALIB-5")
class QuantisationRecordTest {
  private static final Map<String, String> SOURCE = Map.of("config.json", "aa", "m", "bb");
  private static final CalibrationSet SET = set(1, 2, 3);
  private static final QuantisationRecord BEGUN =
      record(4, 32, true, false, true, false, 0.1, true);

  @TempDir Path folder;

  private static CalibrationSet set(int... ids) {
    return new CalibrationSet(List.of(ids));
  }

  private static QuantisationRecord record(
      int bits,
      int groupSize,
      boolean actOrder,
      boolean staticGroups,
      boolean symmetric,
      boolean meanSquaredError,
      double damp,
      boolean trueSequential) {
    QuantiserSettings settings =
        new QuantiserSettings(
            bits,
            groupSize,
            actOrder,
            staticGroups,
            symmetric,
            meanSquaredError,
            damp,
            ZeroPointFormat.V1);
    return QuantisationRecord.of(
        new QuantisationPlan(Method.GPTQ, settings, trueSequential), SOURCE, Optional.of(SET));
  }

  @Test
  void whateverDecidesTheBytesTellsWorkFromOther() {
    QuantiserSettings settings =
        new QuantiserSettings(4, 32, true, false, true, false, 0.1, ZeroPointFormat.V1);
    QuantisationPlan plan = new QuantisationPlan(Method.GPTQ, settings, true);
    QuantisationPlan nearest = new QuantisationPlan(Method.RTN, settings, true);
    Map<String, QuantisationRecord> others = new LinkedHashMap<>();
    others.put("bits 4, not 3", record(3, 32, true, false, true, false, 0.1, true));
    others.put("group_size 32, not -1", record(4, -1, true, false, true, false, 0.1, true));
    others.put("desc_act true, not false", record(4, 32, false, false, true, false, 0.1, true));
    others.put("static_groups false, not true", record(4, 32, true, true, true, false, 0.1, true));
    others.put("sym true, not false", record(4, 32, true, false, false, false, 0.1, true));
    others.put("mse false, not true", record(4, 32, true, false, true, true, 0.1, true));
    others.put("damp_percent 0.1, not 0.2", record(4, 32, true, false, true, false, 0.2, true));
    others.put(
        "true_sequential true, not false", record(4, 32, true, false, true, false, 0.1, false));
    others.put("method gptq, not rtn", QuantisationRecord.of(nearest, SOURCE, Optional.of(SET)));
    others.put("samples_sha256 ", QuantisationRecord.of(plan, SOURCE, Optional.of(set(1, 2, 4))));
    others.put("seq_len 3, not 2", QuantisationRecord.of(plan, SOURCE, Optional.of(set(1, 2))));
    others.put("samples 1, not absent", QuantisationRecord.of(plan, SOURCE, Optional.empty()));
    others.put(
        "source m sha256 bb, not cc",
        QuantisationRecord.of(plan, Map.of("config.json", "aa", "m", "cc"), Optional.of(SET)));
    others.put(
        "source m sha256 bb, not absent",
        QuantisationRecord.of(plan, Map.of("config.json", "aa"), Optional.of(SET)));
    others.forEach(
        (difference, other) ->
            assertThatThrownBy(() -> other.requireSame(BEGUN, folder))
                .isInstanceOfSatisfying(
                    TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.OUTPUT))
                .hasMessageStartingWith(folder + ": unfinished work, begun with " + difference));
  }

  @Test
  void itIsTheSameAfterItWasWritten() {
    BEGUN.write(folder);
    QuantisationRecord again = record(4, 32, true, false, true, false, 0.1, true);
    assertThatCode(() -> again.requireSame(QuantisationRecord.read(folder).orElseThrow(), folder))
        .doesNotThrowAnyException();
    assertThat(again.isOf(folder)).isTrue();
    assertThat(record(4, 32, true, false, true, true, 0.1, true).isOf(folder)).isFalse();
  }
}
