"""Join ES modules into one classic script, for a page that may load nothing.

A page without a network cannot import modules by address, and a policy that allowed data: scripts
for the sake of imports would allow any script. So each module becomes a function of its own, in the
order in which they need each other, and hands over what it exports. Modules are written in the
small part of the language that this needs: named imports and exports at the beginning of a line, no
default, no `export ... from`, no cycles. Anything else is refused. The linker knows nothing of
strings: no module may have a line inside a string that begins with `import`, `export` or a comment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?function|const|class) (\w+)", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?:/\*\*?(?:[^*]|\*(?!/))*\*/|//.*)[ \t]*\n", re.MULTILINE)


class LinkError(ValueError):
    """Modules that cannot be joined; the message names the module and says why."""


def link(modules: Mapping[str, str], *, entry: str) -> str:
    """Return a script that runs `entry` and the modules it needs, each once.

    Parameters
    ----------
    modules : mapping of str to str
        Source by file name. An import is resolved by its last part: names must be unique.
    entry : str
        Name of the module to run.

    Returns
    -------
    str
        A script for one `<script>` element; comments on lines of their own are left out.

    Raises
    ------
    LinkError
        A module is missing, modules need each other in a circle, or a line is not understood.
    """
    order: list[str] = []
    _visit(entry, modules, order, ())
    bodies = "\n".join(_wrapped(name, modules[name]) for name in order)
    script = f'(() => {{\n"use strict";\nconst modules = {{}};\n{bodies}\n}})();\n'
    if re.search(r"</script|<!--", script, re.IGNORECASE):
        message = "a module holds text that would end its <script> element"
        raise LinkError(message)
    return script


def _visit(name: str, modules: Mapping[str, str], order: list[str], path: tuple[str, ...]) -> None:
    """Append a module after all that it needs."""
    if name in order:
        return
    if name in path:
        message = f"{' imports '.join([*path, name])}: a circle"
        raise LinkError(message)
    if name not in modules:
        message = f"{path[-1] if path else 'the entry'}: there is no module {name}"
        raise LinkError(message)
    for found in _IMPORT.finditer(modules[name]):
        _visit(_file_name(found[2]), modules, order, (*path, name))
    order.append(name)


def _wrapped(name: str, source: str) -> str:
    exported = [found[2] for found in _EXPORT.finditer(source)]
    body = _EXPORT.sub(r"\1 \2", _IMPORT.sub(_binding, source))
    left = _OTHER.search(body)
    if left:
        message = f"{name}: not understood: {left[0]}"
        raise LinkError(message)
    body = _COMMENT.sub("", body).strip()
    return f'modules["{name}"] = (() => {{\n{body}\nreturn {{ {", ".join(exported)} }};\n}})();'


def _binding(found: re.Match[str]) -> str:
    names = " ".join(found[1].split()).replace(" as ", ": ")
    return f'const {{ {names} }} = modules["{_file_name(found[2])}"];'


def _file_name(address: str) -> str:
    return address.rsplit("/", 1)[-1]
