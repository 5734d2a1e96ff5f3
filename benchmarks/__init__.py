"""Speed, memory and accuracy beside the matrix product and beside other libraries, in one run.

    python -m benchmarks                     every line, ours and the peers in turn
    python -m benchmarks memory              the bound of --memory, for every input
    python -m benchmarks accuracy            float32 and float64 against mpmath
    python -m benchmarks profile nt-xent     where the time goes
    python -m benchmarks.picture IN.json OUT.svg

Figures are ratios of times that were measured in turn: absolute times say more about the machine
than about the code.

The way of a number: `lines.py` declares what is compared and which goals stand; `rounds.py` starts
one child process per contestant and size (`children.py`, `child.py`) and lets each run once per
round; `verdicts.py` holds the times against the goals; `report.py` and `results.py` show them.
"""
