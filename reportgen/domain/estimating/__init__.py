"""From records to figures with their bounds: samples, shares, costs, pairs, corrections for judges."""
