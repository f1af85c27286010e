"""How fast transformers reads and writes with a MiniMax folder in the -hf layout.

usage: transformers_bench.py FOLDER PROMPT_TOKENS DECODE_TOKENS THREADS RUNS [float32|bfloat16]

Prints one JSON object with medians of the runs.

Needs Python 3 with torch and transformers 5.23 or newer (MiniMaxForCausalLM). Prompts are random tokens; logits are
computed of the last token only. Positions are passed, since transformers' cache miscounts them where the first layer is
Lightning attention.
"""

import json
import statistics
import sys
import time

import torch
from transformers import MiniMaxForCausalLM


def measure(model, ids, decode):
    """Seconds to read a prompt, and to write so many tokens behind it."""
    prompt = ids.shape[1]
    start = time.perf_counter()
    out = model(ids, use_cache=True, logits_to_keep=1)
    token = out.logits[:, -1].argmax(-1, keepdim=True)
    read = time.perf_counter() - start
    start = time.perf_counter()
    for i in range(decode):
        position = torch.tensor([[prompt + i]])
        out = model(token, past_key_values=out.past_key_values, use_cache=True, position_ids=position)
        token = out.logits[:, -1].argmax(-1, keepdim=True)
    return read, time.perf_counter() - start


def main():
    folder, prompt, decode, threads, runs = sys.argv[1], *(int(a) for a in sys.argv[2:6])
    kind = getattr(torch, sys.argv[6] if len(sys.argv) > 6 else "float32")
    torch.set_num_threads(threads)
    model = MiniMaxForCausalLM.from_pretrained(folder, dtype=kind).eval()
    generator = torch.Generator().manual_seed(3)
    vocabulary = model.config.vocab_size

    def tokens(count):
        return torch.randint(0, vocabulary, (1, count), generator=generator)

    with torch.no_grad():
        warm = model(tokens(64), use_cache=True)
        model(tokens(1), past_key_values=warm.past_key_values, use_cache=True, position_ids=torch.tensor([[64]]))
        del warm
        samples = [measure(model, tokens(prompt), decode) for _ in range(runs)]
    read, wrote = (statistics.median(times) for times in zip(*samples))
    print(
        json.dumps(
            {
                "promptTokens": prompt,
                "prefillTokensPerSecond": prompt / read,
                "decodeTokensPerSecond": decode / wrote,
                "firstTokenMillis": read * 1000,
            }
        )
    )


if __name__ == "__main__":
    main()
