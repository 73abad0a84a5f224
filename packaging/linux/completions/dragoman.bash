# What completes `dragoman` in bash.
_dragoman() {
    local word=${COMP_WORDS[COMP_CWORD]}
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '--safe-graphics --help --version -h -V' -- "$word")
    fi
}
complete -o default -F _dragoman dragoman
