"""Small programs that really produced the recorded answers of the samples."""
