"""Run every benchmark, or those that are named."""

import importlib
import sys

ALL = ("cost", "start", "broadcast", "search", "questions", "units")


def main() -> int:
    if sys.argv[1:2] == ["tuning"]:  # no measurement of the product: run only when asked for, with options of its own
        from benchmarks import tuning

        tuning.main(sys.argv[2:])
        return 0
    names = [name for name in sys.argv[1:] if not name.startswith("--")] or list(ALL)  # units reads --postgres itself
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are: {', '.join(ALL)}", file=sys.stderr)
        return 2
    for name in names:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n== {name}: {(module.__doc__ or '').strip().splitlines()[0]}", flush=True)
        module.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
