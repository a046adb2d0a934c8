package touchstone.conformance.llama;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;
import touchstone.tensor.Activations;
import touchstone.tensor.Tensor;

/** Reads golden vectors and measures how far values are from them. */
final class GoldenVectors {
  private GoldenVectors() {}

  /** The JSON files of a folder of vectors, sorted. */
  static List<Path> files(String folder) {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(GoldenData.path("vectors").resolve(folder), "*.json")) {
      List<Path> sorted = new ArrayList<>();
      files.forEach(sorted::add);
      sorted.sort(null);
      return sorted;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode json(Path file) {
    return StrictJson.read(file, StrictJson.TOKENIZER_BYTES);
  }

  static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).intValue();
    }
    return values;
  }

  /** The largest distance to the truth; infinite where one is finite and the other is not. */
  static double distance(Activations values, Tensor truth) {
    if (truth.elements() != (long) values.rows() * values.columns()) {
      throw new AssertionError(
          "%s is %s, got [%d, %d]"
              .formatted(truth.name(), truth.shape(), values.rows(), values.columns()));
    }
    double largest = 0;
    for (int i = 0; i < truth.elements(); i++) {
      double expected = truth.doubleAt(i);
      double found = values.values()[values.offset() + i];
      double distance = expected == found ? 0 : Math.abs(expected - found);
      largest = Math.max(largest, Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance);
    }
    return largest;
  }
}
