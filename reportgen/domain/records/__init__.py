"""The records that stages hand to one another: plan, corpus, response, score, measure, comparison."""
