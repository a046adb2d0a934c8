package touchstone.tokenizer;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.json.StrictJson;

/**
 * Builds a tokenizer from the files of a model directory; {@link Tokenizer#load} says which wins.
 *
 * @rules TOK-13
 */
final class TokenizerDirectory {
  /** Largest tokenizer.model; Llama-2's has half a megabyte. */
  private static final long MODEL_BYTES = 32L << 20;

  private TokenizerDirectory() {}

  static Tokenizer load(Path directory) {
    Path modelFile = directory.resolve("tokenizer.model");
    Path jsonFile = directory.resolve("tokenizer.json");
    TokenizerConfig config = TokenizerConfig.of(directory);
    Optional<TokenizerJson> json =
        Files.exists(jsonFile) ? Optional.of(readJson(jsonFile)) : Optional.empty();
    if (Files.exists(modelFile)) {
      SentencePieceModel model = readModel(modelFile);
      json.ifPresent(it -> requireSamePieces(modelFile, model.vocabulary(), jsonFile, it));
      return fromModel(model, json, config);
    }
    return fromJson(
        json.orElseThrow(
            () ->
                TouchstoneException.of(
                    Fault.MISSING,
                    directory,
                    "neither tokenizer.model nor tokenizer.json",
                    "one of them is needed; is this a model directory?")),
        config);
  }

  static Tokenizer ofModelFile(Path file) {
    return fromModel(readModel(file));
  }

  /** A model alone, with Transformers' defaults. */
  static Tokenizer fromModel(SentencePieceModel model) {
    return fromModel(model, Optional.empty(), TokenizerConfig.silent("tokenizer.model"));
  }

  static Tokenizer ofJsonFile(Path file) {
    return fromJson(readJson(file), TokenizerConfig.silent(file.toString()));
  }

  private static Tokenizer fromModel(
      SentencePieceModel model, Optional<TokenizerJson> json, TokenizerConfig config) {
    Optional<JsonPipeline> pipeline = json.map(TokenizerJson::pipeline);
    DummyPrefix unlessJson = model.dummyPrefix() ? byLegacy(config) : DummyPrefix.NONE;
    Vocabulary vocabulary = model.vocabulary();
    List<AddedToken> added =
        json.map(TokenizerJson::addedTokens)
            .orElseGet(() -> marks(vocabulary, model.bosId(), model.eosId()));
    return build(
        vocabulary,
        MergeRules.byScore(vocabulary),
        new Behaviour(
            pipeline.map(JsonPipeline::prefix).orElse(unlessJson),
            model.dummyPrefix(),
            pipeline.map(JsonPipeline::stripsSpace).orElse(model.dummyPrefix()),
            added,
            model.unknownSurface(),
            new Behaviour.Marks(
                model.bosId(),
                model.eosId(),
                pipeline.map(it -> it.first().isPresent()).orElse(true),
                pipeline.map(it -> it.last().isPresent()).orElse(false))),
        config);
  }

  /**
   * Of the two readings of {@code legacy: false}, the Python one: it is the one that reads
   * tokenizer.model, and it agrees with SentencePiece where no special token is typed.
   */
  private static DummyPrefix byLegacy(TokenizerConfig config) {
    return config.legacy().orElse(true) ? DummyPrefix.EACH_SEGMENT : DummyPrefix.ONCE;
  }

  /** What Transformers recognises in text when no file lists it. */
  private static List<AddedToken> marks(Vocabulary vocabulary, int bosId, int eosId) {
    return List.of(vocabulary.unknownId(), bosId, eosId).stream()
        .distinct()
        .map(id -> new AddedToken(vocabulary.piece(id).text(), id, true, false))
        .toList();
  }

  private static Tokenizer fromJson(TokenizerJson json, TokenizerConfig config) {
    JsonPipeline pipeline = json.pipeline();
    boolean prefixed = pipeline.prefix() != DummyPrefix.NONE;
    return build(
        json.vocabulary(),
        json.merges(),
        new Behaviour(
            pipeline.prefix(),
            prefixed,
            pipeline.stripsSpace(),
            json.addedTokens(),
            Behaviour.UNKNOWN_SURFACE,
            new Behaviour.Marks(
                mark(json, config.bosToken(), pipeline.first(), "<s>", config),
                mark(json, config.eosToken(), pipeline.last(), "</s>", config),
                pipeline.first().isPresent(),
                pipeline.last().isPresent())),
        config);
  }

  private static int mark(
      TokenizerJson json,
      Optional<String> configured,
      OptionalInt template,
      String usual,
      TokenizerConfig config) {
    return configured.isEmpty() && template.isPresent()
        ? template.getAsInt()
        : require(json.vocabulary(), configured.orElse(usual), config);
  }

  private static int require(Vocabulary vocabulary, String text, TokenizerConfig config) {
    return vocabulary
        .id(text)
        .orElseThrow(
            () ->
                TouchstoneException.of(
                    Fault.FORMAT,
                    config.file(),
                    "'" + text + "' is no piece",
                    "bos_token and eos_token must be pieces"));
  }

  /** Applies what the configuration says explicitly. */
  private static Tokenizer build(
      Vocabulary pieces, MergeRules merges, Behaviour said, TokenizerConfig config) {
    List<AddedToken> added =
        AddedTokens.overridden(said.addedTokens(), config.addedTokens().orElse(List.of()));
    Vocabulary vocabulary = AddedTokens.behind(pieces, added, config.file());
    boolean unprefixed = config.addPrefixSpace().equals(Optional.of(false));
    Behaviour.Marks marks = said.marks();
    Behaviour behaviour =
        new Behaviour(
            unprefixed ? DummyPrefix.NONE : said.prefix(),
            said.plainPrefix(),
            said.stripsSpace() && !unprefixed,
            added,
            said.unknownSurface(),
            new Behaviour.Marks(
                config.bosToken().map(it -> require(vocabulary, it, config)).orElse(marks.bosId()),
                config.eosToken().map(it -> require(vocabulary, it, config)).orElse(marks.eosId()),
                config.addBosToken().orElse(marks.addBos()),
                config.addEosToken().orElse(marks.addEos())));
    return new Tokenizer(vocabulary, merges, behaviour);
  }

  private static void requireSamePieces(
      Path modelFile, Vocabulary model, Path jsonFile, TokenizerJson json) {
    for (int id = 0; id < model.size(); id++) {
      String text = model.piece(id).text();
      boolean same =
          id < json.vocabulary().size() && json.vocabulary().piece(id).text().equals(text);
      if (!same) {
        throw TouchstoneException.of(
            Fault.FORMAT,
            jsonFile,
            "it has another piece %d than %s, '%s'".formatted(id, modelFile.getFileName(), text),
            "both must come from the same model");
      }
    }
  }

  private static TokenizerJson readJson(Path file) {
    return TokenizerJson.parse(file.toString(), StrictJson.read(file, StrictJson.TOKENIZER_BYTES));
  }

  private static SentencePieceModel readModel(Path file) {
    try {
      long size = Files.size(file);
      if (size > MODEL_BYTES) {
        throw TouchstoneException.of(
            Fault.LIMIT, file, size + " bytes", "at most " + MODEL_BYTES + " bytes are read");
      }
      return SentencePieceModel.parse(file.toString(), Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw TouchstoneException.because(
          Fault.MISSING, file, "no such file", "is this a model directory?", e);
    } catch (AccessDeniedException e) {
      throw TouchstoneException.because(
          Fault.PERMISSION, file, "may not be read", "check its permissions", e);
    } catch (IOException e) {
      throw TouchstoneException.because(
          Fault.IO, file, "cannot be read: " + e.getMessage(), "check the disk", e);
    }
  }
}
