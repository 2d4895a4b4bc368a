"""Who stands between the store and the core for calls that we begin? Promises, leads, visits, lists: kept and brought.

Of the loop: a keeper goes his rounds, a desk answers people. What is decided about a call is decided in the core.
"""
