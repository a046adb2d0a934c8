"""Runs the suite against the runtimes at hand and writes docs/results.

    python conformance/adapters/publish.py [NAME ...]

From the root of a checkout, with touchstone built. It needs, as far as they are to be had: `python` with the packages
that the adapters name, `node` and node_modules with @huggingface/transformers and @node-llama-cpp/linux-x64, `java`
25 and Jlama's jars in jars/, and servers on ports 8701 to 8704. A runtime without them keeps its former result.
Lists of known failures beside the adapters are written too: look at what changed in them before you commit.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ADAPTERS = pathlib.Path("conformance/adapters")
RESULTS = pathlib.Path("docs/results")
LIBRARY = "node_modules/@node-llama-cpp/linux-x64/bins/linux-x64"
MODEL_CALLS = "logits decode batch probes logprobs next generate".split()
NUMBERS = [word for call in MODEL_CALLS for word in ("--topic", call)]
ALL = ("passed", "acceptable", "failed", "broken")


def python(adapter, options=""):
    return ["--adapter", f"python {ADAPTERS}/{adapter}/adapter.py {options}".strip()]


def server(port, *more):
    return ["--url", f"http://127.0.0.1:{port}", *more]


# name of the folder, what people call it, options of `touchstone verify`, list of known failures
RUNS = [
    ("transformers-fp32", "Transformers, fp32, sdpa", python("transformers"), "transformers/known-failures.txt"),
    ("transformers-fp32-eager", "Transformers, fp32, eager", python("transformers", "--attention eager"), None),
    (
        "transformers-fp16-eager",
        "Transformers, fp16, eager",
        python("transformers", "--dtype fp16 --attention eager") + NUMBERS,
        None,
    ),
    (
        "transformers-bf16-eager",
        "Transformers, bf16, eager",
        python("transformers", "--dtype bf16 --attention eager") + NUMBERS,
        None,
    ),
    (
        "transformers-model-file",
        "Transformers, tokenizer.model alone",
        python("transformers", "--tokenizer model-file") + ["--topic", "tokenizer"],
        None,
    ),
    (
        "llama.cpp-f32",
        "llama.cpp, library, fp32",
        python("llama-cpp", f"--library {LIBRARY}"),
        "llama-cpp/known-failures.txt",
    ),
    (
        "llama.cpp-f16",
        "llama.cpp, library, fp16, flash attention",
        python("llama-cpp", f"--library {LIBRARY} --type f16 --cache f16 --flash-attention on"),
        None,
    ),
    ("llama.cpp-server-v0.7.0", "llama.cpp v0.7.0, server", server(8704), "llama-cpp/known-failures-server.txt"),
    ("llama.cpp-server-v0.4.0", "llama.cpp v0.4.0, server", server(8701), None),
    ("llama.cpp-server-c392e50", "llama.cpp c392e50, server", server(8702), None),
    ("ik_llama.cpp-server-8337e4c", "ik_llama.cpp 8337e4c, server", server(8703, "--profile", "f16"), None),
    (
        "jlama",
        "Jlama",
        [
            "--adapter",
            "java --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED "
            f"-cp jars/* {ADAPTERS}/jlama/JlamaAdapter.java",
        ],
        "jlama/known-failures.txt",
    ),
    ("onnxruntime", "ONNX Runtime", python("onnxruntime"), "onnxruntime/known-failures.txt"),
    (
        "transformers-js",
        "transformers.js",
        ["--adapter", f"node {ADAPTERS}/transformers-js/adapter.mjs ."],
        "transformers-js/known-failures.txt",
    ),
    ("pytorch-fp32", "plain PyTorch, fp32", python("pytorch"), "pytorch/known-failures.txt"),
    ("pytorch-fp16", "plain PyTorch, fp16", python("pytorch", "--dtype fp16") + NUMBERS, None),
    ("pytorch-bf16", "plain PyTorch, bf16", python("pytorch", "--dtype bf16") + NUMBERS, None),
]


def examined(name, options, known):
    """Runs one and keeps its report and summary, if the whole of it was asked."""
    report = pathlib.Path(tempfile.mkdtemp(prefix="report-"))
    fix = ["--known-failures", str(ADAPTERS / known), "--fix"] if known else []
    subprocess.run(["./touchstone", "verify", *options, *fix, "--report", str(report)], check=False)
    record = report / "record.jsonl"
    lines = read(record) if record.exists() else []
    if not lines or not lines[-1]["complete"]:
        print(f"{name}: could not be examined; its former result stays")
        return
    (RESULTS / name).mkdir(parents=True, exist_ok=True)
    shutil.copy(report / "report.md", RESULTS / name)
    summary = json.dumps(summarised(lines), indent=1) + "\n"
    (RESULTS / name / "summary.json").write_text(summary)


def read(record):
    # not splitlines(), which also cuts at line separators within a text
    return [json.loads(line) for line in record.read_text(encoding="utf-8").split("\n") if line]


def summarised(lines):
    head, foot = lines[0], lines[-1]
    vectors = [line for line in lines if line["record"] == "vector"]
    model = [v for v in vectors if v["call"] in MODEL_CALLS and v["verdict"] in ALL]
    ratios = [m["ratio"] for v in model for m in v["measured"] if m["bound"] > 0]
    good = sum(v["verdict"] in ALL[:2] for v in model)
    share = {level: tallied(foot["counts"][level]) for level in ("required", "recommended")}
    return {
        "suite": f"{head['suite']['version']}, manifest {head['suite']['manifest'][:12]}",
        "version": head["runtime"]["version"],
        "profile": head["profile"],
        "command": head["rerun"],
        "started": head["started"],
        "required": share["required"],
        "recommended": share["recommended"],
        "model": f"{good}/{len(model)}" if model else "-",
        "worst": f"{max(ratios):.2f}" if ratios else "-",
        "skipped": foot["counts"]["required"]["skipped"],
    }


def tallied(count):
    good, all_ = (sum(count[verdict] for verdict in verdicts) for verdicts in (ALL[:2], ALL))
    return f"{good}/{all_}" if all_ else "-"


def table():
    """The two generated tables of docs/results/README.md, between their marks."""
    results, commands = [], []
    for name, label, _, _ in RUNS:
        file = RESULTS / name / "summary.json"
        if file.exists():
            s = json.loads(file.read_text())
            numbers = (s[k] for k in ("profile", "required", "recommended", "model", "worst", "skipped"))
            results.append(f"| [{label}]({name}/report.md) | " + " | ".join(map(str, numbers)) + " |")
            commands.append(f"| {label} | {s['version']} | {s['suite']} | `{s['command']}` |")
    page = RESULTS / "README.md"
    text = page.read_text()
    for mark, rows in (("results", results), ("commands", commands)):
        start, end = (f"<!-- {edge} of {mark} -->\n" for edge in ("begin", "end"))
        before, rest = text.split(start)
        table_head = "\n".join(rest.split(end)[0].strip().splitlines()[:2])
        text = before + start + "\n" + table_head + "\n" + "\n".join(rows) + "\n\n" + end + rest.split(end)[1]
    page.write_text(text)


def main():
    chosen = set(sys.argv[1:])
    unknown = chosen - {name for name, *_ in RUNS}
    if unknown:
        sys.exit(f"{', '.join(sorted(unknown))}: no such run; there are {', '.join(r[0] for r in RUNS)}")
    for name, _, options, known in RUNS:
        if not chosen or name in chosen:
            examined(name, options, known)
    table()


if __name__ == "__main__":
    main()
