"""The gate: rules, baselines and the verdict, for the command and for the pytest plugin alike.

`rules.py` is what a rule says, `catalogue.py` which figures there are, `pool.py` what is given,
`measuring.py` measures every figure once, `baseline.py` saves and compares, `verdict.py` is the
result, `front.py` puts it together. None of it prints.
"""
