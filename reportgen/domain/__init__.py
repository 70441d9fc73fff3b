"""What we talk about: values in, values out; no files, no network, no spreadsheets."""
