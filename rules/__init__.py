"""What is decided about a visitor, and why. Pure: facts in, a decision with reason codes out.

`decide.py` holds the decision and what no rule can bend. Rules that come as data (`ruleset.py`, CertLogic) look at
`sight.py` alone and are asked in `answers.py`; `orders.py` are the dated duties to declare. `library/` ships.
"""
