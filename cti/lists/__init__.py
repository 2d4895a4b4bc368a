"""Who is to be called, out of whose file? Reading, judging and taking over lists of leads."""
