# fish completion for ocislim(1)

function __ocislim_reference
    set -l token (commandline -ct)
    if string match -qr '^(oci|oci-archive|docker-archive|dir|rootfs):' -- $token
        set -l transport (string replace -r ':.*' ':' -- $token)
        for path in (__fish_complete_path (string replace -r '^[^:]*:' '' -- $token))
            echo $transport$path
        end
    else
        printf '%s\n' oci: oci-archive: docker-archive: docker:// docker-daemon: dir: rootfs: -
        __fish_complete_path $token
    end
end

set -l slim '__fish_seen_subcommand_from slim'
set -l deps '__fish_seen_subcommand_from deps'
set -l keep '__fish_seen_subcommand_from slim rules why'
set -l both '__fish_seen_subcommand_from slim deps diff rules sbom why'

complete -c ocislim -f
complete -c ocislim -n __fish_use_subcommand -a slim -d 'make a minimal image of an image'
complete -c ocislim -n __fish_use_subcommand -a deps -d 'show what the dynamic loader would load'
complete -c ocislim -n __fish_use_subcommand -a diff -d 'show what went, changed and came between two images'
complete -c ocislim -n __fish_use_subcommand -a rules -d 'list the rules, or those that an image makes fire'
complete -c ocislim -n __fish_use_subcommand -a sbom -d 'list the software of an image'
complete -c ocislim -n __fish_use_subcommand -a why -d 'show why a path is kept, or was left out'
complete -c ocislim -n __fish_use_subcommand -a help -d 'show help'
complete -c ocislim -n __fish_use_subcommand -l version -d 'show the version'
complete -c ocislim -s h -l help -d 'show help'
complete -c ocislim -n '__fish_seen_subcommand_from help' -a 'slim deps diff rules sbom why'
complete -c ocislim -n $both -a '(__ocislim_reference)'

complete -c ocislim -n $slim -s a -l all -d 'every platform of an index'
complete -c ocislim -n $slim -s t -l tag -x -d 'name of the new image'
complete -c ocislim -n $keep -l entrypoint -x -d 'program to run instead of the image\'s'
complete -c ocislim -n $keep -l exec -x -d 'another program to keep'
complete -c ocislim -n $keep -l include -x -d 'keep what matches'
complete -c ocislim -n $keep -l exclude -x -d 'leave out what matches'
complete -c ocislim -n $keep -l include-from -r -F -d 'globs of a file'
complete -c ocislim -n $keep -l keep -x -a 'strict safe package' -d 'how much is kept'
complete -c ocislim -n $keep -l package-db -x -a 'filtered keep none' -d 'what package databases are kept'
complete -c ocislim -n $keep -l rules -r -a '(__fish_complete_directories)' -d 'add the rules of a folder'
complete -c ocislim -n $keep -l dlopen -x -a 'required recommended suggested' -d 'least priority of what notes name'
complete -c ocislim -n $keep -l allow-missing -d 'only warn when something needed is missing'
complete -c ocislim -n $slim -s o -l output -x -a 'type=oci,dest= type=docker type=registry type=local,dest=' -d 'destination as buildx has it'
complete -c ocislim -n $slim -l push -d 'to the registry that --tag names'
complete -c ocislim -n $slim -l load -d 'into the container engine, as --tag'
complete -c ocislim -n $slim -l label -x -d 'set a label'
complete -c ocislim -n $slim -l annotation -x -d 'of the manifest, or of the index'
complete -c ocislim -n $slim -l source-date-epoch -x -d 'the latest time in the image'
complete -c ocislim -n $slim -l iidfile -r -F -d 'write the image\'s ID'
complete -c ocislim -n $slim -l digestfile -r -F -d 'write the manifest\'s digest'
complete -c ocislim -n $slim -l metadata-file -r -F -d 'write digests and names as JSON'
complete -c ocislim -n $slim -l compression -x -a 'gzip zstd none' -d 'compression of the layer'
complete -c ocislim -n $slim -l level -x -d 'level of the compression'
complete -c ocislim -n $slim -l dest-creds -x -d 'user of the destination\'s registry'
complete -c ocislim -n $slim -l dest-tls-verify -x -a 'true false' -d 'whether certificates are checked'
complete -c ocislim -n $slim -l dest-cert-dir -x -a '(__fish_complete_directories)' -d 'certificates for the destination\'s registry'
complete -c ocislim -n $slim -l max-size -x -d 'fail when the new image is larger'
complete -c ocislim -n $slim -l report -r -F -d 'write a JSON report'
complete -c ocislim -n $slim -l json -d 'the report on standard output'
complete -c ocislim -n $slim -s q -l quiet -d 'only errors'
complete -c ocislim -n $slim -s v -l verbose -d 'say why each path is kept'

complete -c ocislim -n $deps -s a -l all -d 'every dynamic program of the image'
complete -c ocislim -n $deps -l json -d 'as JSON'

complete -c ocislim -n '__fish_seen_subcommand_from sbom' -l format -x -a 'spdx cyclonedx' -d 'format of the document'
complete -c ocislim -n '__fish_seen_subcommand_from diff rules' -l json -d 'as JSON'

complete -c ocislim -n $both -l platform -x -d 'image of an index'
complete -c ocislim -n $both -l threads -x -d 'work on N layers at once'
complete -c ocislim -n $both -l max-uncompressed -x -d 'limit of all layers inflated'
complete -c ocislim -n $both -l max-ratio -x -d 'limit of inflated to stored'
complete -c ocislim -n $both -l authfile -r -F -d 'credentials of registries'
complete -c ocislim -n $both -l src-creds -x -d 'user of the source\'s registry'
complete -c ocislim -n $both -l src-tls-verify -x -a 'true false' -d 'whether certificates are checked'
complete -c ocislim -n $both -l src-cert-dir -x -a '(__fish_complete_directories)' -d 'certificates for the source\'s registry'
complete -c ocislim -n $both -l retry-times -x -d 'tries after a registry\'s failure'
