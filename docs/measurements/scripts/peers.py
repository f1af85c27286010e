"""Measures Lectern beside transformers and llama.cpp on one hybrid model, in turn, in one run.

usage: peers.py --model FOLDER --gguf FILE [--gguf-q8 FILE] --lectern LAUNCHER --llama-bench PROGRAM
                [--prompt-tokens 1024,8192,32768] [--decode 64] [--threads 2] [--repetitions 3] [--runs 1]
                [--dtypes f32,bf16,int8] [--ubatch 128,512] [--no-transformers] --out PREFIX

Writes PREFIX.json with every sample and PREFIX.md with medians: tokens a second, ratios to Lectern's peers, shares of what
the machine gives (products of matrices for reading, memory for writing), and peak memory.

Needs: a MiniMax folder in the -hf layout and the same model as GGUF (minimax_to_gguf.py; the 8-bit one by its q8_0); a
Python with torch, transformers and safetensors to run this script with; llama-bench of a llama.cpp that knows minimax-01,
built for this processor; Lectern's launcher. Linux: peak memory is the largest resident set that the system saw of each
process, mapped files included.

Every measurement is a process of its own. Within a repetition the programs take turns at each length, so that a slower
minute of the machine meets all of them; compare ratios, and only those of one run.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent


def run(command):
    """Standard output of a process and the most memory it had, in 10⁶ bytes."""
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} ended with {process.returncode}")
    return output, usage.ru_maxrss * 1024 / 1e6


class Transformers:
    def __init__(self, options, kind):
        self.options, self.kind = options, kind

    def measure(self, prompt):
        output, peak = run(
            [sys.executable, HERE / "transformers_bench.py", self.options.model, prompt, self.options.decode]
            + [self.options.threads, self.options.runs, self.kind]
        )
        found = json.loads(output.splitlines()[-1])
        return found["prefillTokensPerSecond"], found["decodeTokensPerSecond"], peak


class LlamaCpp:
    def __init__(self, options, file):
        self.options, self.file = options, file

    def measure(self, prompt):
        """Reading is measured with each micro-batch, of which the best counts; writing once, behind such a prompt."""
        reading = self.bench("-p", prompt, "-n", 0, "-ub", self.options.ubatch, "-b", 2048)
        writing = self.bench("-p", 0, "-n", self.options.decode, "-d", prompt)
        return max(reading[0]), max(writing[0]), max(reading[1], writing[1])

    def bench(self, *arguments):
        output, peak = run(
            [self.options.llama_bench, "-m", self.file, "-t", self.options.threads, "-r", self.options.runs, "-o", "json", *arguments]
        )
        return [statistics.median(result["samples_ts"]) for result in json.loads(output)], peak


class Lectern:
    def __init__(self, options, kind):
        self.options, self.kind = options, kind

    def measure(self, prompt):
        output, _ = run(
            [self.options.lectern, "engine", "bench", "--model", self.options.model, "--prompt-tokens", prompt]
            + ["--decode", self.options.decode, "--runs", self.options.runs, "--threads", self.options.threads]
            + ["--dtype", self.kind, "--json"]
        )
        found = json.loads(output.splitlines()[-1])["runs"][0]
        return found["prefillTokensPerSecond"], found["decodeTokensPerSecond"], found["peakMegabytes"]


def work(config, prompt):
    """Operations for each token of a prompt, and numbers read for a token that is written behind it."""
    hidden, heads, size = config["hidden_size"], config["num_attention_heads"], config["head_dim"]
    inner = heads * size
    keys = config["num_key_value_heads"] * size
    expert = 3 * hidden * config["intermediate_size"]
    active = config["num_experts_per_tok"] * expert + hidden * config["num_local_experts"]
    operations, weights, remembered = 0, 0, 0
    for kind in config["layer_types"]:
        if kind == "linear_attention":
            mixer = 5 * hidden * inner
            operations += 4 * inner * size  # the state, written and read; blocks of tokens come on top
            remembered += 2 * inner * size
        else:
            mixer = 2 * hidden * (inner + keys)
            operations += 4 * inner * prompt / 2
            remembered += 2 * keys * prompt
        operations += 2 * (mixer + active)
        weights += mixer + active
    return operations, weights + hidden * config["vocab_size"], remembered


# Bytes of a weight and of a remembered number.
BYTES = {"f32": (4, 4), "bf16": (2, 2), "int8": (1, 2), "int4": (0.5625, 2), "Q8_0": (34 / 32, 2)}


def machine_rates(options):
    return json.loads(run([sys.executable, HERE / "rates.py", options.threads])[0].splitlines()[-1])


def medians(samples):
    return [statistics.median(values) for values in zip(*samples)]


def table(options, config, samples, rates):
    gigaflops = {kind: statistics.median(r["productGigaflops"][kind] for r in rates) for kind in ("f32", "bf16")}
    memory = statistics.median(r["readGigabytesPerSecond"] for r in rates)
    lines = [
        f"Products of matrices {gigaflops['f32']:.0f} GFLOP/s in f32 and {gigaflops['bf16']:.0f} in bf16; memory "
        f"{memory:.1f} GB/s (medians of the run). {options.threads} threads, medians of {options.repetitions} processes"
        f" with {options.runs} runs each.",
        "",
    ]
    for prompt in options.prompt_tokens:
        operations, weights, remembered = work(config, prompt)
        lines += [
            f"{prompt:,} tokens of prompt:",
            "",
            "| | prefill tokens/s | of products | decode tokens/s | of memory | peak MB |",
            "|---|---|---|---|---|---|",
        ]
        for name in samples:
            kind = name.split()[-1]
            prefill, decode, peak = medians(samples[name][prompt])
            products = gigaflops["f32" if kind == "f32" else "bf16"]
            weight_bytes, number_bytes = BYTES[kind]
            moved = (weights * weight_bytes + remembered * number_bytes) * decode / 1e9
            lines.append(
                f"| {name} | {prefill:.0f} | {100 * prefill * operations / 1e9 / products:.0f}% | {decode:.1f} "
                f"| {100 * moved / memory:.0f}% | {peak:.0f} |"
            )
        lines += ["", *ratios(samples, prompt), ""]
    return "\n".join(lines)


def ratios(samples, prompt):
    """Lectern's figures over those of its peers, from the medians of this run."""
    found = {name: medians(lengths[prompt]) for name, lengths in samples.items()}
    peers = [found[name] for name in ("transformers f32", "llama.cpp f32") if name in found]
    lines = []
    for name in found:
        if not name.startswith("Lectern") or not peers:
            continue
        prefill, decode, peak = found[name]
        lines.append(f"- {name}: prefill {prefill / max(p[0] for p in peers):.2f} of the faster f32 peer's")
        if "llama.cpp f32" in found:
            lines[-1] += f", decode {decode / found['llama.cpp f32'][1]:.2f} of llama.cpp f32's"
        if "llama.cpp Q8_0" in found:
            lines[-1] += f" and {decode / found['llama.cpp Q8_0'][1]:.2f} of its Q8_0's"
        if "transformers f32" in found:
            lines[-1] += f", peak memory {peak / found['transformers f32'][2]:.2f} of transformers'"
    return lines


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--gguf")
    parser.add_argument("--gguf-q8")
    parser.add_argument("--lectern")
    parser.add_argument("--llama-bench")
    parser.add_argument("--prompt-tokens", type=lambda text: [int(n) for n in text.split(",")], default=[1024, 8192, 32768])
    parser.add_argument("--decode", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=3, help="processes of each program at each length")
    parser.add_argument("--runs", type=int, default=1, help="measurements in each process, of which the median counts")
    parser.add_argument("--dtypes", type=lambda text: text.split(","), default=["f32", "bf16", "int8"])
    parser.add_argument("--ubatch", default="128,512")
    parser.add_argument("--no-transformers", action="store_true")
    parser.add_argument("--out", required=True)
    return parser.parse_args()


def main():
    options = parse()
    config = json.loads((Path(options.model) / "config.json").read_text())
    programs = {}
    if not options.no_transformers:
        programs["transformers f32"] = Transformers(options, "float32")
    if options.llama_bench and options.gguf:
        programs["llama.cpp f32"] = LlamaCpp(options, options.gguf)
    if options.llama_bench and options.gguf_q8:
        programs["llama.cpp Q8_0"] = LlamaCpp(options, options.gguf_q8)
    if options.lectern:
        programs.update({f"Lectern {kind}": Lectern(options, kind) for kind in options.dtypes})
    samples = {name: {prompt: [] for prompt in options.prompt_tokens} for name in programs}
    rates, loads = [], []
    for repetition in range(options.repetitions):
        rates.append(machine_rates(options))
        for prompt in options.prompt_tokens:
            for name, program in programs.items():
                loads.append(os.getloadavg()[0])
                sample = program.measure(prompt)
                samples[name][prompt].append(sample)
                print(
                    f"{time.strftime('%H:%M:%S')} {repetition + 1}/{options.repetitions} {prompt} {name}: prefill "
                    f"{sample[0]:.1f}, decode {sample[1]:.1f} tokens/s, peak {sample[2]:.0f} MB, load {loads[-1]:.1f}",
                    file=sys.stderr,
                    flush=True,
                )
                save(options, config, samples, rates, loads)


def save(options, config, samples, rates, loads):
    """After every measurement, so that a run that is broken off leaves what it had."""
    Path(options.out + ".json").write_text(
        json.dumps({"rates": rates, "loads": loads, "samples": samples}, indent=1) + "\n"
    )
    complete = {
        name: lengths for name, lengths in samples.items() if all(lengths[prompt] for prompt in options.prompt_tokens)
    }
    if complete:
        Path(options.out + ".md").write_text(table(options, config, complete, rates))


if __name__ == "__main__":
    main()
