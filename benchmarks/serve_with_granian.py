"""Granian from the benchmarks' environment, with the shop from its own."""

import sys

from .options import ROOT

# Behind the shop's own packages, so that it lends them nothing but Granian.
sys.path.append(str(next((ROOT / ".bench/lib").glob("python*/site-packages"))))

if __name__ == "__main__":
    from granian.cli import entrypoint

    entrypoint()
