"""Results as people and programs read them: a `Report` each, and a writer of any of them."""

from .formats import writer
from .report import Listing, Report

__all__ = ["Listing", "Report", "writer"]
