"""What this machine gives at most: products of matrices and reading of memory, in f32 and bf16, through PyTorch.

usage: rates.py [THREADS]      prints one JSON object: gigaflops of products, gigabytes a second of reading

Needs Python 3 with torch. Each figure is the best of several tries: a rate to measure shares against, not an average.
"""

import json
import sys
import time

import torch


def best(tries, work):
    """The shortest of several tries, in seconds."""
    shortest = float("inf")
    for _ in range(tries):
        start = time.perf_counter()
        work()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest


def product_gigaflops(kind, rows=1024, inner=1536, columns=4096):
    a = torch.randn(rows, inner).to(kind)
    b = torch.randn(columns, inner).to(kind)
    return 2 * rows * inner * columns / best(12, lambda: torch.nn.functional.linear(a, b)) / 1e9


def read_gigabytes(elements=1 << 27):
    numbers = torch.ones(elements)
    return 4 * elements / best(5, lambda: numbers.sum()) / 1e9


def vector_gigabytes(kind, rows=8192, columns=8192):
    matrix = torch.randn(rows, columns).to(kind)
    vector = torch.randn(1, columns).to(kind)
    return matrix.numel() * matrix.element_size() / best(8, lambda: torch.nn.functional.linear(vector, matrix)) / 1e9


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else torch.get_num_threads())
    print(
        json.dumps(
            {
                "threads": torch.get_num_threads(),
                "productGigaflops": {
                    "f32": product_gigaflops(torch.float32),
                    "bf16": product_gigaflops(torch.bfloat16),
                },
                "readGigabytesPerSecond": read_gigabytes(),
                "vectorGigabytesPerSecond": {
                    "f32": vector_gigabytes(torch.float32),
                    "bf16": vector_gigabytes(torch.bfloat16),
                },
            }
        )
    )
