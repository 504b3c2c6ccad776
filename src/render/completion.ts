/** Each script asks `phalanx __complete` for completions at the cursor, so it knows every command, option and name. */

export type Shell = "bash" | "zsh" | "fish";

// Always runs the program on the PATH: pressing TAB must not run something in a checkout that is called phalanx.
//
// Bash splits words at =, : and @, so the line is split again here, and the text before such a break is removed from
// the result. Bash inserts words verbatim unless they are file names; zsh and fish quote by themselves.
const BASH = `# bash completion for phalanx
_phalanx() {
  local line=\${COMP_LINE:0:COMP_POINT} words=() lines=() current word
  # Without -r: what a backslash stands before is itself.
  read -a words <<< "$line"
  [[ $line == *[^\\\\][[:space:]] ]] && words+=("")
  current=\${words[\${#words[@]}-1]}
  COMPREPLY=()
  while IFS= read -r line; do lines+=("$line"); done < <(command phalanx __complete -- "\${words[@]:1}" 2>/dev/null)
  case \${lines[0]} in
    :files | :directories)
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -\${lines:1:1} -- "\${current#--*=}")
      compopt -o filenames 2>/dev/null
      return ;;
  esac
  for line in "\${lines[@]}"; do
    word=\${line%%$'\\t'*}
    [[ $current == *[=:@]* ]] && word=\${word#"\${current%"\${current##*[=:@]}"}"}
    printf -v word %q "$word"
    COMPREPLY+=("$word")
  done
  [[ \${COMPREPLY[0]} == */ && \${#COMPREPLY[@]} == 1 ]] && compopt -o nospace 2>/dev/null
}
complete -F _phalanx phalanx
`;

const ZSH = `#compdef phalanx
_phalanx() {
  local -a lines whole begun
  local line entry
  lines=("\${(@f)$(command phalanx __complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  case $lines[1] in
    (:files) [[ $PREFIX == --*=* ]] && compset -P '*='; _files; return ;;
    (:directories) [[ $PREFIX == --*=* ]] && compset -P '*='; _files -/; return ;;
  esac
  for line in $lines; do
    entry=\${\${\${line%%$'\\t'*}//\\\\/\\\\\\\\}//:/\\\\:}
    [[ $line == *$'\\t'* ]] && entry+=:\${line#*$'\\t'}
    if [[ \${line%%$'\\t'*} == */ ]]; then begun+=($entry); else whole+=($entry); fi
  done
  (( $#whole )) && _describe phalanx whole
  (( $#begun )) && _describe phalanx begun -S ''
}
if [[ $funcstack[1] == _phalanx ]]; then _phalanx "$@"; else compdef _phalanx phalanx; fi
`;

const FISH = `# fish completion for phalanx
function __phalanx_complete
  set -l words (commandline -opc)
  set -l typed (commandline -ct)
  set -l current (string unescape -- "$typed")
  set -e words[1]
  set -l lines (command phalanx __complete -- $words "$current" 2>/dev/null)
  switch "$lines[1]"
    case :files
      complete -C "'' "(string replace -r -- '^--[^=]*=' '' "$typed")
    case :directories
      __fish_complete_directories (string replace -r -- '^--[^=]*=' '' "$typed")
    case '*'
      test (count $lines) -gt 0; and printf '%s\\n' $lines
  end
end
complete -c phalanx -f -a '(__phalanx_complete)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
