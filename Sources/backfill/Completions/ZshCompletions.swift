import Postgres

/// For zsh, whose `_arguments` knows how options are written, and shows what they do.
enum ZshCompletions {
  static var text: String {
    """
    #compdef \(Shell.programs.joined(separator: " "))
    # Completions of \(Version.program) for zsh.
    \(Shell.zsh.origin)

    _timescaledb-backfill() {
      local curcontext=$curcontext state state_descr line
      local -A opt_args
      local -a subcommands=(
    \(described(Subcommand.firstWords))
      )
      _arguments -C -s -S \\
    \(specifications(Subcommand.sharedOptions, of: .copy).joined(separator: " \\\n")) \\
        '1:subcommand:->subcommand' \\
        '*::argument:->argument' && return
      case $state in
        subcommand) _describe -t commands subcommand subcommands ;;
        argument)
          case $words[1] in
    \((Subcommand.allCases.filter { $0.lastWord.isEmpty && $0 != .help }.map(branch)
      + Subcommand.groups.sorted().map(branch)).joined(separator: "\n"))
            help)
              _arguments -s -S \\
    \(specifications(Subcommand.help.acceptedOptions, of: .help).map { "          " + $0 }.joined(separator: " \\\n")) \\
                '1:topic:(\(Subcommand.topicWords.joined(separator: " ")))' \\
                '2:action:(\(Subcommand.allCases.map(\.lastWord).filter { !$0.isEmpty }.joined(separator: " ")))'
              ;;
          esac
          ;;
      esac
    }

    if [ "$funcstack[1]" = _timescaledb-backfill ]; then
      _timescaledb-backfill "$@"
    else
      compdef _timescaledb-backfill \(Shell.programs.joined(separator: " "))
    fi

    """
  }

  private static func described(_ words: [String]) -> String {
    words.map { word in
      let actions = Subcommand.inGroup(word).map(\.name).joined(separator: ", ")
      let hint = Subcommand(rawValue: word)?.hint ?? actions
      return "    " + ShellWord.inQuotes("\(word):\(hint)")
    }.joined(separator: "\n")
  }

  private static func branch(_ subcommand: Subcommand) -> String { branch(subcommand, word: subcommand.name) }

  private static func branch(_ subcommand: Subcommand, word: String, indent: String = "        ") -> String {
    let files = subcommand.takesFiles ? ["    '*:FILE:_files'"] : []
    let lines = (specifications(subcommand.acceptedOptions, of: subcommand) + files).map {
      indent + "    " + $0.dropFirst(4)
    }
    return """
      \(indent)\(word))
      \(indent)  _arguments -s -S \\
      \(lines.joined(separator: " \\\n"))
      \(indent)  ;;
      """
  }

  /// For a subcommand of two words, the second of which is looked at once it is there.
  private static func branch(_ group: String) -> String {
    let indent = "        "
    let actions = Subcommand.inGroup(group)
    let branches = actions.map { branch($0, word: $0.lastWord, indent: indent + "      ") }
    return """
      \(indent)\(group))
      \(indent)  _arguments -C -s -S '1:action:(\(actions.map(\.lastWord).joined(separator: " ")))' '*::argument:->action'
      \(indent)  if [[ $state = action ]]; then
      \(indent)    case $words[1] in
      \(branches.joined(separator: "\n"))
      \(indent)    esac
      \(indent)  fi
      \(indent)  ;;
      """
  }

  private static func specifications(_ options: [Option], of subcommand: Subcommand) -> [String] {
    options.map { option in
      let hint = escaped(subcommand.hint(option), for: "[]")
      let rest = "[\(hint)]" + (option.placeholder.map { message($0, of: option) } ?? "")
      let names = option.spellings.reversed()
      let forms = names.map { $0 + end(option, of: $0) }.joined(separator: ",")
      guard names.count > 1 else {
        return "    " + ShellWord.inQuotes((option.mayRepeat ? "*" : "") + forms + rest)
      }
      // Each form excludes the other.
      let exclusion = option.mayRepeat ? "*" : "(\(names.joined(separator: " ")))"
      return "    \(ShellWord.inQuotes(exclusion)){\(forms)}\(ShellWord.inQuotes(rest))"
    }
  }

  /// How a value may follow the name: `--until TIME`, `--until=TIME`, `-uTIME`, `-u TIME`; `--watch=SECONDS` only.
  private static func end(_ option: Option, of name: String) -> String {
    guard option.takesValue else { return "" }
    return option.valueIsOptional ? "=-" : name.hasPrefix("--") ? "=" : "+"
  }

  private static func message(_ placeholder: String, of option: Option) -> String {
    let action =
      switch OfferedValue(option) {
      case .words(let words): "(\(words.joined(separator: " ")))"
      case .files: "_files"
      case .directories: "_files -/"
      case .unknown: " "
      }
    return "\(option.valueIsOptional ? "::" : ":")\(placeholder):\(action)"
  }

  private static func escaped(_ text: String, for marks: String) -> String {
    marks.reduce(text) { $0.replacing(part: String($1), with: "\\\($1)") }
  }
}
