package touchstone.tokenizer;

import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tokenizer.Vocabulary.Piece;

/**
 * What a SentencePiece {@code tokenizer.model} says, as far as encoding and decoding need it.
 *
 * @source google/sentencepiece@2734490 src/sentencepiece_model.proto, src/model_interface.cc
 * @param dummyPrefix whether a blank goes in front of a text
 * @param unknownSurface text of the unknown piece
 * @rules TOK-14
 */
record SentencePieceModel(
    Vocabulary vocabulary, boolean dummyPrefix, int bosId, int eosId, String unknownSurface) {
  private static final int BPE = 2;

  /**
   * Reads a model.
   *
   * @param file its name, for messages
   * @throws TouchstoneException with the byte offset if it is malformed, or is no BPE model, or rewrites
   *     its input by a character map
   */
  static SentencePieceModel parse(String file, byte[] bytes) {
    Parser parser = new Parser(file);
    parser.model(new ProtobufReader(file, bytes));
    return parser.result();
  }

  private static final class Parser {
    private final String file;
    private final Vocabulary.Builder pieces = new Vocabulary.Builder();
    private boolean trained;
    private int modelType = 1;
    private boolean byteFallback;
    private String unknownSurface = Behaviour.UNKNOWN_SURFACE;
    private String bosPiece = "<s>";
    private String eosPiece = "</s>";
    private boolean dummyPrefix = true;
    private boolean removesSpaces = true;

    Parser(String file) {
      this.file = file;
    }

    void model(ProtobufReader model) {
      while (model.next()) {
        switch (model.field()) {
          case 1 -> piece(model.message());
          case 2 -> trainer(model.message());
          case 3 -> normalizer(model.message());
          case 5 -> denormalizer(model.message());
          default -> model.skip();
        }
      }
    }

    private void piece(ProtobufReader piece) {
      String place = piece.place();
      String text = "";
      float score = 0;
      PieceType type = PieceType.NORMAL;
      while (piece.next()) {
        switch (piece.field()) {
          case 1 -> text = piece.text();
          case 2 -> score = piece.float32();
          case 3 -> type = type(piece);
          default -> piece.skip();
        }
      }
      pieces.add(() -> place, new Piece(text, type, score));
    }

    private static PieceType type(ProtobufReader piece) {
      int type = piece.int32();
      return switch (type) {
        case 1 -> PieceType.NORMAL;
        case 2 -> PieceType.UNKNOWN;
        case 3 -> PieceType.CONTROL;
        case 4 -> PieceType.USER_DEFINED;
        case 5 -> PieceType.UNUSED;
        case 6 -> PieceType.BYTE;
        default ->
            throw TouchstoneException.of(
                Fault.FORMAT, piece.place(), "piece type " + type, "types run from 1 to 6");
      };
    }

    private void trainer(ProtobufReader trainer) {
      trained = true;
      while (trainer.next()) {
        switch (trainer.field()) {
          case 3 -> modelType = trainer.int32();
          case 24 -> refuse(trainer.bool(), trainer, "treat_whitespace_as_suffix is true");
          case 35 -> byteFallback = trainer.bool();
          case 44 -> unknownSurface = trainer.text();
          case 46 -> bosPiece = trainer.text();
          case 47 -> eosPiece = trainer.text();
          default -> trainer.skip();
        }
      }
      refuse(modelType != BPE, trainer, "model_type " + nameOf(modelType));
    }

    private static String nameOf(int modelType) {
      return switch (modelType) {
        case 1 -> "UNIGRAM";
        case 3 -> "WORD";
        case 4 -> "CHAR";
        default -> Integer.toString(modelType);
      };
    }

    private void normalizer(ProtobufReader normalizer) {
      String name = "unnamed";
      int charsmap = 0;
      while (normalizer.next()) {
        switch (normalizer.field()) {
          case 1 -> name = normalizer.text();
          case 2 -> charsmap = normalizer.byteCount();
          case 3 -> dummyPrefix = normalizer.bool();
          case 4 -> removesSpaces = normalizer.bool();
          case 5 -> refuse(!normalizer.bool(), normalizer, "escape_whitespaces is false");
          default -> normalizer.skip();
        }
      }
      refuse(charsmap > 0, normalizer, "normalizer '" + name + "' maps characters");
    }

    private void denormalizer(ProtobufReader denormalizer) {
      while (denormalizer.next()) {
        if (denormalizer.field() == 2) {
          refuse(denormalizer.byteCount() > 0, denormalizer, "a denormalizer maps characters");
        } else {
          denormalizer.skip();
        }
      }
    }

    private static void refuse(boolean unsupported, ProtobufReader at, String found) {
      if (unsupported) {
        throw TouchstoneException.of(
            Fault.UNSUPPORTED,
            at.place(),
            found,
            "Llama-2's model is BPE, with the identity normalizer and blanks for spaces");
      }
    }

    SentencePieceModel result() {
      if (!trained) {
        throw TouchstoneException.of(
            Fault.FORMAT, file, "no trainer_spec", "is the file truncated, or no tokenizer.model?");
      }
      if (removesSpaces) {
        throw TouchstoneException.of(
            Fault.UNSUPPORTED,
            file,
            "remove_extra_whitespaces is true",
            "Llama-2's model keeps all spaces");
      }
      Vocabulary vocabulary = pieces.build(file, byteFallback);
      return new SentencePieceModel(
          vocabulary,
          dummyPrefix,
          control(vocabulary, "bos_piece", bosPiece),
          control(vocabulary, "eos_piece", eosPiece),
          unknownSurface);
    }

    private int control(Vocabulary vocabulary, String field, String text) {
      int id = vocabulary.id(text).orElse(-1);
      if (id < 0 || vocabulary.piece(id).type() != PieceType.CONTROL) {
        throw TouchstoneException.of(
            Fault.FORMAT,
            file,
            "%s '%s' is no control piece".formatted(field, text),
            "Llama-2 has <s> and </s>");
      }
      return id;
    }
  }
}
