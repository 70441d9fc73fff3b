"""The documents: they arrange, they never calculate."""
