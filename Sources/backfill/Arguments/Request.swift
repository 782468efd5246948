/// A subcommand and the options given with it: each known to it, none twice, values still as text.
struct Request: Sendable {
  /// Help and the version are answered as soon as they are met, whatever else is wrong further on.
  enum Reading {
    case help(HelpTopic)
    case version(detailed: Bool)
    case run(Request)
  }

  let subcommand: Subcommand
  private(set) var values: [Option: String] = [:]
  /// All values of options that may be given more than once, in their order.
  private(set) var lists: [Option: [String]] = [:]
  private(set) var flags: Set<Option> = []
  /// Where (from 1) on the command line a value's option stands.
  private(set) var positions: [Option: Int] = [:]
  /// Words without an option's name before them, of a subcommand that takes files; with how messages may show them.
  private(set) var files: [(path: String, shown: Quotation)] = []

  static func read(_ words: [String]) throws(UsageError) -> Reading {
    var reader = WordReader(words)
    var names = SubcommandReader()
    var subcommand: Subcommand?
    var topic = HelpTopicReader()
    var given: [(option: Option, value: String?, position: Int)] = []
    var seen: Set<Option> = []
    var files: [(path: String, shown: Quotation)] = []

    while let item = try reader.read() {
      switch item {
      case .flag(.help):
        return .help(Self.topic(subcommand, names.group, topic.topic, laterWords: reader.laterWords))
      case .flag(.version):
        let detailed = seen.contains(.verbose) || reader.laterWords.contains("--\(Option.verbose.long)")
        return .version(detailed: detailed)
      case .flag(let option):
        guard seen.insert(option).inserted else { throw .repeated(option) }
        given.append((option, nil, reader.position))
      case .value(let option, let text):
        guard seen.insert(option).inserted || option.mayRepeat else { throw .repeated(option) }
        given.append((option, text, reader.position))
      case .positional(let word, let position):
        let quotation = Quotation(word, position: position, afterSecret: reader.secretSeen)
        guard let known = subcommand else {
          subcommand = try names.read(word, quotation)
          break
        }
        if known.takesFiles {
          files.append((word, quotation))
          break
        }
        guard known == .help, topic.isOpen else { throw .unexpectedArgument(quotation, subcommand: known) }
        try topic.read(word, quotation)
      }
    }
    guard let subcommand else { throw names.group.map { .missingAction(group: $0) } ?? .noSubcommand }
    if let stray = given.first(where: { !subcommand.accepts($0.option) }) {
      throw .misplacedOption(stray.option, subcommand: subcommand)
    }
    try Self.check(given.map(\.option), of: subcommand)
    if subcommand == .help { return .help(try Self.form(given, of: topic)) }
    var request = Request(subcommand, given)
    request.files = files
    return .run(request)
  }

  private init(_ subcommand: Subcommand, _ given: [(option: Option, value: String?, position: Int)]) {
    self.subcommand = subcommand
    for (option, value, position) in given {
      if let value { values[option] = value } else { flags.insert(option) }
      if let value, option.mayRepeat { lists[option, default: []].append(value) }
      positions[option] = position
    }
  }

  /// Whether the options go together.
  private static func check(_ given: [Option], of subcommand: Subcommand) throws(UsageError) {
    for group in subcommand.alternatives {
      let alternatives = given.filter(group.contains)
      if alternatives.count > 1 { throw .alternatives(alternatives[0], alternatives[1]) }
    }
    for (option, others) in subcommand.companions where given.contains(option) {
      guard given.contains(where: others.contains) else {
        throw .alone(option, others: others, subcommand: subcommand)
      }
    }
  }

  /// What `help` prints: about a topic or, with an option, everything in another form.
  private static func form(
    _ given: [(option: Option, value: String?, position: Int)], of topic: HelpTopicReader
  ) throws(UsageError) -> HelpTopic {
    for (option, value, position) in given where Subcommand.help.options.contains(option) {
      if let word = topic.word { throw .unexpectedArgument(word, subcommand: .help) }
      guard let value else { return .man }
      guard let shell = Shell(rawValue: value) else {
        let word = Quotation(value, position: position, afterSecret: false)
        throw .badValue(option, word, wanted: "bash, zsh or fish")
      }
      return .completions(shell)
    }
    return topic.topic ?? .overview
  }

  /// What `--help` asks about: `copy --help` as well as `--help copy`.
  private static func topic(
    _ subcommand: Subcommand?, _ group: String?, _ topic: HelpTopic?, laterWords: ArraySlice<String>
  ) -> HelpTopic {
    if subcommand == .help { return topic ?? .overview }
    if let subcommand { return .subcommand(subcommand) }
    let words = (group.map { [$0] } ?? []) + laterWords.prefix(2)
    // As far as they are about something: `--help jobs off`, `--help copy x`.
    let topics = words.indices.reversed().map { words[...$0].joined(separator: " ") }
    return topics.lazy.compactMap(HelpTopic.init).first ?? .overview
  }
}
