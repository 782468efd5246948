import BackfillCommands

extension Request {
  /// A flag that makes no sense together with another one.
  func flag(_ option: Option, excluding other: Option) throws(UsageError) -> Bool {
    guard flags.contains(option) else { return false }
    guard !flags.contains(other) else { throw .alternatives(option, other) }
    return true
  }

  /// `--until TIME`, and any number of `--until schema.relation=TIME`.
  func completionPoint() throws(UsageError) -> CompletionPoint {
    try CompletionPoint(options: lists[.until] ?? [], position: positions[.until] ?? 0)
  }
}

extension CompletionPoint {
  /// - Parameters:
  ///   - options: the values of `--until`: `TIME`, `schema.relation=TIME`. No time has an equals sign in it.
  ///   - position: of the last one on the command line.
  init(options: [String], position: Int = 0) throws(UsageError) {
    func bad(_ text: String, wanted: String) -> UsageError {
      .badValue(.until, Quotation(text, position: position, afterSecret: false), wanted: wanted)
    }
    var general: String?
    var exceptions: [CompletionPoint.Exception] = []
    for text in options {
      let sign = text.unicodeScalars.lastIndex(of: "=")
      let relation = sign.map { String(text.unicodeScalars[..<$0]) } ?? ""
      // Anything else isn't meant so, and the source says that it is no time.
      guard let sign, relation.contains(".") else {
        guard general == nil else { throw .repeated(.until) }
        general = text
        continue
      }
      let until = String(text.unicodeScalars[sign...].dropFirst())
      guard until.contains(where: { !$0.isWhitespace }) else {
        throw bad(text, wanted: "TIME or schema.relation=TIME")
      }
      guard !exceptions.contains(where: { $0.relation == relation }) else { throw .repeated(.until) }
      exceptions.append(.init(relation: relation, until: until))
    }
    guard let general else {
      throw bad(options.first ?? "", wanted: "a time for all relations too, beside those for single ones")
    }
    self.init(general, exceptions: exceptions)
  }
}
