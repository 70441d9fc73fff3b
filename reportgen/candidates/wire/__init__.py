"""What goes over the wire to a provider and what comes back: requests, replies, errors, tokens, keys on their way."""
