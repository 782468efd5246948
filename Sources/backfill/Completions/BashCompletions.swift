/// For bash: one function, which looks at the line up to the cursor. bash's own words are cut at `=`, `:` and `@`, which
/// connection strings and times are full of.
enum BashCompletions {
  static var text: String {
    """
    # Completions of \(Version.program) for bash.
    \(Shell.bash.origin)

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
                \(pattern(Option.takingNextWord.flatMap(\.spellings)))
                    option=$word
                    given+="$word "
                    ;;
                -*) given+="$word " ;;
                *)
                    if [[ $subcommand = help ]]; then
                        topic+="$word "
                    elif [[ -z $subcommand ]]; then
                        case $group$word in
                            \(pattern(Subcommand.allCases.map(\.name))) subcommand=$group$word ;;
                            \(pattern(groups)) group="$word " ;;
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
    \(values)
            ?*) return ;;
        esac

        case $subcommand in
    \(optionsOfSubcommands)
        esac
        if [[ -n $choices ]]; then
            :
        elif [[ $last != -* && -z $subcommand ]]; then
            case $group in
                '') choices='\(list(Subcommand.firstWords))' ;;
    \(groups.map { "            '\($0) ') choices='\(list(secondWords($0)))' ;;" }.joined(separator: "\n"))
            esac
        elif [[ $last != -* && $subcommand = \(Subcommand.load.name) ]]; then
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$last")
            return
        elif [[ $last != -* && $subcommand = help ]]; then
            case $topic in
                '') choices='\(list(Subcommand.topicWords))' ;;
    \(groups.map { "            '\($0) ') choices='\(list(secondWords($0)))' ;;" }.joined(separator: "\n"))
            esac
        else
            for word in $options; do
                case $word in
                    \(pattern(repeatable.flatMap(\.spellings))) ;;
                    *) [[ $given != *" $word "* ]] || continue ;;
                esac
                choices+="$word "
            done
        fi
        mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$last")
    }
    complete -F _timescaledb_backfill \(list(Shell.programs))

    """
  }

  private static var repeatable: [Option] { Option.allCases.filter(\.mayRepeat) }

  private static var groups: [String] { Subcommand.groups.sorted() }

  private static func secondWords(_ group: String) -> [String] { Subcommand.inGroup(group).map(\.lastWord) }

  /// The branches for options whose values can be told.
  private static var values: String {
    let words = Option.allCases.compactMap { option -> String? in
      guard option.takesValue, case .words(let words) = OfferedValue(option) else { return nil }
      return "        \(pattern(option.spellings)) choices='\(list(words))' ;;"
    }
    return (words + [paths(.files, "f"), paths(.directories, "d")]).joined(separator: "\n")
  }

  private static func paths(_ kind: OfferedValue, _ letter: String) -> String {
    let options = Option.allCases.filter { $0.takesValue && OfferedValue($0) == kind }
    return """
              \(pattern(options.flatMap(\.spellings)))
                  compopt -o filenames 2>/dev/null
                  mapfile -t COMPREPLY < <(compgen -\(letter) -- "$last")
                  return
                  ;;
      """
  }

  private static var optionsOfSubcommands: String {
    let known = Subcommand.allCases.map { subcommand in
      let options = subcommand.acceptedOptions.map { "--\($0.long)" }
      return "        '\(subcommand.name)') options='\(list(options))' ;;"
    }
    let shared = Subcommand.sharedOptions.map { "--\($0.long)" }
    return (known + ["        *) options='\(list(shared))' ;;"]).joined(separator: "\n")
  }

  private static func list(_ words: [String]) -> String { words.joined(separator: " ") }

  private static func pattern(_ words: [String]) -> String {
    words.map { $0.contains(" ") ? "'\($0)'" : $0 }.joined(separator: " | ") + ")"
  }
}
