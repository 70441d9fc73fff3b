"""The texts of the samples: written by us, drawn by seeded generators."""
