"""What a run keeps as files: media, tables, charts and artifacts, as W&B's classes take them.

Loaded when a script uses one of them.
"""
