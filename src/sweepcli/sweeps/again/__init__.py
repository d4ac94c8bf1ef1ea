"""A run made again: what is known of its code and machine, its folder, and a sweep of it alone.

Nothing here changes the run, its sweep, or the user's repository.
"""
