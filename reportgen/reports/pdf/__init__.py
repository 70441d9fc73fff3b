"""The two PDFs: templates filled from the view, charts drawn, pages laid out in child processes."""
