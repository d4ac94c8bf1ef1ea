"""What a run saves as files: media, tables, charts and artifacts, with W&B's classes.

Loaded when a script uses one of them.
"""
