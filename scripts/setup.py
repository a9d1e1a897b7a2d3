"""Make the virtual environment, from the lock file alone: `python3 scripts/setup.py .venv`.

Uses uv when it is there (faster) and plain venv and pip otherwise. Needs Python 3.11 or newer.
"""

import shutil
import subprocess
import sys
import venv
from pathlib import Path


def run(*command: str) -> None:
    print("+", " ".join(command), flush=True)
    subprocess.run(command, check=True)


def main(folder: str) -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"Doorward needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    python = str(Path(folder) / "bin" / "python")
    uv = shutil.which("uv")
    if not Path(python).exists():
        venv.create(folder, with_pip=uv is None, clear=True)
    install = (
        [uv, "pip", "install", "--compile-bytecode", "--python", python]
        if uv
        else [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    )
    # The lock file is whole. Left to resolve, pip meets `coverage[toml]` of a dependency, looks at
    # the newest coverage there is and stops at its missing hash, whatever the lock file pins.
    run(*install, "--no-deps", "--require-hashes", "-r", "requirements.lock")
    run(*install, "--no-deps", "--no-build-isolation", "-e", ".")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else ".venv")
