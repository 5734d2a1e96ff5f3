"""From what the user gave to a problem: which form of input it is, what is read, who is whose."""

from .building import build
from .files import InputFile
from .given import Given, recognise

__all__ = ["Given", "InputFile", "build", "recognise"]
