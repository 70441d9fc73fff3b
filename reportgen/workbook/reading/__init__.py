"""From plain cells and documents to the evaluation plan, or to every problem by its cell."""
