"""Who may see and do what: roles, rights, scope, passwords, sessions, tokens. Knows no HTTP and no SQL."""
