package touchstone.conformance.mutant;

import static touchstone.conformance.mutant.WarpingSteps.MIN_P;
import static touchstone.conformance.mutant.WarpingSteps.PENALTY;
import static touchstone.conformance.mutant.WarpingSteps.TEMPERATURE;
import static touchstone.conformance.mutant.WarpingSteps.TOP_K;
import static touchstone.conformance.mutant.WarpingSteps.TOP_P;
import static touchstone.conformance.mutant.WarpingSteps.chain;
import static touchstone.conformance.mutant.WarpingSteps.nucleus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.mutant.WarpingSteps.Step;
import touchstone.conformance.own.Seams;
import touchstone.conformance.profile.HalfType;
import touchstone.generate.SamplingParameters;
import touchstone.generate.Softmax;
import touchstone.generate.TopK;

/** Mistakes from logits to a distribution: group D of the catalogue. */
final class SamplingMutants {
  private static final String TRANSFORMERS = "https://github.com/huggingface/transformers/issues/";
  private static final String LLAMA_CPP = "https://github.com/ggml-org/llama.cpp/issues/";
  private static final String LLAMA_CPP_SOURCE =
      "https://github.com/ggml-org/llama.cpp/blob/40e07a60f/common/common.cpp";
  private static final String TGI =
      "https://github.com/huggingface/text-generation-inference/issues/";
  private static final int WINDOW = 64;

  private SamplingMutants() {}

  static List<Mutant> all() {
    List<Mutant> all = new ArrayList<>(nuclei());
    all.addAll(bestOnes());
    all.addAll(temperatures());
    all.addAll(penalties());
    all.addAll(ends());
    return all;
  }

  private static Mutant mutant(
      String id, String title, String symptom, String cause, Seams seams, String... links) {
    return new Mutant(id, Group.SAMPLING, title, symptom, cause, List.of(links), seams);
  }

  private static List<Mutant> nuclei() {
    return List.of(
        mutant(
            "top-p-without-crossing",
            "top-p drops the token that crosses p",
            "One token too few is kept; with a dominant one nothing changes.",
            "Tokens are kept while the sum with them is at most p.",
            chain(PENALTY, TEMPERATURE, TOP_K, nucleus((before, upTo, p) -> upTo > p), MIN_P),
            LLAMA_CPP + "1953",
            TRANSFORMERS + "18976"),
        mutant(
            "top-p-keeps-at-equality",
            "top-p keeps one token more where p is reached exactly",
            "Only where probabilities add up to exactly p, as those of equal logits do.",
            "Tokens are dropped once the sum before them is above p, as vLLM and Meta's code do.",
            chain(PENALTY, TEMPERATURE, TOP_K, nucleus((before, upTo, p) -> before > p), MIN_P),
            TRANSFORMERS + "19839",
            TGI + "544"),
        mutant(
            "top-p-before-top-k",
            "top-p counts what top-k drops",
            "More tokens are kept than the k best hold p of.",
            "Both masks are made from one sorted distribution, or the other way around.",
            chain(PENALTY, TEMPERATURE, TOP_P, TOP_K, MIN_P),
            LLAMA_CPP + "1977"),
        mutant(
            "min-p-absolute",
            "min-p is a probability, and not a share of the best one's",
            "Fewer tokens are kept where none is certain.",
            "The product with the largest probability is left out.",
            chain(PENALTY, TEMPERATURE, TOP_K, TOP_P, SamplingMutants::absolute),
            TRANSFORMERS + "27670"),
        mutant(
            "min-p-before-temperature",
            "min-p looks at the distribution before the temperature",
            "Other tokens are kept at temperatures other than 1.",
            "Min-p runs as the first of all steps.",
            chain(PENALTY, MIN_P, TEMPERATURE, TOP_K, TOP_P),
            TRANSFORMERS + "27670"));
  }

  private static void absolute(float[] scores, int[] previous, SamplingParameters parameters) {
    float[] probabilities = Softmax.probabilities(scores);
    int best = WarpingSteps.falling(scores).getFirst();
    for (int id = 0; id < scores.length; id++) {
      if (id != best && probabilities[id] < parameters.minP()) {
        scores[id] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  private static List<Mutant> bestOnes() {
    return List.of(
        mutant(
            "top-k-cuts-ties",
            "top-k keeps k tokens, even if the next one is as good",
            "Only where logits are equal, as those of 16-bit models often are.",
            "The k best are taken by rank in a sorted list.",
            chain(PENALTY, TEMPERATURE, SamplingMutants::byRank, TOP_P, MIN_P),
            LLAMA_CPP + "1977"),
        mutant(
            "top-k-zero-is-one",
            "top-k of 0 keeps the best token only",
            "Sampling without top-k becomes greedy.",
            "k is raised to 1 instead of switched off.",
            chain(
                PENALTY,
                TEMPERATURE,
                (scores, previous, p) -> kept(Math.max(p.topK(), 1), scores),
                TOP_P,
                MIN_P),
            TGI + "966",
            LLAMA_CPP + "5388"),
        mutant(
            "top-k-zero-is-50",
            "top-k of 0 keeps 50 tokens",
            "The tail of the distribution is cut off although nobody asked for it.",
            "A value that is false is taken for one that is not there.",
            chain(
                PENALTY,
                TEMPERATURE,
                (scores, previous, p) ->
                    kept(p.topK() == 0 ? SamplingParameters.DEFAULT_TOP_K : p.topK(), scores),
                TOP_P,
                MIN_P),
            "https://github.com/huggingface/transformers/blob/main/src/transformers/generation/configuration_utils.py"));
  }

  private static void kept(int k, float[] scores) {
    new TopK(k).process(scores, new BitSet());
  }

  private static void byRank(float[] scores, int[] previous, SamplingParameters parameters) {
    List<Integer> falling = WarpingSteps.falling(scores);
    int kept =
        parameters.topK() == 0 ? falling.size() : Math.min(parameters.topK(), falling.size());
    for (int id : falling.subList(kept, falling.size())) {
      scores[id] = Float.NEGATIVE_INFINITY;
    }
  }

  private static List<Mutant> temperatures() {
    return List.of(
        mutant(
            "temperature-last",
            "the temperature comes after top-p",
            "The nucleus is that of temperature 1.",
            "The order of llama.cpp's samplers.",
            chain(PENALTY, TOP_K, TOP_P, MIN_P, TEMPERATURE),
            LLAMA_CPP_SOURCE,
            "https://github.com/fishaudio/fish-speech/pull/1150"),
        mutant(
            "temperature-multiplies",
            "scores are multiplied by the temperature",
            "Hot is cold and cold is hot.",
            "The formula is that of an inverse temperature.",
            chain(
                PENALTY,
                (scores, previous, p) -> {
                  for (int id = 0; id < scores.length; id++) {
                    scores[id] *= (float) p.temperature();
                  }
                },
                TOP_K,
                TOP_P,
                MIN_P),
            "https://arxiv.org/abs/1503.02531"));
  }

  private static List<Mutant> penalties() {
    return List.of(
        penalty(
            "penalty-divides",
            "the repetition penalty divides negative scores, too",
            "Tokens that occurred and are unlikely become more likely.",
            "The formula of the paper, which has no negative scores in mind.",
            (scores, previous, p) -> {
              for (int id : present(previous, scores)) {
                scores[id] /= (float) p.repetitionPenalty();
              }
            },
            TRANSFORMERS + "2302",
            "https://github.com/NVIDIA/NeMo/issues/8194"),
        penalty(
            "penalty-per-occurrence",
            "the repetition penalty counts every occurrence",
            "Frequent tokens vanish in long texts.",
            "A loop over the text instead of over the ids in it.",
            (scores, previous, p) -> {
              for (int id : previous) {
                PENALTY.apply(scores, new int[] {id}, p);
              }
            },
            "https://github.com/vllm-project/vllm/issues/1577",
            TGI + "1765"),
        penalty(
            "penalty-window",
            "the repetition penalty looks at the last %d tokens".formatted(WINDOW),
            "Texts longer than that.",
            "llama.cpp's default.",
            (scores, previous, p) -> {
              int from = Math.max(0, previous.length - WINDOW);
              PENALTY.apply(scores, Arrays.copyOfRange(previous, from, previous.length), p);
            },
            LLAMA_CPP_SOURCE),
        mutant(
            "penalty-missing",
            "there is no repetition penalty",
            "Texts that repeat themselves.",
            "The parameter is accepted and not read.",
            chain(TEMPERATURE, TOP_K, TOP_P, MIN_P),
            "https://github.com/vllm-project/vllm/issues/1577"));
  }

  private static Mutant penalty(
      String id, String title, String symptom, String cause, Step penalty, String... links) {
    return mutant(
        id, title, symptom, cause, chain(penalty, TEMPERATURE, TOP_K, TOP_P, MIN_P), links);
  }

  private static int[] present(int[] previous, float[] scores) {
    return Arrays.stream(previous).distinct().filter(id -> id < scores.length).toArray();
  }

  private static List<Mutant> ends() {
    return List.of(
        mutant(
            "sampler-half-precision",
            "logits are rounded to 16 bits before they are sampled",
            "Neighbours become equal; probabilities are off by up to a hundredth.",
            "The sampler runs in the model's type.",
            chain(
                (scores, previous, p) -> {
                  for (int id = 0; id < scores.length; id++) {
                    scores[id] = HalfType.F16.round(scores[id]);
                  }
                },
                PENALTY,
                TEMPERATURE,
                TOP_K,
                TOP_P,
                MIN_P),
            TGI + "116"),
        mutant(
            "softmax-overflows",
            "the largest score is not subtracted before the exponential",
            "NaN once a logit, divided by the temperature, is above 88.",
            "The formula as it stands in books.",
            chain(SamplingMutants::bare, PENALTY, TEMPERATURE, TOP_K, TOP_P, MIN_P),
            LLAMA_CPP + "2665"),
        mutant(
            "softmax-before-cuts",
            "what is kept is not made to sum to 1 again",
            "Probabilities sum to less than 1; the last token kept is drawn too often.",
            "Probabilities are made once and then set to zero.",
            notNormalised(),
            "https://github.com/facebookresearch/fairseq/pull/882"));
  }

  private static float[] bare(float[] scores) {
    float[] probabilities = new float[scores.length];
    float sum = 0;
    for (int id = 0; id < scores.length; id++) {
      probabilities[id] = (float) StrictMath.exp(scores[id]);
      sum += probabilities[id];
    }
    for (int id = 0; id < scores.length; id++) {
      probabilities[id] /= sum;
    }
    return probabilities;
  }

  private static Seams notNormalised() {
    return WarpingSteps.warping(
        (logits, previous, parameters) -> {
          float[] scores = WarpingSteps.usable(logits, previous);
          PENALTY.apply(scores, previous, parameters);
          TEMPERATURE.apply(scores, previous, parameters);
          float[] probabilities = Softmax.probabilities(scores);
          for (Step step : List.of(TOP_K, TOP_P, MIN_P)) {
            step.apply(scores, previous, parameters);
          }
          for (int id = 0; id < scores.length; id++) {
            probabilities[id] = scores[id] == Float.NEGATIVE_INFINITY ? 0 : probabilities[id];
          }
          return probabilities;
        });
  }
}
