"""Read `LIMERUN_...` variables, options and `--set KEY=VALUE` into the layers."""

import re
from collections.abc import Iterator, Mapping, Sequence

from limerun.config.file import parse_document
from limerun.config.layers import Layers, Origin
from limerun.config.problems import (
    NO_VALUE,
    ConfigProblems,
    KeyPath,
    Place,
    Problem,
    nearest,
)
from limerun.config.validation import known_paths

PREFIX = "LIMERUN_"
READ_ELSEWHERE = frozenset({"LIMERUN_CACHE"})
_NOT_IN_A_NAME = re.compile(r"[^A-Z0-9]")


def lay_environment(layers: Layers, environ: Mapping[str, str]) -> Iterator[Problem]:
    """Lay the variables that name a key over the layers; yield what is wrong.

    An empty variable counts as not given.
    """
    given = {
        name: text
        for name, text in environ.items()
        if name.startswith(PREFIX) and name not in READ_ELSEWHERE and text
    }
    if not given:
        return
    paths: dict[str, KeyPath] = {}
    for path in known_paths(layers):
        paths.setdefault(_variable(path), path)
    for name, text in sorted(given.items()):
        if name not in paths:
            near = nearest(name, [*paths, *READ_ELSEWHERE])
            hint = f"is no variable of limerun's{near}"
            yield Problem(place=Place(name=name), text=hint, value=NO_VALUE)
            continue
        yield from _lay_text(layers, paths[name], text, (Origin.ENVIRONMENT, name))


def lay_options(
    layers: Layers, options: Mapping[str, object], sets: Sequence[str]
) -> Iterator[Problem]:
    """Lay options and then `--set KEY=VALUE` over the layers; yield what is wrong."""
    for key, value in options.items():
        if value is None:
            continue
        name = f"--{key.rpartition('.')[2].replace('_', '-')}"
        problem = layers.lay(split_key(key), value, Origin.OPTION, name)
        if problem:
            yield problem
    for each in sets:
        key, equals, text = each.partition("=")
        key = key.strip()
        if not equals or not all(split_key(key)):
            hint = "write --set KEY=VALUE, like --set budget.memory=150MB"
            yield Problem(place=Place(name="--set"), text=hint, value=each)
            continue
        name = f"--set {key}"
        yield from _lay_text(layers, split_key(key), text, (Origin.OPTION, name))


def split_key(key: str) -> tuple[str, ...]:
    """Return a dotted key's path; under dataset.properties a name has a dot itself."""
    parts = key.split(".")
    if parts[:2] == ["dataset", "properties"] and len(parts) > 3:
        parts[2:4] = [".".join(parts[2:4])]
    return tuple(parts)


def _variable(path: KeyPath) -> str:
    text = "_".join(str(part) for part in path).upper()
    return PREFIX + _NOT_IN_A_NAME.sub("_", text)


def _lay_text(
    layers: Layers, path: KeyPath, text: str, source: tuple[Origin, str]
) -> Iterator[Problem]:
    origin, name = source
    try:
        value = parse_document(text, name=name).value
    except ConfigProblems as error:
        for found in error.problems:
            yield Problem(
                place=Place(name=name), path=path, text=found.text, value=text
            )
        return
    if problem := layers.lay(path, value, origin, name):
        yield problem
