internal import JSONValues

extension JSON {
  /// For programs and people: a member or element of the outer two levels on each line, in plain ASCII.
  var document: String {
    JSONWriter.spread(levels: 2) { (" "..."~").contains($0) }.text(of: self) + "\n"
  }
}
