"""`bangkom bench NAME`: what is measured, how it is shown, and whether it holds (DESIGN.md 8)."""

from service.bench.frame import BENCHES, BenchRefused, Figure, Size, as_json, as_table, run_bench

__all__ = ["BENCHES", "BenchRefused", "Figure", "Size", "as_json", "as_table", "run_bench"]
