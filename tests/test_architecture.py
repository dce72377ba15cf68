"""The rules of the house that no type checker sees."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot

PACKAGE = Path(bot.__file__).parent
# From the bottom to the top; a module may import only what stands on a lower floor.
FLOORS = [
    {"errors", "text"},
    {"knowledge"},
    {"loading", "index", "gist"},
    {"matching"},
    {"danger"},
    {"chat"},
    {"conversation"},
    {"render"},
    {"channels"},
    {"authoring"},
    {"terminal"},
    {"arguments"},
    {"cli"},
    {"__init__", "__main__"},
]
OWNERS = {"yaml": {"loading"}, "rapidfuzz": {"danger", "matching"}, "prompt_toolkit": {"terminal"}}
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


def room(module: str) -> str:
    return module.split("/")[0].removesuffix(".py")


def imports(module: str) -> Iterator[tuple[int, str]]:
    """Yield how many folders up an import goes (0: absolute) and what it names."""
    for node in ast.walk(ast.parse((PACKAGE / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = [node.module] if node.module else [alias.name for alias in node.names]
            yield from ((node.level, name) for name in names)


def floor(name: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if name in rooms)


def test_every_module_has_a_floor() -> None:
    assert {room(module) for module in MODULES} == set().union(*FLOORS)


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down_only(module: str) -> None:
    depth = module.count("/") + 1
    for level, name in imports(module):
        if level == depth:
            assert floor(name.split(".")[0]) < floor(room(module)), f"{module} imports {name}"


@pytest.mark.parametrize("module", MODULES)
def test_our_own_modules_are_imported_relatively_so_that_the_package_can_be_renamed(module: str) -> None:
    assert "bot" not in {name.split(".")[0] for level, name in imports(module) if level == 0}


@pytest.mark.parametrize("module", MODULES)
def test_each_package_of_others_has_one_owner(module: str) -> None:
    for level, name in imports(module):
        top = name.split(".")[0]
        if level == 0 and top not in sys.stdlib_module_names:
            assert room(module) in OWNERS[top], f"{module} imports {top}"


def test_all_lists_what_the_package_imports_and_each_name_exists() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    ours = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    named = [alias.name for node in ours for alias in node.names]
    assert sorted(named) == sorted(bot.__all__)
    assert all(hasattr(bot, name) for name in bot.__all__)


def test_importing_the_package_loads_no_terminal_and_reads_no_knowledge() -> None:
    script = (
        "import sys, builtins, io\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        "import bot\n"
        "assert set(bot.__all__) <= set(dir(bot))\n"
        "from bot import *\n"
        "assert 'prompt_toolkit' not in sys.modules\n"
        "assert not [path for path in opened if path.endswith('.yaml')], opened\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()
