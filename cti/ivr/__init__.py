"""What a caller hears before anybody answers: flows as data, a session that walks them, checks before anybody calls."""
