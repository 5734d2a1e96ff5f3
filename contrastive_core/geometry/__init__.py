"""The geometry of a space: spectrum, neighbours, retrieval, each beside its reference levels."""
