"""What must outlive the process and is no call's own: SQL tables, their migrations, and who writes them."""
