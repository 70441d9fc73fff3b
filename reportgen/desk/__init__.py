"""The desk: the whole way in a browser, on this machine alone; it shows and starts what the commands do."""
