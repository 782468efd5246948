/// A JSON value (RFC 8259), as documents, archives and lines for programs have them.
public enum JSON: Equatable, Sendable {
  case null
  case flag(Bool)
  case whole(Int64)
  case number(Double)
  case string(String)
  case array([JSON])
  /// Members in the order in which they are written.
  case members([Member])

  public struct Member: Equatable, Sendable {
    public let name: String
    public let value: JSON

    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  public static func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
  public static func texts(_ texts: some Sequence<String>) -> JSON { .array(texts.map { .string($0) }) }
  public static func integer(_ number: (some BinaryInteger)?) -> JSON {
    number.map { .whole(Int64($0)) } ?? .null
  }
  /// Seconds.
  public static func seconds(_ duration: Duration?) -> JSON {
    duration.map { .number($0 / .seconds(1)) } ?? .null
  }

  /// An object with its members in the order in which they stand.
  public static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
    .members(members.map { Member($0.key, $0.value) })
  }
}
