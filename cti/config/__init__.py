"""What a centre's YAML may say: reading it with its places, checking it, explaining what is wrong."""
