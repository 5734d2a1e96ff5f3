"""Every loss, declared in one place each. `LOSSES` maps its name to its declaration.

Importing this reaches no NumPy: the command line shows its help from here.
"""

from .declaration import LOSSES, Loss, Paper, find_loss, make_loss
from .softmax import CLIP, InfoNCE, NTXent

__all__ = ["CLIP", "LOSSES", "InfoNCE", "Loss", "NTXent", "Paper", "find_loss", "make_loss"]
