package touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.error.Fault;

/** What a person mistypes, and what asks for help. */
class UsageTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | touchstone: no command given (for example touchstone generate; see touchstone --help)",
        "genrate | touchstone: no command is called genrate (did you mean generate? see touchstone --help)",
        "help nosuch | touchstone: Unknown subcommand 'nosuch'. (see touchstone --help)",
        "--nosuch | touchstone: no option is called --nosuch (see touchstone --help)",
        "generate | touchstone generate: nothing to work on (give --prompt or --prompt-file; see touchstone generate --help)",
        "generate -p a --prompt-file b | touchstone generate: two options that exclude each other (see touchstone generate --help)",
        "generate -p a -p b | touchstone generate: an option given twice (give it once; see touchstone generate --help)",
        "generate -p a --seed 1 --seed 2 | touchstone generate: an option given twice (give it once; see touchstone generate --help)",
        "generate -p a --nosuch | touchstone generate: no option is called --nosuch (see touchstone generate --help)",
        "generate -p a b | touchstone generate: 'b' belongs to no option (see touchstone generate --help)",
        "generate -p | --prompt: no value (it takes a TEXT)",
        "generate -p a --stop-strings a --stop-strings b --threads x | --threads: 'x' (a whole number)",
        "generate -p a --threads 99999999999 | --threads: '99999999999' (a whole number)",
        "generate -p a --threads 0 | --threads: 0 (between 1 and 1024)",
        "generate -p a --temperature warm | --temperature: 'warm' (a number)",
        "generate -p a --seed 1.5 | --seed: '1.5' (a whole number)",
        "generate -p a --numerics nosuch | --numerics: 'nosuch' (one of f32, int8)",
        "tokenize --input-format xml | --input-format: 'xml' (one of text, jsonl)",
        "tokenize -m a -m b | --model: given twice (give it once)",
        "logits | touchstone logits: nothing to work on (give --tokens or --prompt; see touchstone logits --help)",
        "logits -t 1 --probes q,nosuch | --probes: no intermediate is called 'nosuch' (one of embed, attnNorm, q, k, v, qRope, kRope, scores, attn, attnOut, ffnNorm, gate, up, act, ffnOut, finalNorm, logits)",
        "bench -p 12,x | --n-prompt: 'x' (a whole number)",
        "bench -p -1 | --n-prompt: -1 (at least 0)",
        "bench -p 0 -n 0 | touchstone bench: no test is left (give --n-prompt or --n-gen)",
        "bench -b 0 | --n-sequences: 0 (between 1 and 1024)",
        "bench -r 0 | --repetitions: 0 (between 1 and 1000)",
        "bench --warm-up -1 | --warm-up: -1.0 (0 to 3600 seconds)",
        "bench --warm-up NaN | --warm-up: NaN (0 to 3600 seconds)",
        "bench --threads 1,0 | --threads: 0 (between 1 and 1024)",
        "bench --numerics f32,f64 | --numerics: 'f64' (one of f32, int8)",
        "bench --prepared-memory much | --prepared-memory: 'much' (a whole number and k, m, g or t, such as 20g)",
        "bench --output xml | --output: 'xml' (one of md, json, csv)",
        "perplexity | --file: no value (it takes a TEXT)",
        "perplexity -f x --block many | --block: 'many' (a whole number)",
        "branches -m a --shape b | touchstone branches: two options that exclude each other (see touchstone branches --help)",
        "branches --shape llama3 | shape: 'llama3' is not known (one of tinyllama-1.1b, llama2-7b, llama2-13b, llama2-70b)",
        "branches -o yaml | --output: 'yaml' (one of md, json, csv)",
        "bench --layers 3 | --shape: not given (the other options of drawn weights need it)",
        "bench --shape llama2-7b -m golden-data | --shape: given with --model (give one of them)",
        "bench --shape llama2-7b --layers 33 | layers: 33 (llama2-7b has 1 to 32)",
        "logits -t 1 --out x.txt | --out: 'x.txt' has no known ending (end it in .safetensors, .npy or .json)",
        "logits -t 1 --out x.npy --probes q | --out: a .npy file holds one array, and --probes asks for more (write a .safetensors or .json file)",
      })
  void mistypedCommandLine(String line, String message) {
    String[] arguments = line.isEmpty() ? new String[0] : line.split(" ");
    assertThat(Outcome.of(arguments).requireFault(Fault.USAGE).err())
        .isEqualTo("error: " + message + "\n");
  }

  @Test
  void outputFolderIsLookedForBeforeAnythingIsComputed() {
    Outcome outcome = Outcome.of("logits", "-t", "1", "--out", "no/such/folder/x.npy");
    assertThat(outcome.requireFault(Fault.OUTPUT).err())
        .isEqualTo(
            "error: no/such/folder/x.npy: cannot be created: no such folder (create the folder first)\n");
  }

  @Test
  void argumentWhoseBytesWereNotReadableIsRefused() {
    Outcome outcome = Outcome.of("generate", "--prompt", "caf\uFFFD");
    assertThat(outcome.requireFault(Fault.USAGE).err()).contains("argument 3: bytes that are no");
  }

  @Test
  void nothingInAnArgumentIsSpecial() {
    Outcome outcome = Outcome.of("tokenize", "--file", "@${HOME}'\"\n");
    assertThat(outcome.requireFault(Fault.MISSING).err())
        .isEqualTo(
            "error: @${HOME}'\"\\u000a: no such file (check the name; - reads standard input)\n");
  }

  @Test
  void withoutAKernelSetTheInstalledOnesAreNamed() {
    Outcome outcome = Outcome.of("generate", "-p", "a", "--kernels", "nosuch");
    assertThat(outcome.requireFault(Fault.USAGE).err())
        .startsWith("error: --kernels: no kernel set is called 'nosuch'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "generate",
        "chat",
        "tokenize",
        "detokenize",
        "inspect",
        "logits",
        "synth",
        "bench",
        "perplexity",
        "branches",
        "generate-completion"
      })
  void helpFitsInEightyColumns(String command) {
    String[] arguments =
        Stream.of(command, "--help").filter(word -> !word.isEmpty()).toArray(String[]::new);
    String help = Outcome.of(arguments).requireResult();
    assertThat(help).startsWith("Usage: touchstone").contains(command).doesNotContain("\u001b");
    assertThat(help.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    if (!command.isEmpty() && !command.startsWith("generate-")) {
      assertThat(Outcome.of("help", command).requireResult()).isEqualTo(help);
    }
  }

  @Test
  void helpListsEveryExitCodeOfAFault() {
    String help = Outcome.of("--help").requireResult();
    assertThat(Arrays.stream(Fault.values()).map(fault -> "  %3d   ".formatted(fault.exitCode())))
        .allSatisfy(code -> assertThat(help).contains("\n" + code));
  }

  @Test
  void versionIsOneLine() {
    assertThat(Outcome.of("--version").requireResult()).matches("touchstone \\S+\\n");
  }

  @Test
  void completionIsABashScriptWithEveryCommand() {
    String script = Outcome.of("generate-completion").requireResult();
    assertThat(script)
        .startsWith("#!/usr/bin/env bash")
        .contains(
            "generate",
            "chat",
            "tokenize",
            "detokenize",
            "inspect",
            "logits",
            "synth",
            "bench",
            "perplexity",
            "branches")
        .contains("--stop-strings", "--numerics");
  }

  @Test
  void debugAddsTheStackTrace() {
    Outcome outcome = Outcome.of("inspect", "-m", "/no/such", "--debug");
    assertThat(outcome.err()).startsWith("error: /no/such: ").contains("\tat touchstone");
    assertThat(outcome.code()).isEqualTo(Fault.MISSING.exitCode());
  }
}
