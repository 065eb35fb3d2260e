"""What is measured, one command each: `python -m benchmarks [NAME ...]`. Ratios count; absolute times are noise."""
