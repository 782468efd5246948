# Completions of timescaledb-backfill for bash.
# Made by: timescaledb-backfill help --completions bash

_timescaledb_backfill() {
    local line=${COMP_LINE:0:COMP_POINT} words=() last='' word='' option='' given=' '
    local group='' subcommand='' topic='' options='' choices=''
    COMPREPLY=()
    read -ra words <<<"$line"
    if [[ $line != *[[:space:]] ]]; then
        last=${words[-1]}
        unset 'words[-1]'
    fi
    for word in "${words[@]:1}"; do
        if [[ -n $option ]]; then
            option=''
            continue
        fi
        case $word in
            -*=*) given+="${word%%=*} " ;;
            --source | --target | --until | -u | --from | -F | --filter | -f | --exclude | --pg-bin | --snapshot | -s | --split-size | --sample | --parallelism | -p | --max-rate | --retry-budget | --watermarks-to | --watermarks-from | --stagger | --table | -t | --columns | --format | --delimiter | --null | --quote | --escape | --encoding | --on-conflict | --on-error | --batch-size | --output | -o | --input | -i | --compress | --log-file | --completions)
                option=$word
                given+="$word "
                ;;
            -*) given+="$word " ;;
            *)
                if [[ $subcommand = help ]]; then
                    topic+="$word "
                elif [[ -z $subcommand ]]; then
                    case $group$word in
                        check | schema | stage | copy | verify | refresh-caggs | 'jobs off' | 'jobs on' | 'jobs list' | status | report | export | import | clean | migrate | load | help) subcommand=$group$word ;;
                        jobs) group="$word " ;;
                    esac
                fi
                ;;
        esac
    done

    if [[ $last = --*=* ]]; then
        option=${last%%=*}
        last=${last#*=}
    fi
    case $option in
        --parallelism | -p) choices='auto' ;;
        --format) choices='csv text' ;;
        --on-conflict) choices='error skip update' ;;
        --completions) choices='bash zsh fish' ;;
        --watermarks-to | --watermarks-from | --output | -o | --log-file)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$last")
            return
            ;;
        --pg-bin | --input | -i)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -d -- "$last")
            return
            ;;
        ?*) return ;;
    esac

    case $subcommand in
        'check') options='--source --target --until --from --filter --exclude --cascade-up --cascade-down --parallelism --measure --json --json-progress --timestamps --quiet --verbose --log-file --disable-telemetry --help --version' ;;
        'schema') options='--source --target --rebuild --missing-only --managed --no-roles --no-tables --tables-only --no-grants --filter --exclude --allow-shrinking --print --pg-bin --json --json-progress --timestamps --quiet --verbose --log-file --disable-telemetry --help --version' ;;
        'stage') options='--source --target --until --from --filter --exclude --cascade-up --cascade-down --dry-run --snapshot --split-size --adopt-source --allow-shrinking --json --json-progress --timestamps --quiet --verbose --log-file --disable-telemetry --help --version' ;;
        'copy') options='--source --target --again --differing --filter --parallelism --max-rate --keep-indexes --disable-triggers --allow-shrinking --fail-fast --retry-budget --json --json-progress --timestamps --quiet --verbose --log-file --disable-telemetry --help --version' ;;
        'verify') options='--source --target --input --count --estimate --sample --again --differing --filter --parallelism --max-rate --fail-fast --retry-budget --json --json-progress --timestamps --quiet --verbose --log-file --disable-telemetry --help --version' ;;
        'refresh-caggs') options='--source --target --filter --cascade-up --cascade-down --watermarks-to --watermarks-from --force --json --json-progress --timestamps --quiet --verbose --log-file --disable-telemetry --help --version' ;;
        'jobs off') options='--target --json --json-progress --timestamps --quiet --verbose --log-file --disable-telemetry --help --version' ;;
        'jobs on') options='--target --stagger --force --json --json-progress --timestamps --quiet --verbose --log-file --disable-telemetry --help --version' ;;
        'jobs list') options='--target --json --json-progress --timestamps --quiet --verbose --log-file --disable-telemetry --help --version' ;;
        'status') options='--target --watch --json --json-progress --timestamps --quiet --verbose --log-file --disable-telemetry --help --version' ;;
        'report') options='--target --output --json --json-progress --timestamps --quiet --verbose --log-file --disable-telemetry --help --version' ;;
        'export') options='--source --output --until --from --filter --exclude --cascade-up --cascade-down --compress --rows --parallelism --retry-budget --json --json-progress --timestamps --quiet --verbose --log-file --disable-telemetry --help --version' ;;
        'import') options='--target --input --again --differing --parallelism --keep-indexes --disable-triggers --allow-shrinking --fail-fast --retry-budget --json --json-progress --timestamps --quiet --verbose --log-file --disable-telemetry --help --version' ;;
        'clean') options='--target --force --json --json-progress --timestamps --quiet --verbose --log-file --disable-telemetry --help --version' ;;
        'migrate') options='--source --target --until --from --filter --exclude --cascade-up --cascade-down --no-schema --rebuild --managed --no-roles --no-tables --pg-bin --parallelism --max-rate --disable-triggers --allow-shrinking --stagger --writing-to-both --yes --timestamps --quiet --verbose --log-file --disable-telemetry --help --version' ;;
        'load') options='--target --table --columns --header --format --delimiter --null --quote --escape --encoding --until --from --replace --on-conflict --on-error --again --parallelism --batch-size --retry-budget --json --json-progress --timestamps --quiet --verbose --log-file --disable-telemetry --help --version' ;;
        'help') options='--man --completions --disable-telemetry --help --version' ;;
        *) options='--disable-telemetry --help --version' ;;
    esac
    if [[ -n $choices ]]; then
        :
    elif [[ $last != -* && -z $subcommand ]]; then
        case $group in
            '') choices='check schema stage copy verify refresh-caggs jobs status report export import clean migrate load help' ;;
            'jobs ') choices='off on list' ;;
        esac
    elif [[ $last != -* && $subcommand = load ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$last")
        return
    elif [[ $last != -* && $subcommand = help ]]; then
        case $topic in
            '') choices='check schema stage copy verify refresh-caggs jobs status report export import clean migrate load topics installation versions connections privileges migrating transfer findings jobs staging chunks compression aggregates invalidations tuning archives loading resuming services monitoring reporting json queue verification checks locks triggers snapshots durability exit-codes limits troubleshooting crashes differences stability changes benchmarks tests' ;;
            'jobs ') choices='off on list' ;;
        esac
    else
        for word in $options; do
            case $word in
                --until | -u) ;;
                *) [[ $given != *" $word "* ]] || continue ;;
            esac
            choices+="$word "
        done
    fi
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$last")
}
complete -F _timescaledb_backfill timescaledb-backfill backfill
