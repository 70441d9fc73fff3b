"""What goes over the wire to a provider and what comes back: requests, replies, errors, tokens, and the keys on their way."""
