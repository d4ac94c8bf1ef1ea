"""Overrides as the real Hydra reads them: every value arrives as what it is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import DictConfig, ListConfig, OmegaConf

from parsers import Option, read_hydra
from sweepcli.errors import ConfigError
from sweepcli.records import JSON, Params
from sweepcli.sweep_config import hydra_grammar
from sweepcli.sweep_config.argument_styles import arguments

# fmt: off
NASTY = [
    "", " ", "  a ", "a b", "a  b", "\t", "\n", "a\nb\r", "1", "-5", "+5", "1_000", "07", "0x1f",
    "1e3", "1e-5", ".5", "5.", "nan", "NaN", "inf", "-inf", "null", "Null", "none", "None", "true",
    "TRUE", "False", "~", "a,b", "it's", '"', "'", "'\"", "\"'\"", "'a'", '"a"', "a\\", "\\",
    "\\\\", "\\'", "\\\"'", "a\\'b\\", "\\n", "\\,", "x=y", "=", "=x", "a:b", ":", "a: b", "#c",
    "[", "]", "[1,2]", "{", "}", "{a:1}", "(", ")", "choice(1,2)", "range(1, 3)", "glob(*)", "*",
    "?", "??", "???", "????", "$", "$x", "${x}", "${", "${a", "a${b}c", "\\${x}",
    "\\\\${x}", "\\\\\\${", "${a}${b}\\", "${oc.env:HOME}", "${now:%Y}", "}${", "%", "&", "|",
    ";", "<>", "!", "@", "a@b", "^", "`ls`", "--x", "-x", "/data/x.y", "a/b-c_d.e", "./x", "1.5.2",
    "2024-01-01", "été", "日本",
    "🎉", "\u2028", "\x01", "don't \"${x}\" \\", "a\\${b}\\'c\\",
]
VALUES: list[JSON] = [
    None, True, False, 0, -1, 10**30, 0.1, 1e-5, -1e-5, 1e300, 5e-324, -0.0, 1.0, 1e22, [], {},
    [[]], [{}], [None, True, 1, 0.5, "a,b", [1, ["x y"]], {"a": {"b": None}}],
    {"a": 1, "b": {"c": "d e"}}, {"a": {}}, {"a.b": 1, "c": 2}, {"1": "x", "7": 2},
    {"a b": {"(c)": [1]}, "d=e": 1},
    {"x": {"y z": "it's"}}, [{"a:b": 1, "c,d": "e"}], {"null": 1, "true": 2, "1_0": 3},
]
# fmt: on


def arrives(params: Params, prefix: str) -> JSON:
    """Return what Hydra has in its config, each value by way of its name."""
    found = OverridesParser.create().parse_overrides(hydra_grammar.overrides(params, prefix))
    assert not any(override.is_sweep_override() for override in found)
    config = OmegaConf.create()
    ConfigLoaderImpl._apply_overrides_to_config(found, config)
    return plain(config)


def plain(value: JSON) -> JSON:
    if isinstance(value, DictConfig):
        return {key: plain(value[key]) for key in value}
    if isinstance(value, ListConfig):
        return [plain(value[at]) for at in range(len(value))]
    return value


@pytest.mark.parametrize("prefix", ["", "+", "++"])
def test_a_nasty_text_arrives_as_that_text(prefix: str) -> None:
    texts: Params = {f"x{at}": text for at, text in enumerate(NASTY)}
    inside: Params = {"list": NASTY, "dict": {"in": [{"a": text} for text in NASTY]}}

    assert arrives(texts, prefix) == texts
    assert arrives(inside, prefix) == inside


@pytest.mark.parametrize("value", VALUES, ids=json.dumps)
def test_a_value_of_json_arrives_with_its_type(value: JSON) -> None:
    assert json.dumps(arrives({"x": value}, "++")) == json.dumps({"x": value})


def test_a_program_that_has_such_values_already_gets_the_new_ones() -> None:
    params: Params = {"opt": {"name": "adam", "b": [0.9]}, "wd": None, "tag": "1"}
    old = {"opt.name": "sgd", "opt.b": [1, 2], "wd": 0.1, "tag": "x", "opt.lr": 1}
    options = {name: Option(None, value) for name, value in old.items()}

    for macro, style in (("args_override_hydra", None), ("args", "hydra")):
        found = read_hydra(options, arguments(macro, params, style))
        new = {"opt.name": "adam", "opt.b": [0.9], "wd": None, "tag": "1", "opt.lr": 1}
        assert found == new


def test_plain_words_are_written_as_wandb_writes_them() -> None:
    params: Params = {"a": "adam", "b": "/data/x-1.y", "n": 3, "f": 1e-05, "g.h": "cos"}
    given = [f"{name}={value}" for name, value in params.items()]
    assert hydra_grammar.overrides(params, "") == given


@pytest.mark.parametrize("key", ["é", "1.5", "", "it's", "a;b", "\n"])
def test_a_key_that_hydra_cannot_read_is_named(key: str) -> None:
    with pytest.raises(ConfigError, match="Hydra's grammar cannot carry the key"):
        hydra_grammar.overrides({"x": [{key: 1}]}, "++")


ANY = st.text(
    st.sampled_from("\\'\"${}a, \n.[]:=é?1e-+_0/")
    | st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    max_size=6,
)
KEYS = st.text(st.sampled_from("\\${}a, .[]:=?t1e-+_0/()%*@|"), min_size=1, max_size=4)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=5,
    )
)
def test_any_value_arrives_or_is_refused(value: JSON) -> None:
    try:
        hydra_grammar.overrides({"x": value}, "++")
    except ConfigError:
        return
    assert json.dumps(arrives({"x": value}, "++")) == json.dumps({"x": value})


@given(st.text(st.sampled_from("aB_-./$1e0 tru:%@?*|+,={}~"), max_size=6))
def test_a_text_that_is_said_to_be_read_without_quotes_is(text: str) -> None:
    if hydra_grammar.is_text(text):
        (found,) = OverridesParser.create().parse_overrides([f"x={text}"])
        assert found.value() == text


@pytest.mark.parametrize("text", ["3s_vs_5z", "hf://data/x", "2024-01-01", "12:30", "50%", "a@b"])
def test_a_text_that_hydra_reads_without_quotes_is_not_complained_of(text: str) -> None:
    assert hydra_grammar.is_text(text)


@pytest.mark.parametrize("name", ["+a", "++a.b", "~a", "+model/enc@x", "model/enc", "db@src"])
def test_a_name_that_hydra_takes_is_not_complained_of(name: str) -> None:
    assert OverridesParser.create().parse_overrides([f"{name}=x"])
    assert hydra_grammar.is_name(name, is_prefixed=False)
    assert hydra_grammar.is_name(name, is_prefixed=True) == (name[0] not in "+~")


PROGRAM = """\
import json
import hydra


@hydra.main(version_base=None, config_path=None)
def main(config):
    print(json.dumps([config[f"x{at}"] for at in range(len(config))]))


main()
"""


@pytest.mark.slow
def test_a_real_program_gets_nasty_texts_by_its_command_line(tmp_path: Path) -> None:
    (tmp_path / "t.py").write_text(PROGRAM)
    params: Params = {f"x{at}": text for at, text in enumerate(NASTY)}
    own = ["hydra.run.dir=.", "hydra.output_subdir=null"]
    argv = [sys.executable, "t.py", *own, *hydra_grammar.overrides(params, "+")]

    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, check=True, text=True)

    assert json.loads(done.stdout) == NASTY
