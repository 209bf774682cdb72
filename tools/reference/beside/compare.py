"""Counts the lines of each cell and times it with both sides in turn, three times: a Markdown table.

python3 -m venv .venv && .venv/bin/pip install torch==2.5.1 -r tools/reference/requirements-metrics.txt && .venv/bin/pip install --no-deps quantus==0.5.3
.venv/bin/python tools/reference/beside/compare.py [cell ...]

Seconds are those of the processor, of one thread, less those of what comes before the work: imports in Python, `touchstone plan` of the same config. Little else should run meanwhile.
"""

import ast
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).parent
repeats = 3
imports = "import given, quantus, runpy, scipy.ndimage, scipy.stats"
environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def processor(*command):
    """Processor seconds of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=here, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def python(cell):
    start = processor(sys.executable, "-c", imports)
    return processor(sys.executable, "-c", f"{imports}; runpy.run_path('{cell}.py')") - start


def touchstone(cell):
    command = ["node", here / "../../../packages/cli/bin/touchstone.js"]
    with tempfile.TemporaryDirectory() as folder:
        start = processor(*command, "plan", f"{cell}.config.ts", "--store", f"{folder}/store")
        return processor(*command, "run", f"{cell}.config.ts", "--out", f"{folder}/out", "--store", f"{folder}/store") - start


def lines(path):
    """Lines with something on them that is no comment and no docstring, and their characters without indentation."""
    text = path.read_text()
    kept = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith(("#", "//"))]
    if path.suffix == ".py":
        body = ast.parse(text)
        docstrings = {line for node in [body, *(n for n in ast.walk(body) if isinstance(n, ast.FunctionDef))] if (doc := ast.get_docstring(node)) for line in doc.splitlines()}
        kept = [line for line in kept if line.strip('"') not in docstrings]
    return f"{len(kept)} ({sum(map(len, kept)):,} characters)"


print(f"given.py, read by all of them: {lines(here / 'given.py')}\n")
print("| cell | lines in Python | lines of a config | seconds in Python | seconds here | ratio |\n|---|---|---|---|---|---|")
for cell in sys.argv[1:] or ["scores", "osr", "lens"]:
    pairs = [(python(cell), touchstone(cell)) for _ in range(repeats)]
    theirs, ours = zip(*pairs)
    shown = lambda values: ", ".join(f"{value:.1f}" for value in values)
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"| {cell} | {lines(here / f'{cell}.py')} | {lines(here / f'{cell}.config.ts')} | {shown(theirs)} | {shown(ours)} | {ratio:.2f} |", flush=True)
