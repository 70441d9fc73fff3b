"""Exchange with other tools: lm-evaluation-harness both ways, and the plain folder of data sets and results."""
