"""How well signal strength tells near from far, measured on public recordings with ground truth."""
