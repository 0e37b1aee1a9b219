/**
 * The script with which bash completes the words of this command. It is ours, because it may be read twice, and needs no package:
 * where bash-completion is there, what bash splits at ":" and "=" is one word again.
 */
export const bashScript: string = `# Completion of guestshare for bash.
__guestshare_complete() {
    local cur=\${COMP_WORDS[COMP_CWORD]} prev cword=$COMP_CWORD out directive value _
    local -a words=("\${COMP_WORDS[@]}")
    if declare -F _get_comp_words_by_ref >/dev/null; then
        _get_comp_words_by_ref -n "=:" cur prev words cword
    elif [[ $cur == [:=] ]]; then
        cur="" words[cword]=""
    fi
    out=$(guestshare complete -- "\${words[@]:1:cword}" 2>/dev/null) || return
    directive=\${out##*:}
    COMPREPLY=()
    while IFS=$'\\t' read -r value _; do
        if [[ -n $value && $value == "$cur"* ]]; then COMPREPLY+=("$value"); fi
    done <<<"\${out%:*}"
    if ((directive & 2)); then compopt -o nospace; fi
    if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$cur"; fi
}
complete -F __guestshare_complete guestshare
`;
