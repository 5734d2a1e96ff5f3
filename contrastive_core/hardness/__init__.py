"""How hard triplets are: counts of each sort, both means, per anchor, per class, per margin."""
