/**
 * The Llama-2 model and its formats, read like a paper, and the command line that runs them.
 *
 * <p>Reading order: {@code tensor}, {@code kernels}, {@code llama}, {@code gptq}, {@code
 * checkpoint}, {@code tokenizer}, {@code generate}, {@code quantize}, {@code evaluate}, {@code
 * synthetic}; then {@code app.cli}.
 */
@SuppressWarnings("module") // who adds commands is built after this
module touchstone.reference {
  requires transitive com.fasterxml.jackson.databind;
  requires info.picocli;
  requires jdk.management;

  exports touchstone.app.cli to
      touchstone.conformance;
  exports touchstone.checkpoint;
  exports touchstone.error;
  exports touchstone.evaluate;
  exports touchstone.generate;
  exports touchstone.gptq;
  exports touchstone.json;
  exports touchstone.kernels;
  exports touchstone.llama;
  exports touchstone.quantize;
  exports touchstone.synthetic;
  exports touchstone.tensor;
  exports touchstone.tokenizer;

  opens touchstone.app.cli to
      info.picocli;

  uses touchstone.app.cli.CommandProvider;
  uses touchstone.kernels.KernelsProvider;
}
