import Postgres

/// For fish: one line for each option of each subcommand, and a function that tells which of them is meant.
enum FishCompletions {
  static var text: String {
    """
    # Completions of \(Version.program) for fish.
    \(Shell.fish.origin)

    # The words in front of the cursor that are neither options nor their values.
    function __timescaledb_backfill_words
        set -l value no
        for word in (commandline -opc)[2..-1]
            if test $value = yes
                set value no
                continue
            end
            switch $word
                case \(Option.takingNextWord.flatMap(\.spellings).joined(separator: " "))
                    set value yes
                case '-*'
                case '*'
                    echo -- $word
            end
        end
    end

    # Whether these are the words.
    function __timescaledb_backfill_at
        set -l words (__timescaledb_backfill_words)
        test "$words" = "$argv"
    end

    # Whether the words begin with these.
    function __timescaledb_backfill_in
        set -l words (__timescaledb_backfill_words)
        set -l count (count $argv)
        test "$words[1..$count]" = "$argv"
    end

    complete -c \(Version.program) -f
    complete -c backfill -w \(Version.program)

    \((words + topics + options).joined(separator: "\n"))

    """
  }

  private static var words: [String] {
    Subcommand.firstWords.map { word in
      let hint = Subcommand(rawValue: word)?.hint
      return line("at", [], "-a \(word)", hint)
    }
      + Subcommand.allCases.filter { !$0.lastWord.isEmpty }.map {
        line("at", [$0.firstWord], "-a \($0.lastWord)", $0.hint)
      }
  }

  private static var topics: [String] {
    [line("at", ["help"], "-a '\(Subcommand.topicWords.joined(separator: " "))'", nil)]
      + Subcommand.groups.sorted().map { group in
        let actions = Subcommand.inGroup(group).map(\.lastWord).joined(separator: " ")
        return line("at", ["help", group], "-a '\(actions)'", nil)
      }
  }

  private static var options: [String] {
    Subcommand.sharedOptions.map { option("at", [], $0, of: .copy) }
      + Subcommand.allCases.flatMap { subcommand in
        let words = [subcommand.firstWord, subcommand.lastWord].filter { !$0.isEmpty }
        let files = subcommand.takesFiles ? [line("in", words, "-F", nil)] : []
        return subcommand.acceptedOptions.map { option("in", words, $0, of: subcommand) } + files
      }
  }

  private static func option(
    _ place: String, _ words: [String], _ option: Option, of subcommand: Subcommand
  ) -> String {
    let short = option.short.map { " -s \($0)" } ?? ""
    return line(place, words, "-l \(option.long)\(short)\(value(of: option))", subcommand.hint(option))
  }

  private static func value(of option: Option) -> String {
    guard option.takesValue, !option.valueIsOptional else { return "" }
    return switch OfferedValue(option) {
    case .words(let words): " -x -a '\(words.joined(separator: " "))'"
    case .files: " -r -F"
    case .directories: " -x -a '(__fish_complete_directories)'"
    case .unknown: " -x"
    }
  }

  private static func line(_ place: String, _ words: [String], _ offer: String, _ hint: String?) -> String {
    let condition = (["__timescaledb_backfill_\(place)"] + words).joined(separator: " ")
    let description = hint.map { " -d " + quoted($0) } ?? ""
    return "complete -c \(Version.program) -n '\(condition)' \(offer)\(description)"
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.replacing(part: "\\", with: "\\\\").replacing(part: "'", with: "\\'") + "'"
  }
}
