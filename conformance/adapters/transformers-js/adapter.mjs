// The tokenizer of transformers.js (npm @huggingface/transformers) behind the adapter protocol.
//
//     touchstone verify --adapter "node conformance/adapters/transformers-js/adapter.mjs FOLDER"
//
// FOLDER is where node_modules lies. Its models are ONNX files, which the checkpoints are not; so text only.
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const print = (object) => process.stdout.write(JSON.stringify(object) + "\n");
console.log = console.info = console.warn = console.error; // standard output is the protocol's

const found = createRequire(join(resolve(process.argv[2] ?? "."), "here.js"));
const { AutoTokenizer, TextStreamer, env } = await import(
  pathToFileURL(found.resolve("@huggingface/transformers"))
);
env.allowRemoteModels = false;

class Skip extends Error {}

const directories = new Map();
const tokenizers = new Map();

async function tokenizer(model) {
  if (typeof model !== "string") throw new Skip("has no synthetic checkpoints");
  if (!tokenizers.has(model)) {
    const directory = directories.get(model);
    tokenizers.set(model, await AutoTokenizer.from_pretrained(directory, { local_files_only: true }));
  }
  return tokenizers.get(model);
}

const calls = {
  async tokenize({ model, text, bos }) {
    return { ids: (await tokenizer(model)).encode(text, { add_special_tokens: bos }) };
  },
  async detokenize({ model, ids }) {
    if (ids.length === 0) throw new Skip("decode takes no empty list");
    return { text: (await tokenizer(model)).decode(ids, { skip_special_tokens: true }) };
  },
};

async function answer({ seq, call, args }) {
  try {
    return { seq, result: await calls[call](args) };
  } catch (e) {
    if (e instanceof Skip) return { seq, skipped: { reason: e.message } };
    return { seq, error: { class: e.constructor.name, message: String(e.message) } };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.op === "hello") {
    print({
      runtime: {
        name: "transformers.js",
        version: env.version,
        language: "JavaScript",
        homepage: "https://github.com/huggingface/transformers.js",
      },
      capabilities: Object.keys(calls),
      profile: "f32",
    });
  } else if (request.op === "load") {
    directories.set(request.handle, request.directory);
    print({ ok: true });
  } else if (request.op === "run") {
    print(await answer(request));
  } else {
    process.exit(0);
  }
}
