"""What a sweep config means, and every fault in it with its file and line.

A config walks through these modules. Agents load those from `parse` on, which need neither yaml
nor jsonschema:

- `load`: a file, a text or Python data becomes a config that can run, or every reason why not
- `document`: YAML text to plain data with lines and columns, and back
- `yaml_errors`: a file that is no YAML, in words that lead to the fix
- `schema`: the forms of `schema.json`, and what breaks them
- `check`: the top level, key by key
- `metrics`: what is measured, and when runs are stopped early
- `space`: the parameters, each against the form of its distribution
- `problems`: errors and warnings with their places, gathered and sorted
- `parse`: the config as understood, which is what is stored, to a `SweepConfig`
- `parameters`: leaves of the search space, and a run's params from their values
- `distributions`, `quantiles`, `lattice`: the values of a parameter
- `command`: the macros of a command line
- `patterns`: metrics in what a program prints
"""
