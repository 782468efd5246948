import BackfillCommands
import Loading

extension Request {
  func loadOptions() throws(UsageError) -> LoadOptions {
    guard !files.isEmpty else { throw .missingFiles(subcommand: .load) }
    var options = LoadOptions(
      table: values[.table] ?? "", files: files.map { LoadFile($0.path, shown: $0.shown.name) })
    options.format = try recordFormat()
    options.columns = try value(.columns, wanted: "names separated by commas", OptionValue.names)
    options.hasHeader = flags.contains(.header)
    let until = lists[.until] ?? []
    // Times for single relations are of commands that are about several.
    guard until.count < 2 else { throw .repeated(.until) }
    options.until = until.first
    options.from = values[.from]
    options.replaces = flags.contains(.replace)
    options.conflicts =
      try value(.onConflict, wanted: "error, skip or update", LoadOptions.ConflictPolicy.init(rawValue:))
      ?? .error
    options.errors =
      try value(.onError, wanted: "stop, skip or reject=FILE", OptionValue.errorPolicy) ?? .stop
    options.isAgain = flags.contains(.again)
    if values[.parallelism] != nil { options.parallelism = try parallelism() }
    let sizes = OptionValue.batchSizes
    options.batchSize =
      try value(.batchSize, wanted: "a size from 64kB to 256MB, such as 4MB") { text in
        OptionValue.size(text).flatMap { sizes.contains($0) ? Int($0) : nil }
      } ?? LoadOptions.defaultBatchSize
    if let budget = try value(.retryBudget, wanted: "a time such as 90s, 15m or 2h", OptionValue.duration) {
      options.retryBudget = budget
    }
    return options
  }

  private func recordFormat() throws(UsageError) -> RecordFormat {
    let kind = try value(.format, wanted: "csv or text", RecordFormat.Kind.init(rawValue:)) ?? .csv
    let character = "one character of ASCII"
    let quote = try value(.quote, wanted: character, OptionValue.character)
    let escape = try value(.escape, wanted: character, OptionValue.character)
    for option in [Option.quote, .escape] where kind == .text && values[option] != nil {
      throw .badValue(.format, .shown(kind.rawValue), wanted: "csv together with --\(option.long)")
    }
    let delimiter = try value(.delimiter, wanted: "one character of ASCII, or \\t", OptionValue.character)
    return RecordFormat(
      kind, delimiter: delimiter, null: values[.null], quote: quote ?? Byte.quote, escape: escape,
      encoding: values[.encoding])
  }
}

extension Quotation {
  /// As a message calls a file.
  fileprivate var name: String {
    switch self {
    case .shown(let word): word
    case .hidden: description
    }
  }
}

extension OptionValue {
  static let batchSizes: ClosedRange<Int64> = 64 << 10...256 << 20

  /// One byte, which may be written as `\t` or `tab`.
  static func character(_ text: String) -> UInt8? {
    if text == "\\t" || text == "tab" { return UInt8(ascii: "\t") }
    guard text.utf8.count == 1, let byte = text.utf8.first, byte < 0x80, ![0, 10, 13].contains(byte) else {
      return nil
    }
    return byte
  }

  /// `a,b,c`; a name with a comma or quotes in it stands in double quotes, as in SQL.
  static func names(_ text: String) -> [String]? {
    let names = RecordFormat().names(of: text)
    return names.contains(where: \.isEmpty) ? nil : names
  }

  static func errorPolicy(_ text: String) -> LoadOptions.ErrorPolicy? {
    switch text {
    case "stop": return .stop
    case "skip": return .skip
    default:
      guard text.hasPrefix("reject="), text.utf8.count > 7 else { return nil }
      return .reject(String(text.dropFirst(7)))
    }
  }
}
