"""What happens after the decision: two runs held against one another, and the same question asked again every month."""
