#compdef timescaledb-backfill backfill
# Completions of timescaledb-backfill for zsh.
# Made by: timescaledb-backfill help --completions zsh

_timescaledb-backfill() {
  local curcontext=$curcontext state state_descr line
  local -A opt_args
  local -a subcommands=(
    'check:Tell what stands in the way of a migration'
    'schema:Bring roles, schema and ordinary tables to the target, jobs off'
    'stage:List the chunks to copy, in a queue on the target'
    'copy:Copy the chunks in the queue'
    'verify:Compare what was copied with the source'
    'refresh-caggs:Bring the target'\''s continuous aggregates up to date'
    'jobs:jobs off, jobs on, jobs list'
    'status:Show how far the queue is, and who works on it'
    'report:Write the whole migration as a web page'
    'export:Write chunks to files, without a target'
    'import:Put such files into the target, without a source'
    'clean:Remove the queue from the target'
    'migrate:Do all of this, step by step, asking before each'
    'load:Load files of CSV or text into a table of the target'
    'help:Show help: help [SUBCOMMAND|TOPIC|topics]'
  )
  _arguments -C -s -S \
    '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
    '(-h --help)'{-h,--help}'[Show this help]' \
    '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]' \
    '1:subcommand:->subcommand' \
    '*::argument:->argument' && return
  case $state in
    subcommand) _describe -t commands subcommand subcommands ;;
    argument)
      case $words[1] in
        check)
          _arguments -s -S \
            '--source=[The database to copy from; or set BACKFILL_SOURCE]:CONNECTION: ' \
            '--target=[The database to copy to; or set BACKFILL_TARGET]:CONNECTION: ' \
            '*'{-u+,--until=}'[As for stage: the completion point]:TIME: ' \
            '(-F --from)'{-F+,--from=}'[Copy rows from this time on (inclusive)]:TIME: ' \
            '(-f --filter)'{-f+,--filter=}'[Only hypertables (schema.table) and continuous aggregates (schema.view) that match this case-insensitive POSIX regular expression]:REGEX: ' \
            '--exclude=[Leave out those that match this regular expression, whatever selected them]:REGEX: ' \
            '(-U --cascade-up)'{-U,--cascade-up}'[With --filter: also the continuous aggregates that depend on the matches]' \
            '(-D --cascade-down)'{-D,--cascade-down}'[With --filter: also what the matches depend on]' \
            '(-p --parallelism)'{-p+,--parallelism=}'[How many chunks are to be copied at once, 1 to 255, or auto]:N:(auto)' \
            '--measure[Also measure how far away and how fast both servers are, for a few seconds each, and suggest a parallelism]' \
            '--json[Write one JSON document instead of text, and nothing else (help json)]' \
            '--json-progress[Write progress, warnings and errors as JSON lines to standard error (help json)]' \
            '--timestamps[Put the time in front of each line, in UTC (ISO 8601)]' \
            '--quiet[Show only results, warnings and errors]' \
            '--verbose[Has an effect on copy and verify]' \
            '--log-file=[Add all lines to this file too, with the time, and with the details of each server error]:FILE:_files' \
            '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
            '(-h --help)'{-h,--help}'[Show this help]' \
            '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]'
          ;;
        schema)
          _arguments -s -S \
            '--source=[The database to copy from; or set BACKFILL_SOURCE]:CONNECTION: ' \
            '--target=[The database to copy to; or set BACKFILL_TARGET]:CONNECTION: ' \
            '--rebuild[Make hypertables, continuous aggregates and jobs from definitions instead of restoring TimescaleDB'\''s catalog]' \
            '--missing-only[Add what the target lacks, from definitions, and leave what it has as it is]' \
            '--managed[The target'\''s role is not a superuser]' \
            '--no-roles[Create no roles]' \
            '--no-tables[Leave the rows of ordinary tables behind]' \
            '--tables-only[Replace the rows of ordinary tables, in one transaction, and advance sequences]' \
            '--no-grants[Grant nothing to the owner of the hypertables, which keeps the record of jobs from it too: for the role that runs schema and everything after it]' \
            '(-f --filter)'{-f+,--filter=}'[With --tables-only: only tables (schema.table) that match this case-insensitive POSIX regular expression]:REGEX: ' \
            '--exclude=[Leave out those that match this regular expression, whatever selected them]:REGEX: ' \
            '--allow-shrinking[With --tables-only: replace the rows of tables even if the source has none, or fewer than a tenth]' \
            '--print[Write the steps as a script for bash to standard output, and do nothing]' \
            '--pg-bin=[The directory of pg_dump, pg_dumpall and pg_restore]:DIR:_files -/' \
            '--json[Write one JSON document instead of text, and nothing else (help json)]' \
            '--json-progress[Write progress, warnings and errors as JSON lines to standard error (help json)]' \
            '--timestamps[Put the time in front of each line, in UTC (ISO 8601)]' \
            '--quiet[Show only results, warnings and errors]' \
            '--verbose[Has an effect on copy and verify]' \
            '--log-file=[Add all lines to this file too, with the time, and with the details of each server error]:FILE:_files' \
            '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
            '(-h --help)'{-h,--help}'[Show this help]' \
            '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]'
          ;;
        stage)
          _arguments -s -S \
            '--source=[The database to copy from; or set BACKFILL_SOURCE]:CONNECTION: ' \
            '--target=[The database to copy to; or set BACKFILL_TARGET]:CONNECTION: ' \
            '*'{-u+,--until=}'[Copy rows before this time (exclusive)]:TIME: ' \
            '(-F --from)'{-F+,--from=}'[Copy rows from this time on (inclusive)]:TIME: ' \
            '(-f --filter)'{-f+,--filter=}'[Only hypertables (schema.table) and continuous aggregates (schema.view) that match this case-insensitive POSIX regular expression]:REGEX: ' \
            '--exclude=[Leave out those that match this regular expression, whatever selected them]:REGEX: ' \
            '(-U --cascade-up)'{-U,--cascade-up}'[With --filter: also the continuous aggregates that depend on the matches]' \
            '(-D --cascade-down)'{-D,--cascade-down}'[With --filter: also what the matches depend on]' \
            '--dry-run[Show what would be staged, and write nothing]' \
            '(-s --snapshot)'{-s+,--snapshot=}'[Read the source in this exported snapshot (pg_export_snapshot)]:ID: ' \
            '--split-size=[Split uncompressed chunks with more data than this, such as 500MB, into parts that several workers copy]:SIZE: ' \
            '--adopt-source[Accept this source as the one that the queue was staged from although its identity has changed, as after pg_upgrade]' \
            '--allow-shrinking[Replace rows of the target even if the source has no rows there, or fewer than a tenth]' \
            '--json[Write one JSON document instead of text, and nothing else (help json)]' \
            '--json-progress[Write progress, warnings and errors as JSON lines to standard error (help json)]' \
            '--timestamps[Put the time in front of each line, in UTC (ISO 8601)]' \
            '--quiet[Show only results, warnings and errors]' \
            '--verbose[Has an effect on copy and verify]' \
            '--log-file=[Add all lines to this file too, with the time, and with the details of each server error]:FILE:_files' \
            '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
            '(-h --help)'{-h,--help}'[Show this help]' \
            '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]'
          ;;
        copy)
          _arguments -s -S \
            '--source=[The database to copy from; or set BACKFILL_SOURCE]:CONNECTION: ' \
            '--target=[The database to copy to; or set BACKFILL_TARGET]:CONNECTION: ' \
            '--again[Copy chunks again that were copied before: with --differing, with --filter, or with both, which narrows it down]' \
            '--differing[With --again: only chunks that differed when they were last compared]' \
            '(-f --filter)'{-f+,--filter=}'[With --again: the chunks of hypertables (schema.table) and continuous aggregates (schema.view) that match this case-insensitive POSIX regular expression]:REGEX: ' \
            '(-p --parallelism)'{-p+,--parallelism=}'[How many chunks to work on at once, 1 to 255, or auto]:N:(auto)' \
            '--max-rate=[Read at most this much per second from the source, such as 50MB]:SIZE: ' \
            '--keep-indexes[Keep the indexes of large chunks in place instead of rebuilding them after loading]' \
            '--disable-triggers[Skip the target'\''s row triggers and foreign key checks]' \
            '--allow-shrinking[Replace rows of the target even if the source has no rows there, or fewer than a tenth]' \
            '--fail-fast[Stop at the first chunk that fails]' \
            '--retry-budget=[How long to retry while a server is unavailable, such as 90s, 15m or 2h]:TIME: ' \
            '--json[Write one JSON document instead of text, and nothing else (help json)]' \
            '--json-progress[Write progress, warnings and errors as JSON lines to standard error (help json)]' \
            '--timestamps[Put the time in front of each line, in UTC (ISO 8601)]' \
            '--quiet[Show only results, warnings and errors]' \
            '--verbose[Also show when a worker begins a chunk, and each thing it does with it]' \
            '--log-file=[Add all lines to this file too, with the time, and with the details of each server error]:FILE:_files' \
            '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
            '(-h --help)'{-h,--help}'[Show this help]' \
            '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]'
          ;;
        verify)
          _arguments -s -S \
            '--source=[The database to copy from; or set BACKFILL_SOURCE]:CONNECTION: ' \
            '--target=[The database to copy to; or set BACKFILL_TARGET]:CONNECTION: ' \
            '(-i --input)'{-i+,--input=}'[Compare with the descriptions of the archive in this directory, which was imported]:DIR:_files -/' \
            '--count[Only count the rows on both sides, which proves nothing about their values]' \
            '--estimate[Only compare statistics (ANALYZE) of both sides, without reading any rows]' \
            '--sample=[Compare only this part of the chunks, such as 10%, chosen at random]:PERCENT: ' \
            '--again[Compare chunks again that were verified before]' \
            '--differing[With --again: only chunks that differed when they were last compared]' \
            '(-f --filter)'{-f+,--filter=}'[Only hypertables (schema.table) and continuous aggregates (schema.view) that match this case-insensitive POSIX regular expression]:REGEX: ' \
            '(-p --parallelism)'{-p+,--parallelism=}'[How many chunks to work on at once, 1 to 255, or auto]:N:(auto)' \
            '--max-rate=[Read at most this much per second from the source, such as 50MB, on average over chunks: bytes of stored rows, as the server that computes the checksums reads them]:SIZE: ' \
            '--fail-fast[Stop at the first chunk that fails]' \
            '--retry-budget=[How long to retry while a server is unavailable, such as 90s, 15m or 2h]:TIME: ' \
            '--json[Write one JSON document instead of text, and nothing else (help json)]' \
            '--json-progress[Write progress, warnings and errors as JSON lines to standard error (help json)]' \
            '--timestamps[Put the time in front of each line, in UTC (ISO 8601)]' \
            '--quiet[Show only results, warnings and errors]' \
            '--verbose[Also show when a worker begins a chunk, and each thing it does with it]' \
            '--log-file=[Add all lines to this file too, with the time, and with the details of each server error]:FILE:_files' \
            '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
            '(-h --help)'{-h,--help}'[Show this help]' \
            '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]'
          ;;
        refresh-caggs)
          _arguments -s -S \
            '--source=[The database to copy from; or set BACKFILL_SOURCE]:CONNECTION: ' \
            '--target=[The database to copy to; or set BACKFILL_TARGET]:CONNECTION: ' \
            '(-f --filter)'{-f+,--filter=}'[Only hypertables (schema.table) and continuous aggregates (schema.view) that match this case-insensitive POSIX regular expression]:REGEX: ' \
            '(-U --cascade-up)'{-U,--cascade-up}'[With --filter: also the continuous aggregates that depend on the matches]' \
            '(-D --cascade-down)'{-D,--cascade-down}'[With --filter: also what the matches depend on]' \
            '--watermarks-to=[Write what a refresh has to know of the source into this file, and refresh nothing]:FILE:_files' \
            '--watermarks-from=[Refresh by a file that --watermarks-to has written]:FILE:_files' \
            '--force[Refresh even if some of the chunks have not been copied yet, and refresh again what an earlier run has refreshed]' \
            '--json[Write one JSON document instead of text, and nothing else (help json)]' \
            '--json-progress[Write progress, warnings and errors as JSON lines to standard error (help json)]' \
            '--timestamps[Put the time in front of each line, in UTC (ISO 8601)]' \
            '--quiet[Show only results, warnings and errors]' \
            '--verbose[Has an effect on copy and verify]' \
            '--log-file=[Add all lines to this file too, with the time, and with the details of each server error]:FILE:_files' \
            '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
            '(-h --help)'{-h,--help}'[Show this help]' \
            '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]'
          ;;
        status)
          _arguments -s -S \
            '--target=[The database to copy to; or set BACKFILL_TARGET]:CONNECTION: ' \
            '--watch=-[Show the state again and again, every 2 seconds or as given, until Ctrl-C]::SECONDS: ' \
            '--json[Write one JSON document instead of text, and nothing else (help json)]' \
            '--json-progress[Write progress, warnings and errors as JSON lines to standard error (help json)]' \
            '--timestamps[Put the time in front of each line, in UTC (ISO 8601)]' \
            '--quiet[Show only results, warnings and errors]' \
            '--verbose[Has an effect on copy and verify]' \
            '--log-file=[Add all lines to this file too, with the time, and with the details of each server error]:FILE:_files' \
            '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
            '(-h --help)'{-h,--help}'[Show this help]' \
            '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]'
          ;;
        report)
          _arguments -s -S \
            '--target=[The database to copy to; or set BACKFILL_TARGET]:CONNECTION: ' \
            '(-o --output)'{-o+,--output=}'[The file to write, which is replaced if it is there; - is standard output]:FILE:_files' \
            '--json[Write one JSON document instead of text, and nothing else (help json)]' \
            '--json-progress[Write progress, warnings and errors as JSON lines to standard error (help json)]' \
            '--timestamps[Put the time in front of each line, in UTC (ISO 8601)]' \
            '--quiet[Show only results, warnings and errors]' \
            '--verbose[Has an effect on copy and verify]' \
            '--log-file=[Add all lines to this file too, with the time, and with the details of each server error]:FILE:_files' \
            '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
            '(-h --help)'{-h,--help}'[Show this help]' \
            '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]'
          ;;
        export)
          _arguments -s -S \
            '--source=[The database to copy from; or set BACKFILL_SOURCE]:CONNECTION: ' \
            '(-o --output)'{-o+,--output=}'[The directory to write to]:FILE:_files' \
            '*'{-u+,--until=}'[Export rows before this time (exclusive)]:TIME: ' \
            '(-F --from)'{-F+,--from=}'[Export rows from this time on (inclusive)]:TIME: ' \
            '(-f --filter)'{-f+,--filter=}'[Only hypertables (schema.table) and continuous aggregates (schema.view) that match this case-insensitive POSIX regular expression]:REGEX: ' \
            '--exclude=[Leave out those that match this regular expression, whatever selected them]:REGEX: ' \
            '(-U --cascade-up)'{-U,--cascade-up}'[With --filter: also the continuous aggregates that depend on the matches]' \
            '(-D --cascade-down)'{-D,--cascade-down}'[With --filter: also what the matches depend on]' \
            '--compress=[How much to compress, 1 to 19]:LEVEL: ' \
            '--rows[Write compressed chunks as rows]' \
            '(-p --parallelism)'{-p+,--parallelism=}'[How many chunks to read at once, 1 to 255]:N:(auto)' \
            '--retry-budget=[How long to retry while a server is unavailable, such as 90s, 15m or 2h]:TIME: ' \
            '--json[Write one JSON document instead of text, and nothing else (help json)]' \
            '--json-progress[Write progress, warnings and errors as JSON lines to standard error (help json)]' \
            '--timestamps[Put the time in front of each line, in UTC (ISO 8601)]' \
            '--quiet[Show only results, warnings and errors]' \
            '--verbose[Also show when a worker begins a chunk, and each thing it does with it]' \
            '--log-file=[Add all lines to this file too, with the time, and with the details of each server error]:FILE:_files' \
            '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
            '(-h --help)'{-h,--help}'[Show this help]' \
            '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]'
          ;;
        import)
          _arguments -s -S \
            '--target=[The database to copy to; or set BACKFILL_TARGET]:CONNECTION: ' \
            '(-i --input)'{-i+,--input=}'[The directory with the files of an export]:DIR:_files -/' \
            '--again[With --differing: import chunks again that were imported before]' \
            '--differing[With --again: only chunks that differed when they were last compared]' \
            '(-p --parallelism)'{-p+,--parallelism=}'[How many chunks to work on at once, 1 to 255, or auto]:N:(auto)' \
            '--keep-indexes[Keep the indexes of large chunks in place instead of rebuilding them after loading]' \
            '--disable-triggers[Skip the target'\''s row triggers and foreign key checks]' \
            '--allow-shrinking[Replace rows of the target even if the source has no rows there, or fewer than a tenth]' \
            '--fail-fast[Stop at the first chunk that fails]' \
            '--retry-budget=[How long to retry while a server is unavailable, such as 90s, 15m or 2h]:TIME: ' \
            '--json[Write one JSON document instead of text, and nothing else (help json)]' \
            '--json-progress[Write progress, warnings and errors as JSON lines to standard error (help json)]' \
            '--timestamps[Put the time in front of each line, in UTC (ISO 8601)]' \
            '--quiet[Show only results, warnings and errors]' \
            '--verbose[Also show when a worker begins a chunk, and each thing it does with it]' \
            '--log-file=[Add all lines to this file too, with the time, and with the details of each server error]:FILE:_files' \
            '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
            '(-h --help)'{-h,--help}'[Show this help]' \
            '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]'
          ;;
        clean)
          _arguments -s -S \
            '--target=[The database to copy to; or set BACKFILL_TARGET]:CONNECTION: ' \
            '--force[Remove the queue even if some of its chunks have not been copied]' \
            '--json[Write one JSON document instead of text, and nothing else (help json)]' \
            '--json-progress[Write progress, warnings and errors as JSON lines to standard error (help json)]' \
            '--timestamps[Put the time in front of each line, in UTC (ISO 8601)]' \
            '--quiet[Show only results, warnings and errors]' \
            '--verbose[Has an effect on copy and verify]' \
            '--log-file=[Add all lines to this file too, with the time, and with the details of each server error]:FILE:_files' \
            '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
            '(-h --help)'{-h,--help}'[Show this help]' \
            '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]'
          ;;
        migrate)
          _arguments -s -S \
            '--source=[The database to copy from; or set BACKFILL_SOURCE]:CONNECTION: ' \
            '--target=[The database to copy to; or set BACKFILL_TARGET]:CONNECTION: ' \
            '*'{-u+,--until=}'[The completion point: rows before this time are copied (exclusive)]:TIME: ' \
            '(-F --from)'{-F+,--from=}'[Copy rows from this time on (inclusive)]:TIME: ' \
            '(-f --filter)'{-f+,--filter=}'[Only hypertables (schema.table) and continuous aggregates (schema.view) that match this case-insensitive POSIX regular expression]:REGEX: ' \
            '--exclude=[Leave out those that match this regular expression, whatever selected them]:REGEX: ' \
            '(-U --cascade-up)'{-U,--cascade-up}'[With --filter: also the continuous aggregates that depend on the matches]' \
            '(-D --cascade-down)'{-D,--cascade-down}'[With --filter: also what the matches depend on]' \
            '--no-schema[The target has the schema, and rows in its hypertables: migrate into it although no migration is under way there]' \
            '--rebuild[Make hypertables, continuous aggregates and jobs from definitions instead of restoring TimescaleDB'\''s catalog]' \
            '--managed[The target'\''s role is not a superuser]' \
            '--no-roles[Create no roles]' \
            '--no-tables[Leave the rows of ordinary tables behind]' \
            '--pg-bin=[The directory of pg_dump, pg_dumpall and pg_restore]:DIR:_files -/' \
            '(-p --parallelism)'{-p+,--parallelism=}'[How many chunks to work on at once, 1 to 255, or auto]:N:(auto)' \
            '--max-rate=[Read at most this much per second from the source, such as 50MB]:SIZE: ' \
            '--disable-triggers[Skip the target'\''s row triggers and foreign key checks]' \
            '--allow-shrinking[Replace rows of the target even if the source has no rows there, or fewer than a tenth]' \
            '--stagger=[Spread the first runs of the jobs that are due over this time, such as 90s, 15m or 2h]:TIME: ' \
            '--writing-to-both[All writers write to both databases, or nothing is written to the source]' \
            '--yes[Ask nothing]' \
            '--timestamps[Put the time in front of each line, in UTC (ISO 8601)]' \
            '--quiet[Show only results, warnings and errors]' \
            '--verbose[Also show when a worker begins a chunk, and each thing it does with it]' \
            '--log-file=[Add all lines to this file too, with the time, and with the details of each server error]:FILE:_files' \
            '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
            '(-h --help)'{-h,--help}'[Show this help]' \
            '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]'
          ;;
        load)
          _arguments -s -S \
            '--target=[The database to load into; or set BACKFILL_TARGET]:CONNECTION: ' \
            '(-t --table)'{-t+,--table=}'[The table to load into, as SQL writes it: readings, public."Readings"]:TABLE: ' \
            '--columns=[The columns that records have, in their order, separated by commas]:NAME,...: ' \
            '--header[The first record of each file names the columns, and is not loaded]' \
            '--format=[csv, the default, or text, which is what COPY writes by default]:FORMAT:(csv text)' \
            '--delimiter=[What separates values]:CHARACTER: ' \
            '--null=[What stands for NULL]:TEXT: ' \
            '--quote=[What values are quoted with in CSV]:CHARACTER: ' \
            '--escape=[What stands in front of a quote inside of quotes]:CHARACTER: ' \
            '--encoding=[The files'\'' encoding, as PostgreSQL calls it, such as LATIN1]:ENCODING: ' \
            '*'{-u+,--until=}'[Leave out records from this time on, by the hypertable'\''s time column]:TIME: ' \
            '(-F --from)'{-F+,--from=}'[Leave out records before this time]:TIME: ' \
            '--replace[First delete the table'\''s rows from --from to --until, once, however often the load is continued]' \
            '--on-conflict=[What to do with a record whose row is there already, by a unique index: error, the default, skip, or update, which takes the primary key, or the only unique index]:WHAT:(error skip update)' \
            '--on-error=[What to do with a record that the server refuses: stop, the default; skip, which counts it; or reject=FILE, which writes it to FILE, and the reason to FILE.reasons]:WHAT: ' \
            '--again[Load from the beginning, even if the same files were loaded before, as a whole or in part]' \
            '(-p --parallelism)'{-p+,--parallelism=}'[How many batches to load at once, 1 to 255, or auto]:N:(auto)' \
            '--batch-size=[How much of a file is loaded in one transaction, from 64kB to 256MB]:SIZE: ' \
            '--retry-budget=[How long to retry while a server is unavailable, such as 90s, 15m or 2h]:TIME: ' \
            '--json[Write one JSON document instead of text, and nothing else (help json)]' \
            '--json-progress[Write progress, warnings and errors as JSON lines to standard error (help json)]' \
            '--timestamps[Put the time in front of each line, in UTC (ISO 8601)]' \
            '--quiet[Show only results, warnings and errors]' \
            '--verbose[Has an effect on copy and verify]' \
            '--log-file=[Add all lines to this file too, with the time, and with the details of each server error]:FILE:_files' \
            '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
            '(-h --help)'{-h,--help}'[Show this help]' \
            '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]' \
            '*:FILE:_files'
          ;;
        jobs)
          _arguments -C -s -S '1:action:(off on list)' '*::argument:->action'
          if [[ $state = action ]]; then
            case $words[1] in
              off)
                _arguments -s -S \
                  '--target=[The database to copy to; or set BACKFILL_TARGET]:CONNECTION: ' \
                  '--json[Write one JSON document instead of text, and nothing else (help json)]' \
                  '--json-progress[Write progress, warnings and errors as JSON lines to standard error (help json)]' \
                  '--timestamps[Put the time in front of each line, in UTC (ISO 8601)]' \
                  '--quiet[Show only results, warnings and errors]' \
                  '--verbose[Has an effect on copy and verify]' \
                  '--log-file=[Add all lines to this file too, with the time, and with the details of each server error]:FILE:_files' \
                  '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
                  '(-h --help)'{-h,--help}'[Show this help]' \
                  '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]'
                ;;
              on)
                _arguments -s -S \
                  '--target=[The database to copy to; or set BACKFILL_TARGET]:CONNECTION: ' \
                  '--stagger=[Spread the first runs of the jobs that are due over this time, such as 90s, 15m or 2h]:TIME: ' \
                  '--force[Turn them on even if some of the chunks have not been copied yet]' \
                  '--json[Write one JSON document instead of text, and nothing else (help json)]' \
                  '--json-progress[Write progress, warnings and errors as JSON lines to standard error (help json)]' \
                  '--timestamps[Put the time in front of each line, in UTC (ISO 8601)]' \
                  '--quiet[Show only results, warnings and errors]' \
                  '--verbose[Has an effect on copy and verify]' \
                  '--log-file=[Add all lines to this file too, with the time, and with the details of each server error]:FILE:_files' \
                  '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
                  '(-h --help)'{-h,--help}'[Show this help]' \
                  '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]'
                ;;
              list)
                _arguments -s -S \
                  '--target=[The database to copy to; or set BACKFILL_TARGET]:CONNECTION: ' \
                  '--json[Write one JSON document instead of text, and nothing else (help json)]' \
                  '--json-progress[Write progress, warnings and errors as JSON lines to standard error (help json)]' \
                  '--timestamps[Put the time in front of each line, in UTC (ISO 8601)]' \
                  '--quiet[Show only results, warnings and errors]' \
                  '--verbose[Has an effect on copy and verify]' \
                  '--log-file=[Add all lines to this file too, with the time, and with the details of each server error]:FILE:_files' \
                  '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
                  '(-h --help)'{-h,--help}'[Show this help]' \
                  '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]'
                ;;
            esac
          fi
          ;;
        help)
          _arguments -s -S \
              '--man[Print all of help as a man page]' \
              '--completions=[Print what bash, zsh or fish reads to complete command lines (help installation)]:SHELL:(bash zsh fish)' \
              '--disable-telemetry[Accepted, without effect: the program sends no telemetry]' \
              '(-h --help)'{-h,--help}'[Show this help]' \
              '(-V --version)'{-V,--version}'[Show the version; with --verbose, also those of libpq, the compiler and the supported servers]' \
            '1:topic:(check schema stage copy verify refresh-caggs jobs status report export import clean migrate load topics installation versions connections privileges migrating transfer findings jobs staging chunks compression aggregates invalidations tuning archives loading resuming services monitoring reporting json queue verification checks locks triggers snapshots durability exit-codes limits troubleshooting crashes differences stability changes benchmarks tests)' \
            '2:action:(off on list)'
          ;;
      esac
      ;;
  esac
}

if [ "$funcstack[1]" = _timescaledb-backfill ]; then
  _timescaledb-backfill "$@"
else
  compdef _timescaledb-backfill timescaledb-backfill backfill
fi
