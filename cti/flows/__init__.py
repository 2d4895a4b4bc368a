"""The flows of a centre outside the pure interpreter: files, versions, pictures, a try at the terminal."""
