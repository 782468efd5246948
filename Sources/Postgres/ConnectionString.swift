internal import CLibpq

/// A libpq connection string, URI or keyword form, whose description never shows a secret.
///
/// The text is checked with libpq's own parser, so everything libpq accepts is accepted; see
/// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
public struct ConnectionString: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  /// A text that libpq can't read. The message never quotes the text, as a part of it may be a password.
  public struct Malformed: Error, Sendable, CustomStringConvertible {
    public let description: String
  }

  /// What is handed to libpq. Kept away from every output.
  let secret: String

  /// The keywords that may be shown (never a password, key or its path's passphrase), in libpq's order.
  public let settings: [(keyword: String, value: String)]

  /// - Throws: `Malformed` when libpq can't parse the text.
  public init(_ text: String) throws(Malformed) {
    guard !text.utf8.contains(0) else { throw Malformed(description: "it contains a NUL byte") }
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(text, &message) else {
      let reason = message.map { String(cString: $0) } ?? "out of memory"
      if let message { PQfreemem(message) }
      throw Malformed(description: Self.withoutQuotedParts(reason))
    }
    defer { PQconninfoFree(options) }
    var shown: [(String, String)] = []
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val, option.pointee.dispchar.map({ $0.pointee == 0 }) ?? true {
        shown.append((String(cString: keyword), String(cString: value)))
      }
      option += 1
    }
    secret = text
    settings = shown
  }

  /// A setting by its libpq keyword, if the text has it and it isn't secret.
  public subscript(keyword: String) -> String? {
    settings.first { $0.keyword == keyword }?.value
  }

  public var description: String {
    let known = ["user", "host", "hostaddr", "port", "dbname", "service"]
    let parts = known.compactMap { keyword in self[keyword].map { "\(keyword)=\($0)" } }
    return parts.isEmpty ? "(libpq defaults)" : parts.joined(separator: " ")
  }

  public var debugDescription: String { description }

  /// libpq's parser quotes what it could not read, and that may be a piece of the password.
  static func withoutQuotedParts(_ message: String) -> String {
    var result = ""
    var quoted = false
    for character in message where character != "\n" {
      if character == "\"" {
        quoted.toggle()
        if quoted { result += "\"...\"" }
      } else if !quoted {
        result.append(character)
      }
    }
    return result
  }
}
