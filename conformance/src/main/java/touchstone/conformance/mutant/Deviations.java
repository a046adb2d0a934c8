package touchstone.conformance.mutant;

import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import touchstone.conformance.own.Passes;
import touchstone.conformance.own.QuantisedModule;
import touchstone.conformance.own.Seams;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.PackedCodes;
import touchstone.kernels.Kernels;
import touchstone.llama.Checkpoint;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.WeightMatrix;

/** Seams that replace one thing that is read or computed. */
final class Deviations {
  private Deviations() {}

  /** The kernels of a model with a deviation. */
  @FunctionalInterface
  interface KernelsOf {
    Kernels of(Kernels right, LlamaConfig config);
  }

  /** A code of a stream of packed words. */
  @FunctionalInterface
  interface Unpacking {
    int code(PackedCodes.Words words, int bits, int index);
  }

  static Seams kernels(KernelsOf deviant) {
    return new Seams() {
      @Override
      public Kernels kernels(Kernels kernels, LlamaConfig config) {
        return deviant.of(kernels, config);
      }
    };
  }

  /** The operations by themselves are right. */
  static Seams inModels(KernelsOf deviant) {
    return new Seams() {
      @Override
      public Kernels kernels(Kernels kernels, LlamaConfig config) {
        return deviant.of(kernels, config);
      }

      @Override
      public Kernels operation(Kernels kernels, LlamaConfig config) {
        return kernels;
      }
    };
  }

  static Seams config(UnaryOperator<LlamaConfig> deviant) {
    return new Seams() {
      @Override
      public LlamaConfig config(LlamaConfig config) {
        return deviant.apply(config);
      }
    };
  }

  static Seams checkpoint(UnaryOperator<Checkpoint> deviant) {
    return new Seams() {
      @Override
      public Checkpoint checkpoint(Checkpoint checkpoint) {
        return deviant.apply(checkpoint);
      }
    };
  }

  static Seams weight(Reading reading) {
    return new Seams() {
      @Override
      public WeightMatrix weight(QuantisedModule module) {
        return reading.read(module);
      }
    };
  }

  static Seams passes(Passes deviant) {
    return new Seams() {
      @Override
      public Passes passes(Passes passes) {
        return deviant;
      }
    };
  }

  /** Codes and zero points of the widths that {@code concerned} names, unpacked otherwise. */
  static Seams unpacking(IntPredicate concerned, Unpacking deviant) {
    return new Seams() {
      @Override
      public int code(PackedCodes.Words words, int bits, int index) {
        return concerned.test(bits)
            ? deviant.code(words, bits, index)
            : PackedCodes.code(words, bits, index);
      }

      @Override
      public WeightMatrix weight(QuantisedModule module) {
        return new Unpacked(concerned, deviant).read(module);
      }
    };
  }

  private record Unpacked(IntPredicate concerned, Unpacking unpacking) implements Reading {
    @Override
    public boolean concerns(QuantisedModule module) {
      return concerned.test(module.matrix().bits());
    }

    @Override
    public int code(QuantisedModule module, int input, int output) {
      GptqMatrix matrix = module.matrix();
      return unpacking.code(Reading.codeWords(matrix, output), matrix.bits(), input);
    }

    @Override
    public int zero(QuantisedModule module, int group, int output) {
      GptqMatrix matrix = module.matrix();
      return unpacking.code(Reading.zeroWords(matrix, group), matrix.bits(), output)
          + matrix.zeroPoints().offset();
    }
  }
}
