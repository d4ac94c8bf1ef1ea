"""Which code and which environment the runs of a sweep have: seen, kept, frozen, made again.

Nothing here knows a store, and nothing is ever written into the user's repository: all that is
kept is in `.code` of a results directory, or in a sweep's own folder.
"""
