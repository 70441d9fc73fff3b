"""From stored records to the comparison: what a run, its replay, its re-scoring and its verification have in common."""
