"""How do several engine processes serve one centre? One owns it by a lease in Redis, the others stand by.

Of the shell: threads, sockets, Redis. What a centre is, and how one starts, this room does not know.
"""
