"""What the use cases ask of the world, one module a feature; `work.Work` holds them together."""
