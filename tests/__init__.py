"""The specification, as tests. A regular package, so that no other package called `tests` can stand in its place."""
