# bash completion for ocislim(1)

# The word that stands for the destination or the source: transports, then paths behind them.
_ocislim_reference()
{
  local cur=$1 transport rest
  case $cur in
    oci:* | oci-archive:* | docker-archive:* | dir:* | rootfs:*)
      transport=${cur%%:*}: rest=${cur#*:}
      mapfile -t COMPREPLY < <(compgen -P "$transport" -f -- "$rest")
      ;;
    *)
      mapfile -t COMPREPLY < <(compgen -W "oci: oci-archive: docker-archive: docker:// docker-daemon: dir: rootfs: -" -- "$cur"; compgen -f -- "$cur")
      ;;
  esac
  compopt -o nospace -o filenames 2>/dev/null
  # bash splits words at colons: what stands before the last one is not repeated
  if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
    local colon=${cur%"${cur##*:}"} i
    for i in "${!COMPREPLY[@]}"; do
      COMPREPLY[i]=${COMPREPLY[i]#"$colon"}
    done
  fi
}

# The word under the cursor, with the colons that bash splits it at.
_ocislim_current()
{
  local line=${COMP_LINE:0:COMP_POINT}
  printf '%s' "${line##*[[:space:]]}"
}

_ocislim()
{
  local cur prev command options
  local keep_options='--entrypoint --exec --include --exclude --include-from --keep --package-db --rules --dlopen --allow-missing'
  local source_options='--platform --threads --max-uncompressed --max-ratio --help'
  source_options+=' --authfile --src-creds --src-tls-verify --src-cert-dir --retry-times'
  cur=$(_ocislim_current)
  prev=${COMP_WORDS[COMP_CWORD - 1]}
  command=${COMP_WORDS[1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W 'slim deps diff rules sbom why help --help --version' -- "$cur")
    return
  fi
  case $command in
    slim)
      options="--all --tag --output --push --load --label --annotation --source-date-epoch --iidfile --digestfile --metadata-file --compression --level --dest-creds --dest-tls-verify --dest-cert-dir --max-size --report --json --quiet --verbose $keep_options $source_options"
      ;;
    deps) options="--all --json $source_options" ;;
    diff) options="--json $source_options" ;;
    rules) options="--json $keep_options $source_options" ;;
    sbom) options="--format $source_options" ;;
    why) options="$keep_options $source_options" ;;
    help)
      mapfile -t COMPREPLY < <(compgen -W 'slim deps diff rules sbom why' -- "$cur")
      return
      ;;
    *) return ;;
  esac
  case $prev in
    --format) mapfile -t COMPREPLY < <(compgen -W 'spdx cyclonedx' -- "$cur") ;;
    --compression) mapfile -t COMPREPLY < <(compgen -W 'gzip zstd none' -- "$cur") ;;
    --keep) mapfile -t COMPREPLY < <(compgen -W 'strict safe package' -- "$cur") ;;
    --package-db) mapfile -t COMPREPLY < <(compgen -W 'filtered keep none' -- "$cur") ;;
    --dlopen) mapfile -t COMPREPLY < <(compgen -W 'required recommended suggested' -- "$cur") ;;
    --src-tls-verify | --dest-tls-verify) mapfile -t COMPREPLY < <(compgen -W 'true false' -- "$cur") ;;
    --rules | --src-cert-dir | --dest-cert-dir) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
    --include-from | --report | --iidfile | --digestfile | --metadata-file | --authfile) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    --output | -o) mapfile -t COMPREPLY < <(compgen -P type= -W 'oci docker registry local' -- "${cur#type=}") ;;
    --tag | -t | --label | --annotation | --source-date-epoch | --entrypoint | --exec | --include | --exclude | --level | --max-size | --platform | --threads | --max-uncompressed | --max-ratio | --src-creds | --dest-creds | --retry-times) ;;
    *)
      case $cur in
        -?*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur") ;;
        *) _ocislim_reference "$cur" ;;
      esac
      ;;
  esac
}

complete -F _ocislim ocislim
