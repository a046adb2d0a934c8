import json, struct, sys
import llama

models, folder = {}, None


def hello(request):
    global folder
    folder = request["workDir"]
    runtime = {"name": "llama.py", "version": "0.1", "language": "Python"}
    return {"runtime": runtime, "capabilities": list(CALLS), "profile": "f32"}


def numbers(value):
    if "file" in value:
        return llama.read(value["file"])[value["tensor"]]
    words = [struct.unpack(">f", bytes.fromhex(word))[0] for word in value["bits"].split()]
    return llama.rows(words, value["f32"][-1])


def number(text):
    return struct.unpack({"f32:": ">f", "f64:": ">d"}[text[:4]], bytes.fromhex(text[4:]))[0]


def rms_norm(args):
    return {"y": llama.norm(numbers(args["x"]), numbers(args["gain"])[0], number(args["epsilon"]))}


def run(request):
    model = request["args"].get("model")
    lacking = "models from a seed" if isinstance(model, dict) else models.get(model)
    if isinstance(lacking, (str, Exception)):
        return {"seq": request["seq"], "skipped": {"reason": f"llama.py lacks {lacking}"}}
    try:
        return {"seq": request["seq"], "result": written(CALLS[request["call"]](request["args"]))}
    except ValueError as wrong:
        return {"seq": request["seq"], "error": {"class": "range", "message": str(wrong)}}


def written(outputs):
    header, data, path = {}, b"", folder + "/outputs.safetensors"
    for name, rows in outputs.items():
        part = b"".join(struct.pack(f"<{len(row)}f", *row) for row in rows)
        span = [len(data), len(data) + len(part)]
        header[name] = {"dtype": "F32", "shape": [len(rows), len(rows[0])], "data_offsets": span}
        data += part
    head = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(head)) + head + data)
    return {name: {"file": path, "tensor": name} for name in outputs}


def load(request):
    try:
        models[request["handle"]] = llama.load(request["directory"])
    except NotImplementedError as lacking:
        models[request["handle"]] = lacking
    return {"ok": True}


def logits(args):
    return {"logits": probes(args)["logits"]}


def probes(args):
    return llama.forward(*models[args["model"]], args["tokens"])


CALLS = {"op.rmsNorm": rms_norm, "logits": logits, "probes": probes}
OPS = {"hello": hello, "load": load, "run": run, "bye": sys.exit}

for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(OPS[request["op"]](request)), flush=True)
