"""The rules of a bloc's year: values and pure functions, standard library only."""
