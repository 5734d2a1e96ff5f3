"""Every loss, declared in one place each. `LOSSES` maps its name to its declaration.

Importing this reaches no NumPy: the command line shows its help from here.
"""

from .declaration import LOSSES, Loss, Paper
from .forms import Form
from .infonce import InfoNCE
from .instance import CLIP, DCL, NTXent
from .making import elsewhere, find_dialect, find_loss, kind_of, make_loss
from .noise import NCE
from .pairs import Contrastive
from .per_anchor import Direction, PerAnchor
from .sigmoid import SigLIP
from .softmax import Softmax
from .sphere import Alignment, AlignUniform, Uniformity
from .supervised import CrossEntropy, SupCon
from .triplets import Triplet

__all__ = [
    "CLIP",
    "DCL",
    "LOSSES",
    "NCE",
    "AlignUniform",
    "Alignment",
    "Contrastive",
    "CrossEntropy",
    "Direction",
    "Form",
    "InfoNCE",
    "Loss",
    "NTXent",
    "Paper",
    "PerAnchor",
    "SigLIP",
    "Softmax",
    "SupCon",
    "Triplet",
    "Uniformity",
    "elsewhere",
    "find_dialect",
    "find_loss",
    "kind_of",
    "make_loss",
]
