"""What is decided about a visitor, and why. Pure: facts in, a decision with reason codes out.

`decide.py` holds the decision; the rules that come as data (CertLogic) arrive with the declarations.
"""
