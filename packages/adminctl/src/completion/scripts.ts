/**
 * What a shell evaluates to complete adminctl. Each hands the words up to the cursor to `adminctl __complete`, which answers
 * `CANDIDATE<tab>DESCRIPTION` a line; where it answers nothing, the shell offers files, as it does by default.
 */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const bash = `# In ~/.bashrc:  source <(adminctl completion bash)
_adminctl() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _adminctl adminctl
`;

const zsh = `#compdef adminctl
# In ~/.zshrc, after compinit:  source <(adminctl completion zsh)
_adminctl() {
  local line
  local -a candidates descriptions
  while IFS= read -r line; do
    candidates+=("\${line%%$'\\t'*}")
    descriptions+=("\${line/$'\\t'/  -- }")
  done < <("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#candidates} )); then
    compadd -l -d descriptions -a candidates
  else
    _files
  fi
}
compdef _adminctl adminctl
`;

const fish = `# adminctl completion fish > ~/.config/fish/completions/adminctl.fish
function __adminctl_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l candidates ($words[1] __complete -- $words[2..-1] 2>/dev/null)
    if test (count $candidates) -gt 0
        printf '%s\\n' $candidates
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c adminctl -f -a '(__adminctl_complete)'
`;

export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = { bash, zsh, fish };
