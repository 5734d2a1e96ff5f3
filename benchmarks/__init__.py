"""Speed of the losses beside the matrix product and beside other libraries, in one run.

    python -m benchmarks

Figures are ratios to one full float32 matrix product of the same rows, measured in turn with it:
absolute times say more about the machine than about the code.
"""
