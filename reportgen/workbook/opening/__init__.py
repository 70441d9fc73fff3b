"""From a file of any office to plain cells: looked at with distrust first, nothing interpreted."""
