"""The language host's process: `pulumi-language-python ENGINE_ADDRESS`. Prints its port on the first line of stdout."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import grpc
from google.protobuf.json_format import MessageToDict


def _skip_the_sdk() -> None:
    """Let the protocol's modules be imported without the packages around them.

    The engine starts this host twice in every run, and the SDK, which only programs need, is half of its start.
    """
    found = find_spec("pulumi")
    assert found
    assert found.submodule_search_locations
    folder = Path(found.submodule_search_locations[0])
    for name, place in (("pulumi", folder), ("pulumi.runtime", folder / "runtime")):
        package = ModuleType(name)
        package.__path__ = [str(place)]
        sys.modules.setdefault(name, package)


_skip_the_sdk()

from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2  # noqa: E402 - see above

_RUN_PROGRAM = Path(__file__).with_name("run_program.py")
# A program that ends with this code has told the user why: the engine adds nothing (Pulumi's own convention).
_TOLD = 32
# Running one program at a time, and a few questions beside it.
_THREADS = 4


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """What the engine asks of a language host to install a program's libraries and run it; it generates no code."""

    def __init__(self, engine_address: str) -> None:
        """`engine_address` is where the program sends its log, as HOST:PORT."""
        self._engine_address = engine_address
        self._running: set[subprocess.Popen[bytes]] = set()

    def Run(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Run the program to its end. A non-zero exit code is an error unless the program has told the user itself."""
        task = {
            "project": request.project,
            "stack": request.stack,
            "rootDirectory": request.info.root_directory,
            "program": str(Path(request.info.program_directory or request.pwd, request.info.entry_point or ".")),
            "engine": self._engine_address,
            "monitor": request.monitor_address,
            "preview": request.dryRun,
            "parallel": request.parallel,
            "organization": request.organization or "organization",
            "config": dict(request.config),
            "secretKeys": list(request.configSecretKeys),
            "arguments": list(request.args),
        }
        command = [str(_interpreter(request.info)), "-u", str(_RUN_PROGRAM)]
        with subprocess.Popen(command, cwd=request.pwd, stdin=subprocess.PIPE) as program:
            self._running.add(program)
            context.add_callback(lambda: _interrupt(program))  # an engine that has failed waits for no program
            assert program.stdin
            # Through a pipe, because configuration may hold secrets, which a command line would show to everybody.
            program.stdin.write(json.dumps(task).encode())
            program.stdin.close()
            code = program.wait()
        self._running.discard(program)
        if code == _TOLD:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"the program exited with code {code}" if code else "")

    def InstallDependencies(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Make the virtual environment that the project names, and install its requirements.txt with pip."""
        chosen = _virtual_environment(request.info)
        python = chosen / "bin" / "python" if chosen else Path(sys.executable)
        commands = [] if python.exists() else [[sys.executable, "-m", "venv", str(chosen)]]
        if Path(request.directory, "requirements.txt").exists():
            commands.append([str(python), "-m", "pip", "install", "--quiet", "-r", "requirements.txt"])
        for command in commands:
            ran = subprocess.run(command, cwd=request.directory, capture_output=True, check=False)
            yield language_pb2.InstallDependenciesResponse(stdout=ran.stdout, stderr=ran.stderr)
            if ran.returncode:
                context.abort(grpc.StatusCode.INTERNAL, f"`{' '.join(command)}` exited with code {ran.returncode}")

    def interrupt(self) -> None:
        """Ask what still runs to stop: the engine is going away."""
        for program in list(self._running):
            _interrupt(program)

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        """The version is Pulumi's for Python, which runs the program."""
        return plugin_pb2.PluginInfo(version=version("pulumi"))

    def About(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Which interpreter runs programs, for `pulumi about`."""
        return language_pb2.AboutResponse(executable=sys.executable, version=".".join(map(str, sys.version_info[:3])))

    def GetRequiredPackages(self, request: Any, context: grpc.ServicerContext) -> Any:
        """None: the project's own Pulumi.yaml names its plugin by path."""
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, request: Any, context: grpc.ServicerContext) -> Any:
        """None: see `GetRequiredPackages`, which newer engines ask."""
        return language_pb2.GetRequiredPluginsResponse()


def _interrupt(program: subprocess.Popen[bytes]) -> None:
    if program.poll() is None:
        program.send_signal(signal.SIGINT)


def _interpreter(info: Any) -> Path:
    """The virtual environment that the project's `runtime.options.virtualenv` names, else this interpreter."""
    chosen = _virtual_environment(info)
    python = chosen / "bin" / "python" if chosen else None
    return python if python and python.exists() else Path(sys.executable)


def _virtual_environment(info: Any) -> Path | None:
    chosen = MessageToDict(info.options).get("virtualenv")
    return Path(info.root_directory, chosen) if isinstance(chosen, str) else None


def main() -> None:
    """Serve on loopback until the engine stops this process, or is gone."""
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    # The engine starts plugins in process groups of their own and ends them by SIGINT, so a terminal's Ctrl-C is none.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    host = LanguageHost(sys.argv[-1] if len(sys.argv) > 1 else "")
    server = grpc.server(ThreadPoolExecutor(_THREADS))
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    engine = os.getppid()
    while not stopped.wait(timeout=1) and os.getppid() == engine:
        pass  # an engine that was killed stops nobody: its orphans must notice
    host.interrupt()
    server.stop(grace=None).wait()


if __name__ == "__main__":
    main()
