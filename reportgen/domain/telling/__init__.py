"""What is worth saying before somebody signs: the nine points, and every finding."""
