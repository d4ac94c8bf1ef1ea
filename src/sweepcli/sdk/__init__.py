"""The SDK inside the training process: standard library only, without any store.

`public` has what a script calls, `run` the run itself, `config` and `summary` its values. What is
logged becomes lines of one append-only file (`events`, `docs/events.md`), which the agent reads.
"""
