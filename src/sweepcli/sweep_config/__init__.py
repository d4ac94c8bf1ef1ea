"""What a sweep config means, and every error in it with its file and line.

A config goes through these modules. Agents load those from `parse` on, which need neither yaml
nor jsonschema:

- `load`: a file, a text or Python data becomes a config that can run, or every reason why not
- `document`: YAML text to plain data, with the line and column of every key, and back;
  `composer`: PyYAML's, with our limits
- `yaml_errors`: what is wrong with a file that is not YAML, and how to fix it
- `one_line`: the config that options of a command line make; `param_spec`: a range or values, as
  `-P` has them; `assignments`: NAME=VALUE, its values as YAML has them
- `schema`: what `schema.json` allows, and messages about the rest
- `check`: the top level, key by key
- `metrics`: what is measured, and when runs are stopped early
- `metric_value`: which number of a run counts; `metric_goal`: whether more of a metric is better
- `synonyms`: what other tools call keys, methods and distributions
- `space`: the parameters, each against the form of its distribution
- `problems`: collects errors and warnings, adds their lines and columns, and sorts them
- `parse`: from the config as it is stored to a `SweepConfig`
- `parameters`: leaves of the search space, and a run's params from their values
- `distributions`, `quantiles`, `lattice`: the values of a parameter
- `command`: the argument vector of a run
- `macros`: which macros there are, and where a command mentions them
- `unknown_macros`: names in `${…}` that are no macro and no parameter
- `command_checks`: `command` and `program`, against the parameters
- `shell_habits`, `several_words`: what people write as if a shell read it
- `shell_text`: what a shell does read; `starters`: programs that start another one
- `spelling`: whether a word is another one, misspelt
- `argument_styles`: those macros that stand for all params, in the form of each parser
- `parsers`: which parser a program's text uses, and the form that it needs
- `hydra_grammar`: values as Hydra reads them
- `args_style_checks`: the form that a config chooses, and what no command line carries
- `lost_values`: which values do not reach a program as what they are
- `patterns`: metrics in what a program prints; `literals`: what looks as if printed there
- `printed_metrics`: the pattern that would read a metric
"""
