internal import JSONValues

/// A description ends with a digest of what stands before it: how batches are read depends on nearly all of it.
extension JSON {
  private static let seal = "seal"

  var allMembers: [Member] { if case .members(let members) = self { members } else { [] } }

  /// The same with the digest.
  var sealed: JSON { .members(allMembers + [Member(Self.seal, .string(digest))]) }

  /// Whether the digest is that of the other members.
  ///
  /// - Parameter unsealedIsFine: there may be none, as there was none in format 1.
  func isAsSealed(unsealedIsFine: Bool) -> Bool {
    guard self[Self.seal] != .null else { return unsealedIsFine }
    let others = JSON.members(allMembers.filter { $0.name != Self.seal })
    return self[Self.seal] == .string(others.digest)
  }

  /// SHA-256 of the value in one line of ASCII, without spaces, in hexadecimal digits.
  private var digest: String {
    let line = JSONWriter.line { (" "..."~").contains($0) }.text(of: self)
    var digest = SHA256()
    digest.append(Array(line.utf8))
    return digest.finished()
  }
}
