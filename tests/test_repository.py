"""The repository itself: what is in it, what is not, and whether its documents tell the truth."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tools import licences, locks, system
from tools.terminal import ROOT

SOURCES = (".py", ".js", ".mjs", ".css", ".html", ".sh", ".sql")
LONG = {"": 400, "tests/": 800}  # lines: beyond this nobody reads a file in one go
MAY_BE_LONG = ("alembic/versions/",)  # a migration is read once, from top to bottom


def tracked() -> list[str]:
    """Every file that git knows and that is still there."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def texts(*suffixes: str) -> dict[str, str]:
    """The tracked files with these suffixes (all text files without), by name."""
    found = {}
    for name in tracked():
        if suffixes and not name.endswith(suffixes):
            continue
        data = (ROOT / name).read_bytes()
        if b"\0" not in data[:8000]:
            found[name] = data.decode("utf-8")
    return found


def matches(pattern: str, files: dict[str, str]) -> list[str]:
    """`file:line: text` for every place where the pattern is found."""
    expression = re.compile(pattern)
    return [
        f"{name}:{number}: {line.strip()[:160]}"
        for name, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if expression.search(line)
    ]


HERE = "tests/test_repository.py"


def test_no_file_names_a_place_on_somebodys_machine():
    files = {name: text for name, text in texts().items() if name not in {HERE, "LICENSE"}}
    assert matches(r"(?<![\w.$}/-])/(home|Users|root|work|mnt|private)/\w", files) == []


def test_no_file_names_the_host_of_a_package_registry():
    files = {name: text for name, text in texts().items() if name != HERE}
    assert (
        matches(r"pypi\.org|pythonhosted|registry\.(npmjs|yarnpkg)|npmmirror|files\.python|index-url\s*[= ]\s*http|\"resolved\":", files)
        == []
    )


def test_no_file_holds_a_secret():
    files = {name: text for name, text in texts().items() if name != HERE}
    pattern = r"BEGIN (RSA |EC |OPENSSH )?PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|xox[baprs]-\w{10,}|eyJhbGciOi\w{20,}"
    assert matches(pattern, files) == []


def test_nothing_built_installed_or_stored_is_tracked():
    unwanted = re.compile(
        r"(^|/)(node_modules|dist|build|__pycache__|\.venv|var|\.mypy_cache|.*\.egg-info)/|\.(pyc|mo|sqlite3?|db|log|map|zip|whl|so)$|\.min\.(js|css)$"
    )
    assert [name for name in tracked() if unwanted.search(name)] == []


def test_no_tracked_file_is_large():
    assert {name: size for name in tracked() if (size := (ROOT / name).stat().st_size) > 600_000} == {}


def test_every_skip_says_why():
    for name, text in texts(".py").items():
        if not name.startswith("tests/") and name != "conftest.py":
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Attribute) and node.attr in {"skip", "skipif", "xfail", "importorskip"}:
                assert _has_reason(ast.parse(text), node), f"{name}:{node.lineno}: {node.attr} without a reason"


def _has_reason(tree: ast.AST, attribute: ast.Attribute) -> bool:
    """Whether the call of this attribute gives a reason: by name, or as the text that `skip` shows."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or ast.dump(call.func, include_attributes=True) != ast.dump(attribute, include_attributes=True):
            continue
        named = {keyword.arg for keyword in call.keywords}
        return "reason" in named or bool(call.args and attribute.attr in {"skip", "xfail"})
    return False


def test_no_work_is_left_as_a_remark():
    files = {name: text for name, text in texts(*SOURCES, ".toml", ".md", ".po").items() if name != HERE}
    assert matches(r"(#|//|/\*|\*|<!--|--|\"\"\")\s*(TODO|FIXME|XXX|HACK)\b", files) == []


def test_python_is_never_evaluated():
    """Models are input: neither the engine nor the application hands a text to Python's own eval or exec."""
    for name, text in texts(".py").items():
        if not name.startswith(("engine/", "app/", "forms/")):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec", "__import__"}, f"{name}:{node.lineno}"


def test_the_folder_of_migrations_is_not_a_package():
    """With an __init__.py it would hide the library of the same name."""
    assert (ROOT / "alembic").is_dir()
    assert not (ROOT / "alembic" / "__init__.py").exists()
    assert not (ROOT / "alembic" / "versions" / "__init__.py").exists()
    from alembic import command  # noqa: PLC0415 - the import itself is the test

    assert Path(command.__file__).parent != ROOT / "alembic"


def test_the_licence_is_apache_2():
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_locks_were_made_from_the_requirements_of_today():
    assert locks.are_current(), "run `make lock`"


def test_every_locked_package_has_its_hashes():
    for path in (ROOT / "requirements").glob("*.txt"):
        blocks = re.split(r"\n(?=[a-z0-9])", path.read_text().split("\n", 2)[2])
        assert len(blocks) > 20
        assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_both_locks_agree_on_versions():
    pins = [
        set(re.findall(r"^([\w.-]+==[\w.]+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE)) for name in ("run.txt", "dev.txt")
    ]
    assert pins[0] - pins[1] == set()


def test_the_project_is_never_uploaded():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "Private :: Do Not Upload" in project["classifiers"]


def test_the_changelog_has_an_entry_for_the_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert re.search(rf"^## \[{re.escape(version)}\] - (\d{{4}}-\d\d-\d\d|unreleased)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(texts(".md")))
def test_the_links_of_a_document_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)\s]+)\)", (ROOT / name).read_text()):
        if re.match(r"https?:|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        page = (ROOT / name).parent / path if path else ROOT / name
        assert page.exists(), f"{name}: {target}"
        if anchor and page.suffix == ".md":
            headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}, f"{name}: {target}"


def test_the_settings_that_are_read_are_the_settings_that_are_documented():
    page = (ROOT / "docs" / "settings.md").read_text()
    pattern = re.compile(r"\bCROSSDESK_[A-Z][A-Z_]*[A-Z]\b")
    read = {f"CROSSDESK_{word}" for word in re.findall(r"""given(?:\.get\(|, )"([A-Z_]+)\"""", (ROOT / "app" / "config.py").read_text())}
    assert len(read) > 5
    read |= {word for name, text in texts(".py", ".sh").items() if name not in {HERE, "app/config.py"} for word in pattern.findall(text)}
    documented = set(re.findall(r"^\| `(CROSSDESK_[A-Z_]+)`", page, re.MULTILINE))
    assert read - documented == set(), "read, but not in docs/settings.md"
    assert documented - read == set(), "in docs/settings.md, but read nowhere"


def test_every_target_of_the_makefile_explains_itself():
    text = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", text, re.MULTILINE))
    assert targets == set(re.findall(r"^([a-z]+):.*## \w", text, re.MULTILINE))
    shown = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert [name for name in targets if f"make {name} " not in shown] == []


def test_files_can_be_read_in_one_go():
    lengths = {name: text.count("\n") for name, text in texts(*SOURCES).items() if not name.startswith(MAY_BE_LONG)}
    for name, lines in sorted(lengths.items(), key=lambda pair: -pair[1]):
        if lines > 250:
            print(f"long: {name} ({lines} lines)")
    assert {name: lines for name, lines in lengths.items() if lines > LONG["tests/" if name.startswith("tests/") else ""]} == {}


@pytest.fixture
def npm_packages() -> None:
    """The npm packages are installed: some have their licence in a file only."""
    if not (ROOT / "app" / "frontend" / "node_modules").is_dir():
        pytest.skip("the npm packages are not installed; `make build` does it")


@pytest.mark.usefixtures("npm_packages")
def test_every_licence_goes_with_ours():
    assert licences.unfit() == []


@pytest.mark.usefixtures("npm_packages")
def test_the_page_of_licences_lists_what_the_locks_hold():
    page = licences.PAGE.read_text()
    listed = set(re.findall(r"^\| (\S+) \| (\S+) \|", page, re.MULTILINE))
    wanted = {(entry.name, entry.version) for entry in [*licences.python_entries("dev"), *licences.npm_entries(dev=False)]}
    assert wanted - listed == set(), "run `make licences`"


@pytest.mark.browser
def test_a_browser_and_a_chinese_font_are_here():
    if not system.chromium():
        pytest.skip(f"no Chromium; install it with: {system.COMMAND}")
    assert system.has_chinese_font()
