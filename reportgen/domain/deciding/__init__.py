"""From figures to verdicts, the decision and what it hangs on."""
