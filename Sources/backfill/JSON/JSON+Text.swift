import JSONValues

extension JSON {
  /// The whole in one line.
  var line: String { JSONWriter.line { !SafeText.isUnsafe($0) }.text(of: self) }

  /// For programs and people: a member or element on each line.
  var document: String { JSONWriter.spread { !SafeText.isUnsafe($0) }.text(of: self) + "\n" }
}
