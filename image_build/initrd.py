"""The first file system, in memory: busybox, dmsetup and the modules between the kernel and the verified root.

`init` (recipe/init) is PID 1 of it. Written by hand because Debian's generators would have to run on the card's own
processor, and bring ten times as much (docs/adr/0041).
"""

import gzip
import lzma
import shutil
import subprocess
from pathlib import Path

from image_build import kernel
from image_build.layout import EPOCH
from image_build.tools import BuildError, environment, need, run

INIT = Path(__file__).parent / "recipe" / "init"
PROGRAMS = ("readelf", "cpio")
FOLDERS = ("bin", "lib/aarch64-linux-gnu", "proc", "sys", "dev", "root")


def make(tree: Path, version: str, folder: Path, file: Path) -> list[str]:
    """Writes `file` from the root's own programs; its modules, in the order of their loading. Raises BuildError."""
    need(*PROGRAMS, root=True)
    shutil.rmtree(folder, ignore_errors=True)
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    shutil.copyfile(INIT, folder / "init")
    (folder / "init").chmod(0o755)
    for program in ("usr/bin/busybox", "usr/sbin/dmsetup"):
        place = folder / "bin" / Path(program).name
        shutil.copyfile(tree / program, place)
        place.chmod(0o755)
    (folder / "bin/sh").symlink_to("busybox")
    for library in _libraries(tree, tree / "usr/sbin/dmsetup"):
        shutil.copyfile(library.resolve(), folder / "lib/aarch64-linux-gnu" / library.name)
        (folder / "lib/aarch64-linux-gnu" / library.name).chmod(0o755)
    loader = folder / "lib/aarch64-linux-gnu/ld-linux-aarch64.so.1"
    loader.rename(folder / "lib" / loader.name)
    names = _modules(tree / "usr/lib/modules" / version, folder / "lib")
    (folder / "modules").write_text("".join(f"{name}\n" for name in names))
    run("find", folder, "-exec", "touch", "-h", "-d", f"@{EPOCH}", "{}", "+")
    listed = "".join(f"{path}\n" for path in sorted(str(path.relative_to(folder)) for path in folder.rglob("*")))
    packed = subprocess.run(
        ["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0", "--reproducible"],
        cwd=folder,
        env=environment({}),
        input=listed.encode(),
        capture_output=True,
        check=False,
    )
    if packed.returncode:
        raise BuildError(f"cpio failed: {packed.stderr.decode(errors='replace')[-300:]}")
    file.write_bytes(gzip.compress(packed.stdout, 9, mtime=0))
    return names


def _libraries(tree: Path, program: Path) -> list[Path]:
    """What `program` is linked with, and what that is."""
    found: dict[str, Path] = {}
    todo = [program]
    while todo:
        for name in needed(run("readelf", "-d", todo.pop())):
            if name not in found:
                found[name] = tree / "usr/lib/aarch64-linux-gnu" / name
                todo.append(found[name])
    return [found[name] for name in sorted(found)]


def needed(said: str) -> list[str]:
    """Names of libraries in what `readelf -d` printed."""
    return [line.partition("[")[2].partition("]")[0] for line in said.splitlines() if "(NEEDED)" in line]


def _modules(modules: Path, place: Path) -> list[str]:
    names = []
    for path in kernel.closure(kernel.FIRST, kernel.needs((modules / "modules.dep").read_text())):
        name = Path(path).name.removesuffix(".xz")
        packed = (modules / path).read_bytes()
        (place / name).write_bytes(lzma.decompress(packed) if path.endswith(".xz") else packed)
        names.append(name)
    return names
