"""Rows with classes, and rows beside vectors of classes."""

from __future__ import annotations

from ..errors import counted
from ..problem import Classified, Labelled, Positives, Problem
from ..sources import Strided
from .arrange import check_flat, one_cloud
from .builder import Builder
from .checks import check_width
from .dropping import classes_left, refuse_bad_classes
from .files import name_of


def labels(builder: Builder) -> Problem:
    """Rows, or views of samples, with classes."""
    arrangement, given = builder.arranged(alone=True), builder.given
    count = len(arrangement.strands)
    read = builder.labels(arrangement.n, "row" if count == 1 else "sample")
    left = builder.left(builder.prepare(arrangement.strands), arrangement.n, count)
    codes, classes = read.codes, tuple(read.classes)
    if left.numbering is not None:
        codes, classes = classes_left(left.of_samples(codes), classes)
    name = name_of(given.labels, "labels")
    described = f"rows of one class of {name} ({counted(len(classes), 'class', 'classes')})"
    if count > 1:
        described += f"; {arrangement.found.description}"
    found = Positives("labels", assumed=False, description=described)
    codes = builder.stock.codes(codes, count)
    return Labelled(left.data, left.n, count, codes, classes, found)


def prototypes(builder: Builder) -> Problem:
    """Rows and class vectors."""
    classes, rows = builder.others["prototypes"], one_cloud(builder.sources[0])
    check_flat(classes)
    check_width(classes, rows)
    targets = builder.targets(rows.n, classes.shape[0], builder.sources[0])
    noted = builder.prepare([*rows.strands, Strided(classes, 0, 1, classes.shape[0])])
    refuse_bad_classes(noted, rows.n, classes)
    left = builder.left(noted, rows.n, 1)
    name = name_of(builder.given.labels, "labels")
    found = Positives("labels", assumed=False, description=f"the class vectors of {name}")
    return Classified(left.data, left.n, left.of_samples(targets), found)
