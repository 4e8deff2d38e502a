"""`provisioner completion`: the script that lets a shell complete commands, environments, applications and paths."""

from __future__ import annotations

import click

from provisioner.cli.completion_words import FILES
from provisioner.cli.main import COMPLETING

_BASH = """\
_provisioner_completion() {
    local words=("${COMP_WORDS[@]:1:COMP_CWORD}") line
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == FILES ]]; then
            compopt -o default
        else
            COMPREPLY+=("$line")
            [[ $line == */ ]] && compopt -o nospace
        fi
    done < <(VARIABLE=1 "${COMP_WORDS[0]}" "${words[@]}" 2>/dev/null)
}
complete -F _provisioner_completion provisioner
"""

_ZSH = """\
#compdef provisioner
_provisioner() {
    local -a found finished
    local line
    for line in ${(f)"$(VARIABLE=1 ${words[1]} "${(@)words[2,$CURRENT]}" 2>/dev/null)"}; do
        if [[ $line == FILES ]]; then
            _files
        elif [[ $line == */ ]]; then
            found+=("$line")
        else
            finished+=("$line")
        fi
    done
    (( ${#found} )) && compadd -S '' -- "${found[@]}"
    (( ${#finished} )) && compadd -- "${finished[@]}"
}
if [ "$funcstack[1]" = _provisioner ]; then _provisioner "$@"; else compdef _provisioner provisioner; fi
"""

_FISH = """\
function __provisioner_candidates
    set -l found (VARIABLE=1 provisioner (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
    if contains -- FILES $found
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $found
    end
end
complete -c provisioner -f -a '(__provisioner_candidates)'
"""

_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(_SCRIPTS)))
def command(shell: str) -> None:
    """Print the script that completes commands, environments, applications, paths and versions in a shell.

    In bash and zsh: eval "$(provisioner completion bash)" in the shell's own file; in fish: a pipe into `source`.

    \b
    Examples:
      provisioner completion bash
      provisioner completion zsh
      provisioner completion fish
    """
    click.echo(_SCRIPTS[shell].replace("VARIABLE", COMPLETING).replace("FILES", FILES), nl=False)
