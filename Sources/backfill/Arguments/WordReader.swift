/// Turns the words of a command line into options and positional arguments, by the option table alone.
///
/// Forms: `--name value`, `--name=value`, `-n value`, `-nvalue`, `-n=value`, flags, short flags together
/// (`-UD`), and `--`, after which nothing is an option.
struct WordReader {
  private typealias Scalars = Substring.UnicodeScalarView

  /// What was found, and at which position (from 1) of the command line.
  enum Item: Equatable {
    case positional(String, position: Int)
    case flag(Option)
    case value(Option, String)
  }

  private let words: [String]
  private var next = 0
  private var optionsEnded = false
  /// Flags of a short group (`-UD`) that are still to be handed out, or the value at its end.
  private var waiting: [Item] = []
  /// A connection string was read, so that what follows may be a piece of it.
  private(set) var secretSeen = false

  init(_ words: [String]) { self.words = words }

  /// The next item; nil at the end.
  mutating func read() throws(UsageError) -> Item? {
    if !waiting.isEmpty { return waiting.removeFirst() }
    guard next < words.count else { return nil }
    let word = words[next]
    next += 1
    let scalars = word.unicodeScalars
    if optionsEnded || word == "-" || scalars.first != "-" { return .positional(word, position: next) }
    if word == "--" {
      optionsEnded = true
      return try read()
    }
    let name = scalars.dropFirst()
    return name.first == "-" ? try long(name.dropFirst()) : try group(name)
  }

  /// Where (from 1) the word stands that was read last.
  var position: Int { next }

  /// The words that are still to be read.
  var laterWords: ArraySlice<String> { words[next...] }

  // By Unicode scalars, not by characters: a combining mark behind `=` must not hide it.

  private mutating func long(_ text: Scalars) throws(UsageError) -> Item {
    let name = String(text.prefix { $0 != "=" })
    let attached = text.firstIndex(of: "=").map { String(text[$0...].dropFirst()) }
    guard let option = Option.named(long: name) else {
      let suggestion = Spelling.suggestion(for: name, among: Option.allCases.map(\.long))
      throw .unknownOption(quotation("--\(name)"), suggestion: suggestion.map { "--\($0)" })
    }
    if option.valueIsOptional, attached == nil { return .flag(option) }
    if option.takesValue { return try value(of: option, attached: attached) }
    guard attached == nil else { throw .valueForFlag(option) }
    return .flag(option)
  }

  private mutating func group(_ text: Scalars) throws(UsageError) -> Item {
    // A dash is missing in front of what may hold a password.
    if let option = Option.named(long: String(text.prefix { $0 != "=" })), option.isSecret,
      let letter = text.first
    {
      throw unknownShort(letter, in: text)
    }
    var items: [Item] = []
    var rest = text
    while let letter = rest.popFirst() {
      guard let option = Option.named(short: Character(letter)) else { throw unknownShort(letter, in: text) }
      if option.takesValue {
        let attached = rest.isEmpty ? nil : String(rest.first == "=" ? rest.dropFirst() : rest)
        items.append(try value(of: option, attached: attached))
        break
      }
      guard rest.first != "=" else { throw .valueForFlag(option) }
      items.append(.flag(option))
    }
    waiting = Array(items.dropFirst())
    guard let first = items.first else { throw unknownShort("-", in: text) }
    return first
  }

  /// A long name behind one dash (`-parallelism`), or a short one in the wrong case (`-P`).
  private func unknownShort(_ letter: Unicode.Scalar, in text: Scalars) -> UsageError {
    let name = String(text.prefix { $0 != "=" })
    var suggestion = Option.named(long: name).map { "--\($0.long)" }
    for spelling in [letter.properties.lowercaseMapping, letter.properties.uppercaseMapping] {
      guard suggestion == nil, let other = spelling.first, Option.named(short: other) != nil else { continue }
      suggestion = "-\(other)"
    }
    return .unknownOption(quotation("-\(letter)"), suggestion: suggestion)
  }

  private mutating func value(of option: Option, attached: String?) throws(UsageError) -> Item {
    if option.isSecret { secretSeen = true }
    let text: String
    if let attached {
      text = attached
    } else if next < words.count, !Self.looksLikeOption(words[next]) {
      text = words[next]
      next += 1
    } else {
      throw .missingValue(option, nextLooksLikeOption: next < words.count)
    }
    guard option.mayBeBlank || text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
      throw .emptyValue(option)
    }
    return .value(option, text)
  }

  /// An option's name is shown although a secret came before, as long as it is made like one of ours.
  private func quotation(_ word: String) -> Quotation {
    let plain = word.unicodeScalars.allSatisfy { $0.isASCII && ($0 == "-" || $0.properties.isAlphabetic) }
    return Quotation(word, position: next, afterSecret: secretSeen && !plain)
  }

  /// Whether a word can't be the value of the option before it. Negative numbers and PostgreSQL's `-infinity`
  /// can; anything else with a dash in front is more likely an option, and has the `=` form.
  static func looksLikeOption(_ word: String) -> Bool {
    let scalars = word.unicodeScalars
    guard scalars.first == "-", let second = scalars.dropFirst().first else { return false }
    if second == "." || ("0"..."9").contains(second) { return false }
    return !["-infinity", "-inf"].contains(word.lowercased())
  }
}
