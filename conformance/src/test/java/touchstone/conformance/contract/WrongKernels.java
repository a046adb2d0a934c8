package touchstone.conformance.contract;

import java.util.Optional;
import touchstone.gptq.GptqMatrix;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.tensor.Activations;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.KeyValues;
import touchstone.tensor.RopeTable;
import touchstone.tensor.WeightMatrix;

/** Kernel sets with one mistake each, of the kinds that are made. */
enum WrongKernels {
  ADDS_TERMS_ONE_AFTER_ANOTHER("linear") {
    @Override
    Kernels open() {
      return new Forwarding() {
        @Override
        public Linear linear(WeightMatrix weight, Optional<float[]> bias) {
          Linear linear = super.linear(weight, bias);
          return weight instanceof DenseMatrix dense && bias.isEmpty()
              ? (x, y) -> {
                linear.apply(x, y);
                ascending(dense, x, y);
              }
              : linear;
        }
      };
    }
  },
  APPLIES_SCALES_TO_WEIGHTS("linear") {
    @Override
    Kernels open() {
      return new Forwarding() {
        @Override
        public Linear linear(WeightMatrix weight, Optional<float[]> bias) {
          Linear linear = super.linear(weight, bias);
          return weight instanceof GptqMatrix gptq && bias.isEmpty()
              ? (x, y) -> {
                linear.apply(x, y);
                ascending(gptq, x, y);
              }
              : linear;
        }
      };
    }
  },
  KEEPS_WHAT_WAS_IN_ITS_SCRATCH("linear") {
    @Override
    Kernels open() {
      return new Forwarding() {
        @Override
        public Linear linear(WeightMatrix weight, Optional<float[]> bias) {
          Linear linear = super.linear(weight, bias);
          float[] scratch = new float[1];
          return (x, y) -> {
            linear.apply(x, y);
            y.values()[y.offset()] += scratch[0];
            scratch[0] = x.rows() > 4 ? 1 : scratch[0];
          };
        }
      };
    }
  },
  WRITES_PAST_THE_ROW("rmsNorm") {
    @Override
    Kernels open() {
      return new Forwarding() {
        @Override
        public void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {
          super.rmsNorm(x, gain, epsilon, y);
          int end = y.start(y.rows());
          if (x.columns() % 8 != 0 && end < y.values().length) {
            y.values()[end] = 0;
          }
        }
      };
    }
  },
  FUSES_NOTHING("rope") {
    @Override
    Kernels open() {
      return new Forwarding() {
        @Override
        public void rope(Activations x, RopeTable table) {
          float[] before = x.toArray();
          super.rope(x, table);
          int half = table.halfDim();
          for (int i = 0; i < before.length; i++) {
            if (i % x.columns() % (2 * half) < half) {
              int angle = i / x.columns() * half + i % x.columns() % (2 * half);
              x.values()[x.offset() + i] =
                  before[i] * table.cos()[angle] - before[i + half] * table.sin()[angle];
            }
          }
        }
      };
    }
  },
  TAKES_HEADS_IN_TURN("attentionScores") {
    @Override
    Kernels open() {
      return new Forwarding() {
        @Override
        public void attentionScores(
            Activations q, int row, int head, KeyValues cache, int count, float[] scores) {
          super.attentionScores(q, row, head, cache, count, scores);
          int heads = q.columns() / cache.headDim();
          int shared = heads / cache.kvHeads();
          int first = head % cache.kvHeads() * shared;
          Activations moved = Activations.zeros(1, q.columns());
          System.arraycopy(
              q.values(),
              q.start(row) + head * cache.headDim(),
              moved.values(),
              first * cache.headDim(),
              cache.headDim());
          super.attentionScores(moved, 0, first, cache, count, scores);
        }
      };
    }
  },
  SUBTRACTS_NO_MAXIMUM("softmax") {
    @Override
    Kernels open() {
      return new Forwarding() {
        @Override
        public void softmax(float[] scores, int count) {
          float sum = 0;
          for (int i = 0; i < count; i++) {
            scores[i] = (float) StrictMath.exp(scores[i]);
            sum += scores[i];
          }
          for (int i = 0; i < count; i++) {
            scores[i] /= sum;
          }
        }
      };
    }
  },
  FORGETS_THE_TAIL("attentionMix") {
    @Override
    Kernels open() {
      return new Forwarding() {
        @Override
        public void attentionMix(
            float[] probabilities, int count, KeyValues cache, Activations y, int row, int head) {
          int whole = count > 8 ? count - count % 8 : count;
          super.attentionMix(probabilities, whole, cache, y, row, head);
        }
      };
    }
  },
  LOOKS_ONE_POSITION_AHEAD("attend") {
    @Override
    Kernels open() {
      return new Forwarding() {
        @Override
        public void attendHead(
            Activations q, int row, int head, int position, KeyValues cache, Activations y) {
          int ahead = Math.min(position + 1, cache.capacity() - 1 - row);
          super.attendHead(q, row, head, ahead, cache, y);
        }
      };
    }
  },
  IGNORES_THE_OFFSET("swiGlu") {
    @Override
    Kernels open() {
      return new Forwarding() {
        @Override
        public void swiGlu(Activations gate, Activations up, Activations y) {
          super.swiGlu(new Activations(gate.values(), 0, gate.rows(), gate.columns()), up, y);
        }
      };
    }
  },
  CHANGES_AN_ARGUMENT("swiGlu") {
    @Override
    Kernels open() {
      return new Forwarding() {
        @Override
        public void swiGlu(Activations gate, Activations up, Activations y) {
          super.swiGlu(gate, up, y);
          System.arraycopy(y.values(), y.offset(), gate.values(), gate.offset(), gate.columns());
        }
      };
    }
  },
  STARTS_A_THREAD_ONE_TOO_LATE("add") {
    @Override
    Kernels open() {
      return new Forwarding() {
        @Override
        public void add(Activations x, Activations delta) {
          int missed = x.offset() + x.rows() * x.columns() / 2;
          float before = x.values()[missed];
          super.add(x, delta);
          x.values()[missed] = before;
        }
      };
    }
  },
  SWALLOWS_MINUS_ZERO("add") {
    @Override
    Kernels open() {
      return new Forwarding() {
        @Override
        public void add(Activations x, Activations delta) {
          super.add(x, delta);
          for (int i = x.offset(); i < x.start(x.rows()); i++) {
            x.values()[i] += 0f;
          }
        }
      };
    }
  },
  TAKES_ANY_SHAPE("add") {
    @Override
    Kernels open() {
      return new Forwarding() {
        @Override
        public void add(Activations x, Activations delta) {
          for (int i = 0; i < x.rows() * x.columns(); i++) {
            x.values()[x.offset() + i] += delta.values()[delta.offset() + i];
          }
        }
      };
    }
  };

  private final String operation;

  WrongKernels(String operation) {
    this.operation = operation;
  }

  abstract Kernels open();

  /** The operation that is wrong. */
  String operation() {
    return operation;
  }

  private static void ascending(WeightMatrix weight, Activations x, Activations y) {
    for (int row = 0; row < x.rows(); row++) {
      for (int n = 0; n < weight.rows(); n++) {
        float sum = 0;
        for (int k = 0; k < weight.columns(); k++) {
          sum = Math.fma(weight.dequantise(n, k), x.values()[x.start(row) + k], sum);
        }
        y.values()[y.start(row) + n] = sum;
      }
    }
  }
}
