package touchstone.tokenizer;

import java.nio.file.Path;
import java.util.OptionalInt;
import touchstone.error.TouchstoneException;

/**
 * Llama-2's tokenizer: text to token ids and back.
 *
 * <p>Two conventions are in use and both are here. <em>SentencePiece's</em> knows nothing of special
 * tokens: {@link #encodePlain} and {@link #decode}. <em>Transformers'</em> recognises special tokens
 * typed in the text and adds BOS: {@link #encode} and {@link #decodeAsTransformers}. For a text without
 * special tokens they differ only by BOS, unless the checkpoint asks for another {@link DummyPrefix}.
 *
 * <p>Special tokens that a user types become real with {@link #encode}; text that is not trusted with
 * them belongs in {@link #encodePlain}.
 *
 * <p>Halves of surrogate pairs, which only a Java string can hold, are encoded as U+FFFD, as
 * SentencePiece does with bytes that are not UTF-8. Instances are immutable and may be shared by threads.
 *
 * @source google/sentencepiece@2734490 src/bpe_model.cc; huggingface/transformers 4.57.6
 * @rules TOK-1 TOK-8
 */
public final class Tokenizer {
  private final Vocabulary vocabulary;
  private final MergeRules merges;
  private final Behaviour behaviour;
  private final BytePairEncoder encoder;
  private final Segmenter segmenter;
  private final TransformersDecoder transformersDecoder;

  Tokenizer(Vocabulary vocabulary, MergeRules merges, Behaviour behaviour) {
    this.vocabulary = vocabulary;
    this.merges = merges;
    this.behaviour = behaviour;
    this.encoder = new BytePairEncoder(vocabulary, merges);
    this.segmenter = new Segmenter(vocabulary, encoder, behaviour);
    this.transformersDecoder = new TransformersDecoder(vocabulary, behaviour);
  }

  /**
   * The tokenizer of a model directory. Its files may contradict each other; this follows what
   * Transformers' {@code AutoTokenizer} makes of the same directory:
   *
   * <ul>
   *   <li>Pieces and merges: {@code tokenizer.model}, which is the original; else {@code
   *       tokenizer.json}, which is converted from it. The two must agree on the pieces.
   *   <li>Prefix: {@code add_prefix_space: false} in tokenizer_config.json; else tokenizer.json, whose
   *       pipeline is what runs by default, whatever {@code legacy} says beside it; else {@code legacy}
   *       in tokenizer_config.json; else legacy.
   *   <li>Added tokens: {@code added_tokens_decoder} in tokenizer_config.json; else tokenizer.json; else
   *       the unknown, BOS and EOS pieces.
   *   <li>BOS and EOS: {@code add_bos_token}, {@code add_eos_token} in tokenizer_config.json; else
   *       tokenizer.json's post-processor; else BOS only.
   * </ul>
   *
   * @throws TouchstoneException if neither tokenizer file exists, or one is malformed
   */
  public static Tokenizer load(Path directory) {
    return TokenizerDirectory.load(directory);
  }

  /**
   * The tokenizer of a SentencePiece model, with Transformers' defaults: legacy prefix, BOS in front.
   *
   * @throws TouchstoneException if the file is missing, malformed or not a BPE model
   */
  public static Tokenizer ofModelFile(Path file) {
    return TokenizerDirectory.ofModelFile(file);
  }

  /**
   * The tokenizer of a tokenizer.json, with the normaliser, added tokens, post-processor and decoder it
   * asks for.
   *
   * @throws TouchstoneException if the file is missing, malformed or has another pipeline than Llama-2's
   */
  public static Tokenizer ofJsonFile(Path file) {
    return TokenizerDirectory.ofJsonFile(file);
  }

  /** The ids of a text, special tokens in it recognised, with BOS and EOS as the checkpoint says. */
  public int[] encode(String text) {
    return encode(text, true);
  }

  /**
   * The ids of a text, special tokens in it recognised.
   *
   * @param addSpecial whether BOS and EOS go around it, where the checkpoint says so
   */
  public int[] encode(String text, boolean addSpecial) {
    IdBuffer ids = new IdBuffer();
    if (addSpecial && behaviour.marks().addBos()) {
      ids.add(bosId());
    }
    segmenter.encode(WellFormed.of(text), ids);
    if (addSpecial && behaviour.marks().addEos()) {
      ids.add(eosId());
    }
    return ids.toArray();
  }

  /** The ids of a text by SentencePiece's rule: no special token is recognised or added. */
  public int[] encodePlain(String text) {
    IdBuffer ids = new IdBuffer();
    if (!text.isEmpty()) {
      String escaped = Segmenter.escape(WellFormed.of(text));
      encoder.encode(behaviour.plainPrefix() ? Vocabulary.BLANK + escaped : escaped, ids);
    }
    return ids.toArray();
  }

  /**
   * The text of a sequence by SentencePiece's rule: control pieces are invisible, one blank at the start
   * is dropped, bytes that are not UTF-8 become U+FFFD one by one.
   *
   * @throws TouchstoneException if an id is not in the vocabulary
   */
  public String decode(int[] ids) {
    StreamingDetokenizer stream = stream(LeadingSpace.STRIPPED);
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      stream.append(id, text);
    }
    return text.append(stream.flush()).toString();
  }

  /**
   * The text of a sequence by the rule of Transformers' Rust tokenizer: special tokens are spelled out or
   * skipped, one space at the start of the result is dropped, and one bad byte turns its whole run of byte
   * pieces into U+FFFD.
   *
   * @throws TouchstoneException if an id is not in the vocabulary
   */
  public String decodeAsTransformers(int[] ids, boolean skipSpecial) {
    return transformersDecoder.decode(ids, skipSpecial);
  }

  /** A detokenizer for ids that arrive one by one, by the rule of {@link #decode}. */
  public StreamingDetokenizer stream(LeadingSpace leadingSpace) {
    boolean strip = behaviour.plainPrefix() && leadingSpace == LeadingSpace.STRIPPED;
    return new StreamingDetokenizer(vocabulary, behaviour.unknownSurface(), strip);
  }

  /** This tokenizer with another rule for the blank around special tokens. */
  public Tokenizer withPrefix(DummyPrefix prefix) {
    return new Tokenizer(vocabulary, merges, behaviour.withPrefix(prefix));
  }

  /** The rule in use for the blank around special tokens. */
  public DummyPrefix prefix() {
    return behaviour.prefix();
  }

  /** Number of pieces, added tokens included; ids run from 0 to one less. */
  public int vocab() {
    return vocabulary.size();
  }

  /**
   * The name of a piece, with U+2581 for spaces: {@code ▁the}, {@code <0x0A>}, {@code </s>}.
   *
   * @throws TouchstoneException if the id is not in the vocabulary
   */
  public String piece(int id) {
    return vocabulary.piece(id).text();
  }

  /**
   * The bytes that a piece stands for in the middle of a text; a byte piece alone need not be UTF-8,
   * a control piece has none.
   *
   * @throws TouchstoneException if the id is not in the vocabulary
   */
  public byte[] bytes(int id) {
    return StreamingDetokenizer.bytes(vocabulary.piece(id), behaviour.unknownSurface());
  }

  /** The id of the piece that begins a sequence. */
  public int bosId() {
    return behaviour.marks().bosId();
  }

  /** The id of the piece that ends a sequence. */
  public int eosId() {
    return behaviour.marks().eosId();
  }

  /** The id of the piece with this name. */
  public OptionalInt id(String piece) {
    return vocabulary.id(piece);
  }
}
