"""The version, where both the packaging and the results can read it without importing more."""

VERSION = "0.1.0"
