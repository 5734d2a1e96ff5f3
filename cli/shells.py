"""How bash, zsh and fish ask for completions, and the scripts that teach them to.

Click's scripts do for names. Ours hand over every word on a line of its own, so that quotes and
blanks survive, and join again what bash splits at the colons of `PATH::NAME`.
"""

from __future__ import annotations

import os
import re
from typing import Any

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    split_arg_string,
)

_BASH = """\
# Completion of contrast for bash: put this into ~/.bashrc
#     eval "$(contrast completion bash)"
%(complete_func)s() {
    local -a words=()
    local rest=${COMP_LINE:0:COMP_POINT} word='' cword=0 i
    # Bash splits PATH::NAME at the colons of COMP_WORDBREAKS: join what no blank stands between.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i == 0)) || [[ -z $rest || $rest == [[:space:]]* ]]; then
            words+=('')
        fi
        rest=${rest#"${rest%%%%[![:space:]]*}"}
        ((i < COMP_CWORD)) || word=$rest
        cword=$((${#words[@]} - 1))
        words[cword]+=$word
        rest=${rest#"$word"}
    done
    local IFS=$'\\n' type='' value=''
    COMPREPLY=()
    while IFS=',' read -r type value; do
        case $type in
            plain) COMPREPLY+=("$value") ;;
            open) COMPREPLY+=("$value"); compopt -o nospace 2>/dev/null ;;
            file)
                if ((${#COMPREPLY[@]})); then
                    COMPREPLY+=($(compgen -f -- "${words[cword]}"))
                else
                    compopt -o default 2>/dev/null \\
                        || COMPREPLY+=($(compgen -f -- "${words[cword]}"))
                fi ;;
        esac
    done < <(COMP_WORDS="${words[*]}" COMP_CWORD=$cword COMP_BREAKS=$COMP_WORDBREAKS \\
        %(complete_var)s=bash_complete "$1" 2>/dev/null)
}
complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null \\
    || complete -F %(complete_func)s %(prog_name)s
"""

_ZSH = """\
#compdef %(prog_name)s
# Completion of contrast for zsh: put this into ~/.zshrc, behind compinit
#     eval "$(contrast completion zsh)"
%(complete_func)s() {
    local -a response plain shown open
    local type value help
    response=("${(@f)$(COMP_WORDS="${(pj:\\n:)words[1,CURRENT]}" COMP_CWORD=$((CURRENT - 1)) \\
        %(complete_var)s=zsh_complete $words[1] 2>/dev/null)}")
    for type value help in "${response[@]}"; do
        case $type in
            plain)
                plain+=("$value")
                if [[ $help == _ ]]; then shown+=("$value"); else shown+=("$value  $help"); fi ;;
            open) open+=("$value") ;;
            file) _files ;;
        esac
    done
    (( $#plain )) && compadd -Q -l -V contrast -d shown -a plain
    (( $#open )) && compadd -Q -S '' -V contrast-open -a open
    return 0
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH = """\
# Completion of contrast for fish:
#     contrast completion fish > ~/.config/fish/completions/contrast.fish
function %(complete_func)s
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -lx COMP_WORDS (string join \\n -- $before "$current" | string collect)
    set -lx COMP_CWORD (count $before)
    set -lx %(complete_var)s fish_complete
    for completion in ($before[1] 2>/dev/null)
        set -l parts (string split -m 1 , -- $completion)
        if test $parts[1] = file
            __fish_complete_path $current
        else
            echo $parts[2]
        end
    end
end
complete --no-files --keep-order --command %(prog_name)s --arguments "(%(complete_func)s)"
"""

_SAFE = re.compile(r"([^\w@%+=:,./~-])", re.ASCII)
"""Characters that a shell would not leave alone."""


def _words() -> tuple[list[str], str]:
    """The words before the one that is completed, and that one: as they were typed."""
    written, place = os.environ["COMP_WORDS"], int(os.environ["COMP_CWORD"])
    words = written.split("\n") if "\n" in written else split_arg_string(written)
    return words[1:place], words[place] if place < len(words) else ""


def _bare(word: str) -> str:
    """Without quotes."""
    return "".join(split_arg_string(word)[:1])


def _in_quotes(value: str, quote: str) -> str | None:
    """As it is behind an open quote: a name in a file must not become a command; else None."""
    if quote == '"':
        return re.sub(r'([\\"$`])', r"\\\1", value)
    return value.replace("'", r"'\''") if quote == "'" else None


class _Asked:
    """What the three have in common."""

    raw = ""
    """The word that is completed, as it was typed."""

    quoted = True
    """Whether the shell hands over quotes as they were typed."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before, and the one that is completed."""
        before, self.raw = _words()
        return [_bare(each) if self.quoted else each for each in before], _bare(self.raw)

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """What there is; behind `--option=` whole words, because that is what shells replace."""
        asked: Any = super()
        found: list[CompletionItem[str]] = asked.get_completions(list(args), incomplete)
        option, equals, _ = incomplete.partition("=")
        head = f"{option}=" if equals and option.startswith("--") and "--" not in args else ""
        return [
            each
            if each.type == "file"
            else CompletionItem(self.written(f"{head}{each.value}"), each.type, each.help)
            for each in found
        ]

    def written(self, value: str) -> str:
        """A candidate as it is put on the command line."""
        return _in_quotes(value, self.raw[:1]) or _SAFE.sub(r"\\\1", value)


class Bash(_Asked, BashComplete):
    """Bash replaces what follows the last character of COMP_WORDBREAKS, outside of quotes."""

    source_template = _BASH

    def source(self) -> str:
        """The script, without asking which bash there is."""
        return ShellComplete.source(self)

    def written(self, value: str) -> str:
        """A candidate from the last break of the word on."""
        if self.raw[:1] in ('"', "'"):
            return super().written(value)
        breaks = [each for each in ":=" if each in os.environ.get("COMP_BREAKS", "")]
        typed = _bare(self.raw)
        cut = max((typed.rfind(each) + 1 for each in breaks), default=0)
        return super().written(value[cut:])


class Zsh(_Asked, ZshComplete):
    """Zsh takes whole words, quoted."""

    source_template = _ZSH

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Type, value and help, a line each."""
        help_text = " ".join((item.help or "_").split())
        return f"{item.type}\n{item.value}\n{help_text}"


class Fish(_Asked, FishComplete):
    """Fish takes whole words and quotes them itself; it hands over words without quotes."""

    source_template, quoted = _FISH, False

    def written(self, value: str) -> str:
        """As it is."""
        return value

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Type and value; behind a tab the help."""
        help_text = f"\t{' '.join(item.help.split())}" if item.help else ""
        return f"{item.type},{item.value}{help_text}"


SHELLS: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}
