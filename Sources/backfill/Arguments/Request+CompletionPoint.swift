import BackfillCommands

extension Request {
  /// A flag that makes no sense together with another one.
  func flag(_ option: Option, excluding other: Option) throws(UsageError) -> Bool {
    guard flags.contains(option) else { return false }
    guard !flags.contains(other) else { throw .alternatives(option, other) }
    return true
  }

  /// `--until TIME`, and any number of `--until schema.relation=TIME`. No time has an equals sign in it.
  func completionPoint() throws(UsageError) -> CompletionPoint {
    var general: String?
    var exceptions: [CompletionPoint.Exception] = []
    for text in lists[.until] ?? [] {
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
        throw badUntil(text, wanted: "TIME or schema.relation=TIME")
      }
      guard !exceptions.contains(where: { $0.relation == relation }) else { throw .repeated(.until) }
      exceptions.append(.init(relation: relation, until: until))
    }
    guard let general else {
      throw badUntil(
        lists[.until]?.first ?? "", wanted: "a time for all relations too, beside those for single ones")
    }
    return CompletionPoint(general, exceptions: exceptions)
  }

  private func badUntil(_ text: String, wanted: String) -> UsageError {
    .badValue(
      .until, Quotation(text, position: positions[.until] ?? 0, afterSecret: false), wanted: wanted)
  }
}
